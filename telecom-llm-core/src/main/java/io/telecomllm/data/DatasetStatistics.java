package io.telecomllm.data;

import io.telecomllm.text.Texts;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * Counts over a set of questions, to look at before a model is trained on it. Immutable.
 *
 * @param questions the number of questions
 * @param perCategory number of questions of each category; all five are present, {@link
 *     Category#OTHER} if it has questions
 * @param perOptionCount number of questions by their number of options
 * @param perAnswer number of questions by the index of the correct option, from 0
 * @param perTag number of questions by the tag at the end of their text, without brackets
 * @param allOfTheAbove how often "all of the above" is offered and correct
 * @param noneOfTheAbove how often "none of the above" is offered and correct
 * @param pointingAtOthers number of questions with an option that refers to other options, "all of
 *     the above" and "none of the above" included
 * @param fixed number of questions whose options cannot be shuffled
 * @param chance expected accuracy of a random guess, 0 to 1; 0 without questions
 * @param heuristic accuracy of {@link NoKnowledgeHeuristic}, 0 to 1; 0 without questions
 * @param questionWords number of words in the question texts without their tags
 * @param explanationWords number of words in the explanations
 */
public record DatasetStatistics(
    int questions,
    Map<Category, Integer> perCategory,
    Map<Integer, Integer> perOptionCount,
    Map<Integer, Integer> perAnswer,
    Map<String, Integer> perTag,
    Offer allOfTheAbove,
    Offer noneOfTheAbove,
    int pointingAtOthers,
    int fixed,
    double chance,
    double heuristic,
    Words questionWords,
    Words explanationWords) {
  /** Copies the maps, which are in ascending order of their keys. */
  public DatasetStatistics {
    Map<Category, Integer> categories = new EnumMap<>(Category.class);
    categories.putAll(perCategory);
    perCategory = Collections.unmodifiableMap(categories);
    perOptionCount = Collections.unmodifiableMap(new TreeMap<>(perOptionCount));
    perAnswer = Collections.unmodifiableMap(new TreeMap<>(perAnswer));
    perTag = Collections.unmodifiableMap(new TreeMap<>(perTag));
  }

  /**
   * How often one kind of option occurs.
   *
   * @param offered number of questions that offer it
   * @param right number of questions whose correct answer it is
   */
  public record Offer(int offered, int right) {}

  /**
   * The distribution of the number of words per text; a percentile is the smallest number that this
   * share of the texts does not exceed. All values are 0 without texts.
   *
   * @param mean arithmetic mean
   * @param min smallest number
   * @param median 50th percentile
   * @param p90 90th percentile
   * @param p99 99th percentile
   * @param max largest number
   */
  public record Words(double mean, int min, int median, int p90, int p99, int max) {}

  /** Returns the statistics of these questions. */
  public static DatasetStatistics of(List<Question> questions) {
    Map<Category, Integer> categories = new EnumMap<>(Category.class);
    for (Category category : Category.values()) {
      categories.put(category, count(questions, q -> q.category() == category));
    }
    categories.remove(Category.OTHER, 0);
    Map<Integer, Integer> optionCounts = new TreeMap<>();
    Map<Integer, Integer> answers = new TreeMap<>();
    Map<String, Integer> tags = new TreeMap<>();
    for (Question question : questions) {
      optionCounts.merge(question.options().size(), 1, Integer::sum);
      answers.merge(question.answer(), 1, Integer::sum);
      question.release().ifPresent(tag -> tags.merge(tag, 1, Integer::sum));
    }
    return new DatasetStatistics(
        questions.size(),
        categories,
        optionCounts,
        answers,
        tags,
        offer(questions, OptionReference::isAllOfTheAbove),
        offer(questions, OptionReference::isNoneOfTheAbove),
        count(questions, Question::optionsPointAtOthers),
        count(questions, q -> OptionShuffle.movable(q) == 0),
        questions.stream().mapToDouble(q -> 1.0 / q.options().size()).average().orElse(0),
        questions.isEmpty() ? 0 : NoKnowledgeHeuristic.accuracy(questions),
        words(questions, q -> Texts.wordCount(q.textWithoutTag())),
        words(questions, q -> Texts.wordCount(q.explanation())));
  }

  private static int count(List<Question> questions, Predicate<Question> kind) {
    return (int) questions.stream().filter(kind).count();
  }

  private static Offer offer(List<Question> questions, Predicate<String> kind) {
    return new Offer(
        count(questions, q -> q.options().stream().anyMatch(kind)),
        count(questions, q -> kind.test(q.answerText())));
  }

  private static Words words(List<Question> questions, ToIntFunction<Question> counter) {
    int[] sorted = questions.stream().mapToInt(counter).sorted().toArray();
    return sorted.length == 0
        ? new Words(0, 0, 0, 0, 0, 0)
        : new Words(
            Arrays.stream(sorted).average().orElse(0),
            sorted[0],
            percentile(sorted, 50),
            percentile(sorted, 90),
            percentile(sorted, 99),
            sorted[sorted.length - 1]);
  }

  // the nearest rank, ceil(p / 100 * n), counted from 1
  private static int percentile(int[] sorted, int percent) {
    long rank = ((long) sorted.length * percent + 99) / 100;
    return sorted[(int) Math.max(rank, 1) - 1];
  }
}
