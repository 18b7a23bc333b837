package io.telecomllm.inference.audit;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.inference.audit.AuditEntry.Choice;
import io.telecomllm.inference.audit.AuditEntry.Prompt;
import io.telecomllm.inference.audit.AuditEntry.Setup;
import io.telecomllm.inference.audit.AuditEntry.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Asks recorded multiple-choice questions again, and compares. Immutable.
 *
 * <pre>{@code
 * Replay.Result result = answerer.replay().replay(record);
 * if (!result.same()) {
 *   System.out.println(result); // such as: score of option 2: recorded -1.25, now -0.75
 * }
 * }</pre>
 */
public final class Replay {
  /** The largest difference of two scores that counts as rounding by default. */
  public static final double ROUNDING = 1e-4;

  private final Answering answering;
  private final double tolerance;

  private Replay(Answering answering, double tolerance) {
    this.answering = answering;
    this.tolerance = tolerance;
  }

  /** Answers a question again. */
  @FunctionalInterface
  public interface Answering {
    /** Returns what would be recorded of the answer, with everything kept. */
    AuditEntry answer(String question, List<String> options);
  }

  /**
   * The first difference between a record and the answer now.
   *
   * @param what what differs, such as {@code score of option 2}; options are counted from 1, ids of
   *     a prompt from 0
   * @param recorded the value in the record
   * @param now the value now
   */
  public record Difference(String what, String recorded, String now) {
    @Override
    public String toString() {
      return what + ": recorded " + recorded + ", now " + now;
    }
  }

  /**
   * The result of a replay.
   *
   * @param difference the first difference, in the order model, adapter, template, library,
   *     calibration, references, prompt, scores, chosen option; empty if there is none
   */
  public record Result(Optional<Difference> difference) {
    /** Returns whether the answer is the same. */
    public boolean same() {
      return difference.isEmpty();
    }

    @Override
    public String toString() {
      return difference.map(Difference::toString).orElse("the same");
    }
  }

  /** Creates a replay with {@link #ROUNDING}. */
  public static Replay by(Answering answering) {
    requireNonNull(answering, "answering is null");
    return new Replay(answering, ROUNDING);
  }

  /**
   * Returns a copy with another tolerance. A question that shared a forward pass with others has
   * scores that are rounded otherwise than those of the same question alone.
   *
   * @param difference the largest difference of two scores that counts as equal, from 0
   */
  public Replay within(double difference) {
    checkArgument(
        difference >= 0 && Double.isFinite(difference),
        "difference is %s, must be finite, from 0",
        difference);
    return new Replay(answering, difference);
  }

  /**
   * Asks a record's question again.
   *
   * @throws IllegalArgumentException if the record is not of a choice, or does not keep its texts
   *     as they were: pass them
   */
  public Result replay(AuditRecord record) {
    AuditEntry entry = choice(record);
    return compare(
        entry,
        original(record, "the question", entry.question()),
        IntStream.range(0, entry.options().size())
            .mapToObj(i -> original(record, option(i), entry.options().get(i)))
            .toList());
  }

  /**
   * Asks a record's question again, with texts that it need not keep.
   *
   * @throws IllegalArgumentException if the record is not of a choice; naming the text, if one is
   *     not that of the record by its digest
   */
  public Result replay(AuditRecord record, String question, List<String> options) {
    AuditEntry entry = choice(record);
    requireNonNull(question, "question is null");
    requireNonNull(options, "options is null");
    int recorded = entry.options().size();
    checkArgument(
        options.size() == recorded,
        "%s options, record %s has %s",
        options.size(),
        record.sequence(),
        recorded);
    requireSame(record, "the question", entry.question(), question);
    for (int i = 0; i < recorded; i++) {
      requireSame(record, option(i), entry.options().get(i), options.get(i));
    }
    return compare(entry, question, options);
  }

  private static AuditEntry choice(AuditRecord record) {
    requireNonNull(record, "record is null");
    checkArgument(
        record.entry().choice().isPresent(),
        "record %s is of a text, whose settings are not recorded; a choice can be replayed",
        record.sequence());
    return record.entry();
  }

  private static String original(AuditRecord record, String what, Text text) {
    checkArgument(
        text.form() == Text.Form.KEPT,
        "record %s does not keep %s (%s): pass question and options",
        record.sequence(),
        what,
        text.form());
    return text.text().orElseThrow();
  }

  private static void requireSame(AuditRecord record, String what, Text recorded, String given) {
    checkArgument(recorded.isOf(given), "%s is not that of record %s", what, record.sequence());
  }

  private static String option(int index) {
    return "option " + (index + 1);
  }

  private Result compare(AuditEntry recorded, String question, List<String> options) {
    AuditEntry now = answering.answer(question, options);
    Choice before = recorded.choice().orElseThrow();
    Choice after =
        now.choice().orElseThrow(() -> new IllegalArgumentException("the answer is no choice"));
    List<Difference> differences = new ArrayList<>();
    setup(differences, recorded.setup(), now.setup());
    add(differences, "references", recorded.references(), now.references());
    prompt(differences, recorded.prompt(), now.prompt());
    scores(differences, before.scores(), after.scores());
    add(differences, "chosen option", number(before.chosen()), number(after.chosen()));
    return new Result(differences.stream().findFirst());
  }

  private static void add(List<Difference> all, String what, Object recorded, Object now) {
    if (!recorded.equals(now)) {
      all.add(new Difference(what, recorded.toString(), now.toString()));
    }
  }

  private static void setup(List<Difference> all, Setup recorded, Setup now) {
    add(all, "model", recorded.model(), now.model());
    add(all, "adapter", recorded.adapter().orElse("none"), now.adapter().orElse("none"));
    add(all, "template", recorded.template(), now.template());
    add(all, "library version", recorded.library(), now.library());
    add(
        all,
        "calibration",
        recorded.calibration().orElse("none"),
        now.calibration().orElse("none"));
  }

  private static void prompt(List<Difference> all, Prompt recorded, Prompt now) {
    if (recorded.ids().isPresent() && now.ids().isPresent()) {
      List<Integer> before = recorded.ids().get();
      List<Integer> after = now.ids().get();
      for (int i = 0; i < Math.min(before.size(), after.size()); i++) {
        add(all, "prompt id " + i, before.get(i), after.get(i));
      }
    }
    add(all, "number of prompt ids", recorded.tokens(), now.tokens());
    add(all, "digest of the prompt ids", recorded.sha256(), now.sha256());
  }

  private void scores(List<Difference> all, List<Double> recorded, List<Double> now) {
    add(all, "number of scores", recorded.size(), now.size());
    for (int i = 0; i < Math.min(recorded.size(), now.size()); i++) {
      if (!(Math.abs(recorded.get(i) - now.get(i)) <= tolerance)) {
        add(all, "score of " + option(i), recorded.get(i), now.get(i));
      }
    }
  }

  private static String number(OptionalInt chosen) {
    return chosen.isPresent() ? option(chosen.getAsInt()) : "none";
  }
}
