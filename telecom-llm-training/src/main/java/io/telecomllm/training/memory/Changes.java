package io.telecomllm.training.memory;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.lora.LoraConfig;
import io.telecomllm.quantization.QuantizationConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The changes of a plan that need less memory, from the one that alters a run least. */
final class Changes {
  /** The shortest sequence length to propose, in tokens; few questions of TeleQnA are shorter. */
  private static final int SHORTEST = 64;

  private static final int LOWEST_RANK = 4;

  private final MemoryPlan plan;

  Changes(MemoryPlan plan) {
    this.plan = plan;
  }

  MemoryPlan.Change smallest(long bytes) {
    List<MemoryPlan.Change> all = all();
    Optional<MemoryPlan.Change> first = all.stream().filter(c -> c.plan().fits(bytes)).findFirst();
    Optional<MemoryPlan.Change> least =
        all.stream().min(Comparator.comparingLong(c -> c.plan().peakBytes()));
    checkArgument(
        first.isPresent(),
        "nothing fits %s: the least is %s",
        MemoryPlan.gibibytes(bytes),
        least.map(MemoryPlan.Change::toString).orElse("" + plan));
    return first.get();
  }

  /**
   * Returns all changes in order; each one includes the strongest changes of the kinds before it.
   */
  List<MemoryPlan.Change> all() {
    List<PlanSettings> all = new ArrayList<>();
    PlanSettings last = batches(plan.settings(), all);
    if (last.quantization().isEmpty()) {
      // NF4 with the unchanged batch first: it may be enough by itself
      PlanSettings packed =
          plan.settings().with("quantization", Optional.of(QuantizationConfig.nf4()));
      all.add(packed);
      last = batches(packed, all);
    }
    int longest =
        Math.min(last.config().maxSequenceLength(), plan.settings().model().contextLength());
    for (int length = Integer.highestOneBit(Math.max(1, longest - 1));
        length >= SHORTEST;
        length /= 2) {
      last = last.with("config", last.config().toBuilder().maxSequenceLength(length).build());
      all.add(last);
    }
    for (int rank = last.lora().rank() / 2; rank >= LOWEST_RANK; rank /= 2) {
      last = last.with("lora", scaled(last.lora(), rank));
      all.add(last);
    }
    return all.stream().map(s -> new MemoryPlan.Change(describe(s), new MemoryPlan(s))).toList();
  }

  /** Adds the smaller divisors of the batch, in descending order; returns the last. */
  private static PlanSettings batches(PlanSettings from, List<PlanSettings> all) {
    int largest = from.config().batchSize();
    PlanSettings last = from;
    for (int batch = largest - 1; batch >= 1; batch--) {
      if (largest % batch == 0) {
        last = from.microBatch(batch);
        all.add(last);
      }
    }
    return last;
  }

  /** Lowers the rank, and alpha with it, so that the scale of the update is unchanged. */
  private static LoraConfig scaled(LoraConfig lora, int rank) {
    double share = (double) rank / lora.rank();
    double alpha = lora.alpha() * (lora.rankStabilized() ? Math.sqrt(share) : share);
    return lora.toBuilder().rank(rank).alpha(alpha).build();
  }

  private String describe(PlanSettings to) {
    PlanSettings from = plan.settings();
    List<String> words = new ArrayList<>();
    add(words, "batchSize", from.config().batchSize(), to.config().batchSize());
    add(
        words,
        "gradientAccumulation",
        from.config().gradientAccumulation(),
        to.config().gradientAccumulation());
    if (from.quantization().isEmpty() && to.quantization().isPresent()) {
      words.add("weights " + from.type() + " -> NF4");
    }
    add(
        words,
        "maxSequenceLength",
        from.config().maxSequenceLength(),
        to.config().maxSequenceLength());
    add(words, "rank", from.lora().rank(), to.lora().rank());
    return String.join(", ", words);
  }

  private static void add(List<String> words, String name, int from, int to) {
    if (from != to) {
      words.add(name + " " + from + " -> " + to);
    }
  }
}
