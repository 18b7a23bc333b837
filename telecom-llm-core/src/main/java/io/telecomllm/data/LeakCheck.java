package io.telecomllm.data;

import static java.util.Objects.requireNonNull;

import io.telecomllm.data.Leak.Kind;
import io.telecomllm.text.Texts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks for test questions in what a model is trained on and in the texts that it may read, so that
 * a measurement is not distorted.
 *
 * <p>A text has another nearly verbatim if it has at least 2/3 of its different runs of three
 * words. On TeleQnA that finds every explanation that is quoted whole, 98 % of those with one word
 * replaced and 73 % with two, and among 6,357 explanations of other questions 17 that are worded
 * almost alike. Questions and explanations of fewer than 8 words are not looked for in texts, since
 * any text on their subject has them; {@link #tooShort} is their number. Ids are not compared: in
 * two files without names they mean nothing.
 *
 * <p>Immutable, so safe for use by several threads.
 */
public final class LeakCheck {
  private static final double SHARE = 2.0 / 3;
  private static final int RUN = 3;
  private static final int LEAST_WORDS = 8;
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}\\p{M}]+");

  private final List<Question> test;
  private final List<Sought> sought = new ArrayList<>();
  private final Map<String, List<Integer>> soughtByRun = new HashMap<>();
  private final int tooShort;

  /** A text to look for, with the number of its different runs of words. */
  private record Sought(String id, Kind kind, int runs) {}

  private LeakCheck(List<Question> test) {
    this.test = List.copyOf(test);
    int shorter = 0;
    for (Question question : this.test) {
      shorter += add(question.id(), Kind.QUESTION_IN_TEXT, question.textWithoutTag());
      shorter += add(question.id(), Kind.EXPLANATION_IN_TEXT, question.explanation());
    }
    tooShort = shorter;
  }

  /** Returns a check against these test questions. */
  public static LeakCheck against(List<Question> test) {
    requireNonNull(test, "test is null");
    return new LeakCheck(test);
  }

  private int add(String id, Kind kind, String text) {
    List<String> words = words(text);
    if (words.size() < LEAST_WORDS) {
      return words.isEmpty() ? 0 : 1;
    }
    Set<String> runs = runs(words);
    for (String run : runs) {
      soughtByRun.computeIfAbsent(run, r -> new ArrayList<>()).add(sought.size());
    }
    sought.add(new Sought(id, kind, runs.size()));
    return 0;
  }

  /** Returns the number of questions and explanations that are too short to be found in texts. */
  public int tooShort() {
    return tooShort;
  }

  /**
   * Returns the test questions that a set of questions has, such as the training set or synthetic
   * questions, ordered by test question.
   *
   * @param source the name of the set
   */
  public List<Leak> questions(String source, List<Question> questions) {
    List<Leak> leaks = new ArrayList<>();
    for (NearDuplicates.Pair pair : NearDuplicates.between(questions, test)) {
      Question found = questions.get(pair.left());
      Question tested = test.get(pair.right());
      boolean same =
          Texts.folded(found.textWithoutTag()).equals(Texts.folded(tested.textWithoutTag()));
      leaks.add(
          new Leak(
              source,
              found.id(),
              tested.id(),
              same ? Kind.SAME_QUESTION : Kind.NEAR_DUPLICATE,
              pair.similarity()));
    }
    return leaks;
  }

  /**
   * Returns the test questions of which a text has the question or the explanation nearly verbatim,
   * in the order of the test questions.
   *
   * @param source the name of the collection of texts
   * @param id the text's id, such as that of a clause
   */
  public List<Leak> text(String source, String id, String text) {
    Map<Integer, Integer> shared = new HashMap<>();
    for (String run : runs(words(text))) {
      for (int index : soughtByRun.getOrDefault(run, List.of())) {
        shared.merge(index, 1, Integer::sum);
      }
    }
    return shared.entrySet().stream()
        .filter(e -> e.getValue() >= SHARE * sought.get(e.getKey()).runs())
        .sorted(Comparator.comparing(Map.Entry::getKey))
        .map(
            e -> {
              Sought one = sought.get(e.getKey());
              double share = (double) e.getValue() / one.runs();
              return new Leak(source, id, one.id(), one.kind(), share);
            })
        .toList();
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(Texts.folded(text));
    while (word.find()) {
      words.add(word.group());
    }
    return words;
  }

  private static Set<String> runs(List<String> words) {
    Set<String> runs = new LinkedHashSet<>();
    for (int i = 0; i + RUN <= words.size(); i++) {
      runs.add(String.join(" ", words.subList(i, i + RUN)));
    }
    return runs;
  }
}
