package io.telecomllm.inference.statistics;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Counts that show a model's liking for places: which places it chooses, how often it finds the
 * right option at each, and how often another order of the options changes its choice. Immutable.
 *
 * <p>Every reading counts once, so that a question with four readings weighs as much as four with
 * one.
 *
 * @param repeated the number of questions with at least two readings, at least 0
 * @param flipped how many of them do not choose the same option in all their readings, 0 to {@code
 *     repeated}
 * @param places the places of each number of options that occurs, by number of options and then by
 *     place
 */
public record PositionBias(int repeated, int flipped, List<Place> places) {
  /** Checks the counts. */
  public PositionBias {
    places = List.copyOf(places);
    checkArgument(
        flipped >= 0 && flipped <= repeated, "flipped is %s, must be 0 to %s", flipped, repeated);
  }

  /**
   * One place of the questions with one number of options.
   *
   * @param options the number of options, {@value OptionProbabilities#FEWEST} to {@value
   *     OptionProbabilities#MOST}
   * @param place the place, counted from 0
   * @param chosen the number of readings in which the place was chosen, at least 0
   * @param answers the number of readings in which the right option stood there, at least 0
   * @param right the number of readings in which it stood there and was chosen, at most {@code
   *     chosen} and {@code answers}
   */
  public record Place(int options, int place, int chosen, int answers, int right) {
    /** Checks the ranges. */
    public Place {
      checkArgument(
          options >= OptionProbabilities.FEWEST && options <= OptionProbabilities.MOST,
          "%s options, must be %s to %s",
          options,
          OptionProbabilities.FEWEST,
          OptionProbabilities.MOST);
      checkArgument(
          place >= 0 && place < options, "place is %s, must be 0 to %s", place, options - 1);
      checkArgument(
          right >= 0 && right <= Math.min(chosen, answers),
          "right is %s, must be 0 to %s",
          right,
          Math.min(chosen, answers));
    }

    /**
     * Returns the share of readings with the right option at this place in which it was chosen, 0
     * to 1; NaN if it never stood there.
     */
    public double recall() {
      return (double) right / answers;
    }
  }

  /**
   * Counts the choices in readings.
   *
   * @param questions at least one
   */
  public static PositionBias of(List<QuestionReadings> questions) {
    Figures.checkNotEmpty(questions);
    long repeated = questions.stream().filter(q -> q.readings().size() > 1).count();
    long flipped = questions.stream().filter(QuestionReadings::flips).count();
    List<Place> places =
        questions.stream()
            .map(QuestionReadings::options)
            .distinct()
            .sorted()
            .flatMap(options -> places(questions, options).stream())
            .toList();
    return new PositionBias((int) repeated, (int) flipped, places);
  }

  private static List<Place> places(List<QuestionReadings> questions, int options) {
    int[] chosen = new int[options];
    int[] answers = new int[options];
    int[] rights = new int[options];
    for (QuestionReadings question : questions) {
      if (question.options() == options) {
        for (Reading reading : question.readings()) {
          int best = reading.places().best();
          int answer = reading.order().indexOf(question.answer());
          chosen[best]++;
          answers[answer]++;
          rights[answer] += best == answer ? 1 : 0;
        }
      }
    }
    return IntStream.range(0, options)
        .mapToObj(i -> new Place(options, i, chosen[i], answers[i], rights[i]))
        .toList();
  }

  /**
   * Returns the share of the questions with at least two readings that do not choose the same
   * option in all of them, 0 to 1; NaN if there is no such question.
   */
  public double flipRate() {
    return (double) flipped / repeated;
  }

  /**
   * Returns the standard deviation of the recalls of all places, 0 to 0.5: "RStd" of Zheng et al.
   * (2024), "Large Language Models Are Not Robust Multiple Choice Selectors", who state it in
   * percentage points, 100 times this. It is 0 for a model that finds the right option equally well
   * at each place.
   *
   * <p>It is the root of the mean of the squared differences from the mean recall. As there, the
   * recall of a place is that over all questions, whatever their number of options; a place at
   * which the right option never stood is left out.
   */
  public double recallDeviation() {
    return deviation(places);
  }

  /**
   * Returns the standard deviation of the recalls of all places in the questions with one number of
   * options, 0 to 0.5. The deviation over all questions also grows where questions with more
   * options are harder, since the last places are theirs alone; this one does not.
   *
   * @param options the number of options
   * @throws IllegalArgumentException naming the numbers that occur, if no question has this number
   */
  public double recallDeviation(int options) {
    List<Place> own = places.stream().filter(p -> p.options() == options).toList();
    checkArgument(
        !own.isEmpty(),
        "no question has %s options, only %s",
        options,
        places.stream().map(Place::options).distinct().toList());
    return deviation(own);
  }

  private static double deviation(List<Place> places) {
    Map<Integer, List<Place>> byPlace =
        places.stream().collect(Collectors.groupingBy(Place::place));
    double[] recalls =
        byPlace.values().stream()
            .mapToDouble(PositionBias::recall)
            .filter(recall -> !Double.isNaN(recall))
            .toArray();
    double mean = DoubleStream.of(recalls).average().orElse(Double.NaN);
    double variance =
        DoubleStream.of(recalls)
            .map(recall -> (recall - mean) * (recall - mean))
            .average()
            .orElse(Double.NaN);
    return Math.sqrt(variance);
  }

  private static double recall(List<Place> places) {
    double right = places.stream().mapToInt(Place::right).sum();
    return right / places.stream().mapToInt(Place::answers).sum();
  }
}
