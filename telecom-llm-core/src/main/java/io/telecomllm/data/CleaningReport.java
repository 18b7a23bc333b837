package io.telecomllm.data;

import io.telecomllm.data.Rejection.Reason;
import io.telecomllm.text.Quoted;
import io.telecomllm.text.Texts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What cleaning a file did: which entries were rejected and why, and what is remarkable about those
 * that were kept. Immutable.
 *
 * @param entries the number of entries in the source
 * @param kept the number of questions that were kept
 * @param rejections the others, in the order of the source; equal options and an answer whose text
 *     differs from its option are among the reasons
 * @param flags what is remarkable about kept questions, by kind, then in the order of the source
 */
public record CleaningReport(int entries, int kept, List<Rejection> rejections, List<Flag> flags) {
  /** Copies the lists. */
  public CleaningReport {
    rejections = List.copyOf(rejections);
    flags = List.copyOf(flags);
  }

  /**
   * Something remarkable about a question.
   *
   * @param id the question's id
   * @param kind what it is
   * @param detail the other question, the option, or empty
   */
  public record Flag(String id, Kind kind, String detail) {}

  /** What may be remarkable about a question that was kept. */
  public enum Kind {
    /** An earlier question has the same text without its tag, and other options. */
    REPEATED_TEXT,
    /** An earlier question is almost the same: a split keeps both on one side. */
    NEAR_DUPLICATE,
    /** An option refers to others, such as "both ..." or "all of the above". */
    POINTING_OPTIONS,
    /** The explanation names an option by its number, which is wrong once options are shuffled. */
    EXPLANATION_NAMES_OPTION,
    /** There is no explanation. */
    NO_EXPLANATION
  }

  /** Returns the report of a data set. */
  public static CleaningReport of(TeleQnADataset dataset) {
    List<Question> questions = dataset.questions();
    List<Flag> flags = new ArrayList<>();
    Map<String, String> first = new HashMap<>();
    Map<String, String> repeated = new HashMap<>();
    for (Question question : questions) {
      String before = first.putIfAbsent(Texts.folded(question.textWithoutTag()), question.id());
      if (before != null) {
        repeated.put(question.id(), before);
        flags.add(new Flag(question.id(), Kind.REPEATED_TEXT, before));
      }
    }
    for (List<Integer> group : NearDuplicates.groups(questions)) {
      for (int member : group.subList(1, group.size())) {
        String id = questions.get(member).id();
        if (!repeated.containsKey(id)) {
          flags.add(new Flag(id, Kind.NEAR_DUPLICATE, questions.get(group.get(0)).id()));
        }
      }
    }
    for (Question question : questions) {
      question.options().stream()
          .filter(option -> OptionReference.of(option) != OptionReference.NONE)
          .findFirst()
          .ifPresent(
              o -> flags.add(new Flag(question.id(), Kind.POINTING_OPTIONS, Quoted.line(o))));
    }
    for (Question question : questions) {
      if (question.explanation().isBlank()) {
        flags.add(new Flag(question.id(), Kind.NO_EXPLANATION, ""));
      } else if (OptionReference.namesOption(question.explanation())) {
        flags.add(
            new Flag(
                question.id(), Kind.EXPLANATION_NAMES_OPTION, Quoted.line(question.explanation())));
      }
    }
    flags.sort(Comparator.comparing(Flag::kind));
    return new CleaningReport(dataset.entries(), questions.size(), dataset.rejections(), flags);
  }

  /** Returns the number of rejections for each reason that occurred. */
  public Map<Reason, Integer> byReason() {
    Map<Reason, Integer> counts = new EnumMap<>(Reason.class);
    rejections.forEach(rejection -> counts.merge(rejection.reason(), 1, Integer::sum));
    return counts;
  }

  /** Returns the number of flags of each kind that occurred. */
  public Map<Kind, Integer> byKind() {
    Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    flags.forEach(flag -> counts.merge(flag.kind(), 1, Integer::sum));
    return counts;
  }

  /** Returns the counts, then every rejection, as lines of text. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append("%d entries, %d kept, %d rejected%n".formatted(entries, kept, rejections.size()));
    byReason().forEach((reason, n) -> text.append("  rejected %6d %s%n".formatted(n, reason)));
    byKind().forEach((kind, n) -> text.append("  flagged  %6d %s%n".formatted(n, kind)));
    for (Rejection one : rejections) {
      text.append("%s: %s: %s%n".formatted(Quoted.line(one.id()), one.reason(), one.detail()));
    }
    return text.toString();
  }
}
