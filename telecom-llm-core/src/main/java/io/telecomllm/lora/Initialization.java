package io.telecomllm.lora;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Creates the initial values of a new adapter. Each layer has a random generator of its own, so its
 * values do not depend on which other layers are adapted.
 */
record Initialization(LoraInitialization kind, AdaptableNetwork network, long seed, Scope owner) {

  AdaptedLayer layer(AdapterPlan.Layer plan) {
    String name = plan.module().name();
    try (Scope work = owner.child()) {
      List<AdaptedLayer.Pair> pairs =
          switch (kind) {
            case KAIMING -> kaiming(plan);
            case PISSA -> pissa(plan, network.weight(name, work), work);
            case LOFTQ -> loftq(plan, work);
          };
      return new AdaptedLayer(plan, pairs, magnitude(plan, pairs, work));
    }
  }

  private List<AdaptedLayer.Pair> kaiming(AdapterPlan.Layer plan) {
    Operators ops = owner.operators();
    List<AdaptedLayer.Pair> pairs = new ArrayList<>();
    for (AdapterPlan.Part part : plan.parts()) {
      SplittableRandom random = new SplittableRandom(seedOf(plan, part));
      float bound = (float) (1 / Math.sqrt(plan.module().in()));
      Tensor a =
          ops.filled(
              DataType.FLOAT32,
              bytes -> uniform(bytes.asFloatBuffer(), random, bound),
              part.rank(),
              plan.module().in());
      pairs.add(new AdaptedLayer.Pair(a, ops.zeros(DataType.FLOAT32, part.out(), part.rank())));
    }
    return pairs;
  }

  /** Returns each trained pair followed by a frozen copy of it, which the plan subtracts. */
  private List<AdaptedLayer.Pair> pissa(AdapterPlan.Layer plan, Tensor weight, Scope work) {
    Operators ops = owner.operators();
    List<AdaptedLayer.Pair> pairs = new ArrayList<>();
    for (AdapterPlan.Part part : plan.parts()) {
      if (part.trained()) {
        AdaptedLayer.Pair pair = largest(plan, part, weight, work);
        pairs.add(pair);
        pairs.add(new AdaptedLayer.Pair(ops.copy(pair.a()), ops.copy(pair.b())));
      }
    }
    return pairs;
  }

  private List<AdaptedLayer.Pair> loftq(AdapterPlan.Layer plan, Scope work) {
    String name = plan.module().name();
    Tensor lost = work.operators().copy(network.originalWeight(name, work));
    work.operators().addInPlace(lost, network.weight(name, work), -1);
    checkArgument(
        work.operators().squaredNorm(List.of(lost)) > 0,
        "initialization LOFTQ approximates the quantization error, which is 0 for %s: its"
            + " matrices would be zeros that never learn; use KAIMING or PISSA for dense weights",
        name);
    return plan.parts().stream().map(part -> largest(plan, part, lost, work)).toList();
  }

  /** Returns the a and b whose scaled product is nearest to the part's rows of a matrix. */
  private AdaptedLayer.Pair largest(
      AdapterPlan.Layer plan, AdapterPlan.Part part, Tensor matrix, Scope work) {
    int smaller = Math.min(part.out(), plan.module().in());
    checkArgument(
        part.rank() <= smaller,
        "rank is %s, initialization %s allows 1 to %s for %s",
        part.rank(),
        kind,
        smaller,
        plan.module().name());
    Operators temporary = work.operators();
    Tensor rows = temporary.narrow(matrix, 0, part.start(), part.out());
    Operators.Pair roots =
        temporary.lora().lowRankApproximation(rows, part.rank(), seedOf(plan, part));
    double share = 1 / Math.sqrt(part.scale());
    Operators ops = owner.operators();
    return new AdaptedLayer.Pair(
        ops.multiply(roots.second(), share), ops.multiply(roots.first(), share));
  }

  private @Nullable Tensor magnitude(
      AdapterPlan.Layer plan, List<AdaptedLayer.Pair> pairs, Scope work) {
    if (!plan.dora()) {
      return null;
    }
    Tensor weight = network.weight(plan.module().name(), work);
    AdaptedLayer.Pair pair = pairs.get(0);
    return owner
        .operators()
        .lora()
        .adaptedRowNorms(weight, pair.a(), pair.b(), plan.parts().get(0).scale());
  }

  private long seedOf(AdapterPlan.Layer plan, AdapterPlan.Part part) {
    String name = plan.module().name() + (part.label().isEmpty() ? "" : "." + part.label());
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
    }
    return seed ^ hash;
  }

  private static void uniform(FloatBuffer into, SplittableRandom random, float bound) {
    while (into.hasRemaining()) {
      into.put((float) ((random.nextDouble() * 2 - 1) * bound));
    }
  }
}
