package io.telecomllm.data;

import io.telecomllm.data.Rejection.Reason;
import io.telecomllm.text.Quoted;
import io.telecomllm.text.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks one entry of a file: the result is the first rule that it breaks, or a question. */
final class EntryCheck {
  private static final Pattern ANSWER =
      Pattern.compile("option\\s+([0-9]{1,3})\\s*:(.*)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Pattern INDEX = Pattern.compile("([0-9]{1,3})(\\.0)?");
  private static final List<String> REQUIRED = List.of("question", "answer");

  private final RawEntry entry;
  private final List<String> options = new ArrayList<>();

  EntryCheck(RawEntry entry) {
    this.entry = entry;
    for (int i = 1; entry.fields().containsKey(option(i)); i++) {
      options.add(text(option(i)));
    }
  }

  /** Returns the first rule that the entry breaks, or empty for a good entry. */
  Optional<Rejection> defect() {
    return entry
        .defect()
        .or(this::missing)
        .or(this::optionCount)
        .or(this::blank)
        .or(this::invalidText)
        .or(this::category)
        .or(this::answer)
        .or(() -> equalOptions(entry.id(), options));
  }

  /** Returns the question; only for an entry without a {@link #defect}. */
  Question question() {
    return new Question(
        entry.id(),
        text("question"),
        options,
        answerNumber() - 1,
        text("explanation"),
        categoryOrOther().orElseThrow());
  }

  /** Returns a rejection if two options are equal, ignoring case and white space. */
  static Optional<Rejection> equalOptions(String id, List<String> options) {
    List<String> folded = options.stream().map(Texts::folded).toList();
    for (int i = 0; i < folded.size(); i++) {
      int first = folded.indexOf(folded.get(i));
      if (first < i) {
        String detail =
            "options %d and %d are both \"%s\""
                .formatted(first + 1, i + 1, Quoted.line(options.get(i)));
        return Optional.of(new Rejection(id, Reason.EQUAL_OPTIONS, detail));
      }
    }
    return Optional.empty();
  }

  private Optional<Rejection> missing() {
    for (String field : REQUIRED) {
      if (!entry.fields().containsKey(field)) {
        return refused(Reason.MISSING_FIELD, "\"" + field + "\"");
      }
    }
    long offered = entry.fields().keySet().stream().filter(f -> f.startsWith("option ")).count();
    return offered == options.size()
        ? Optional.empty()
        : refused(
            Reason.MISSING_FIELD,
            "\"%s\", though the entry has %d options"
                .formatted(option(options.size() + 1), offered));
  }

  private Optional<Rejection> optionCount() {
    int count = options.size();
    if (count < Question.MIN_OPTIONS) {
      return refused(Reason.TOO_FEW_OPTIONS, count + ", expected at least " + Question.MIN_OPTIONS);
    }
    return count > Question.MAX_OPTIONS
        ? refused(Reason.TOO_MANY_OPTIONS, count + ", expected at most " + Question.MAX_OPTIONS)
        : Optional.empty();
  }

  // an explanation may be empty
  private Optional<Rejection> blank() {
    if (entry.id().isBlank()) {
      return refused(Reason.BLANK_FIELD, "the entry's name");
    }
    return entry.fields().keySet().stream()
        .filter(field -> !field.equals("explanation") && Texts.collapsed(text(field)).isEmpty())
        .findFirst()
        .flatMap(field -> refused(Reason.BLANK_FIELD, "\"" + field + "\""));
  }

  private Optional<Rejection> invalidText() {
    if (invalid(entry.id())) {
      return refused(Reason.INVALID_TEXT, "the entry's name");
    }
    return entry.fields().entrySet().stream()
        .filter(field -> invalid(field.getValue()))
        .map(Map.Entry::getKey)
        .findFirst()
        .flatMap(
            field ->
                refused(
                    Reason.INVALID_TEXT,
                    "\"" + field + "\" holds a control character or half of a surrogate pair"));
  }

  private Optional<Rejection> category() {
    return categoryOrOther().isPresent()
        ? Optional.empty()
        : refused(
            Reason.UNKNOWN_CATEGORY,
            "\"%s\", expected one of %s, or none"
                .formatted(Quoted.line(text("category")), Category.labels()));
  }

  private Optional<Category> categoryOrOther() {
    return entry.fields().containsKey("category")
        ? Category.find(text("category"))
        : Optional.of(Category.OTHER);
  }

  private Optional<Rejection> answer() {
    int number = answerNumber();
    if (number < 1 || number > options.size()) {
      return refused(
          Reason.ANSWER_NAMES_NO_OPTION,
          entry.indexed()
              ? "\"%s\", expected an index from 0 to %d"
                  .formatted(Quoted.line(text("answer")), options.size() - 1)
              : "\"%s\", expected \"option k: text\" with k from 1 to %d"
                  .formatted(Quoted.line(text("answer")), options.size()));
    }
    if (entry.indexed()) {
      return Optional.empty();
    }
    String option = options.get(number - 1);
    String given = answerMatcher().replaceFirst("$2").strip();
    if (Texts.squeezed(option).equals(Texts.squeezed(given))) {
      return Optional.empty();
    }
    List<String> squeezed = options.stream().map(Texts::squeezed).toList();
    int other = squeezed.indexOf(Texts.squeezed(given)) + 1;
    return refused(
        Reason.ANSWER_TEXT_DIFFERS,
        "\"%s\", but option %d is \"%s\"%s"
            .formatted(
                Quoted.line(given),
                number,
                Quoted.line(option),
                other > 0 ? " and the text is option " + other + "'s" : ""));
  }

  // from 1; 0 if the answer does not have the form "option k: text", or is no index
  private int answerNumber() {
    if (entry.indexed()) {
      Matcher index = INDEX.matcher(text("answer"));
      return index.matches() ? Integer.parseInt(index.group(1)) + 1 : 0;
    }
    Matcher matcher = answerMatcher();
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  private Matcher answerMatcher() {
    return ANSWER.matcher(text("answer"));
  }

  private String text(String field) {
    return entry.fields().getOrDefault(field, "").strip();
  }

  private Optional<Rejection> refused(Reason reason, String detail) {
    return Optional.of(new Rejection(entry.id(), reason, detail));
  }

  private static String option(int number) {
    return "option " + number;
  }

  private static boolean invalid(String text) {
    return Texts.hasControls(text) || !Texts.isWellFormed(text);
  }
}
