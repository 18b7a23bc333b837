package io.telecomllm.inference.calibration;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.inference.statistics.OptionProbabilities;
import io.telecomllm.inference.statistics.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How much a model likes each place, whatever option stands there, to be divided out of its
 * probabilities: PriDe (Zheng et al. 2024, "Large Language Models Are Not Robust Multiple Choice
 * Selectors"). Immutable.
 *
 * <p>It assumes that the probability of a place is proportional to the product of two numbers: one
 * of the option that stands there, and one of the place alone. If this is so, one reading with the
 * prior divided out says what the mean over all rotations says.
 *
 * <p>A probability below 2<sup>-52</sup>, such as 0, counts as this, as it does in {@link
 * io.telecomllm.inference.statistics.Figures#logLoss}; the paper's code adds 10<sup>-10</sup>.
 *
 * @param shares the priors, at least one, each of another number of options: for each place a
 *     number over 0; they sum to 1
 */
public record PositionPrior(List<List<Double>> shares) {
  /**
   * The fewest questions with one number of options that give a prior. The paper's code takes 5 %
   * of all questions.
   */
  public static final int FEWEST = 10;

  /** Checks that the priors are shares over 0, no two of the same number of options. */
  public PositionPrior {
    shares = shares.stream().map(own -> new OptionProbabilities(own).values()).toList();
    checkArgument(!shares.isEmpty(), "there are no priors, expected at least one");
    checkArgument(
        shares.stream().flatMap(List::stream).allMatch(share -> share > 0),
        "priors are %s, must be over 0",
        shares);
    List<Integer> options = shares.stream().map(List::size).toList();
    checkArgument(
        options.stream().distinct().count() == options.size(),
        "priors of %s options, must be of different numbers",
        options);
  }

  /**
   * Estimates the prior of each number of options; the right options need not be known.
   *
   * <p>The prior of a question is the softmax, over the places, of the mean of the place's
   * log-probability in its readings. The prior of a number of options is the mean of the priors of
   * its questions.
   *
   * <p>A question counts only if it has as many readings as options, and each option stood at each
   * place in one of them, as in a full set of rotations. Others are skipped: an option that points
   * at others, such as "all of the above", stays in its place, so that its content and its place
   * cannot be told apart. A number of options with fewer than {@value #FEWEST} such questions gets
   * no prior.
   *
   * @param questions the readings of each question
   * @throws IllegalArgumentException saying how many are needed, if there are fewer than {@value
   *     #FEWEST} such questions of each number of options
   */
  public static PositionPrior fit(List<List<Reading>> questions) {
    Map<Integer, List<double[]>> priors = new TreeMap<>();
    for (List<Reading> readings : questions) {
      if (isFullSet(readings)) {
        priors.computeIfAbsent(readings.size(), n -> new ArrayList<>()).add(prior(readings));
      }
    }
    List<List<Double>> shares =
        priors.values().stream()
            .filter(own -> own.size() >= FEWEST)
            .map(PositionPrior::mean)
            .toList();
    checkArgument(
        !shares.isEmpty(),
        "of %s questions, those read with each option at each place are %s, at least %s with the"
            + " same number of options are needed",
        questions.size(),
        priors.isEmpty() ? "none" : counts(priors),
        FEWEST);
    return new PositionPrior(shares);
  }

  private static boolean isFullSet(List<Reading> readings) {
    int options = readings.size();
    return options > 0
        && readings.stream().allMatch(reading -> reading.order().size() == options)
        && IntStream.range(0, options).allMatch(place -> at(place, readings) == options);
  }

  /** Returns the number of different options that stood at a place. */
  private static long at(int place, List<Reading> readings) {
    return readings.stream().map(reading -> reading.order().get(place)).distinct().count();
  }

  private static double[] prior(List<Reading> readings) {
    double[] means = new double[readings.size()];
    for (Reading reading : readings) {
      double[] logs = Logs.of(reading.places());
      for (int place = 0; place < means.length; place++) {
        means[place] += logs[place] / means.length;
      }
    }
    return Logs.softmax(means);
  }

  private static List<Double> mean(List<double[]> priors) {
    return IntStream.range(0, priors.get(0).length)
        .mapToDouble(
            place -> priors.stream().mapToDouble(own -> own[place]).average().orElseThrow())
        .boxed()
        .toList();
  }

  private static String counts(Map<Integer, List<double[]>> priors) {
    return priors.entrySet().stream()
        .map(own -> own.getValue().size() + " with " + own.getKey() + " options")
        .collect(Collectors.joining(", "));
  }

  /** Returns whether it has a prior of this number of options. */
  public boolean covers(int options) {
    return shares.stream().anyMatch(own -> own.size() == options);
  }

  /**
   * Divides probabilities by the prior of their number of places, and by a number that makes their
   * sum 1. Without a prior of this number they are returned as they are.
   *
   * @param places the probability of each place in one reading
   */
  public OptionProbabilities debias(OptionProbabilities places) {
    return shares.stream()
        .filter(own -> own.size() == places.values().size())
        .findFirst()
        .map(own -> divided(places, own))
        .orElse(places);
  }

  private static OptionProbabilities divided(OptionProbabilities places, List<Double> prior) {
    double[] logs = Logs.of(places);
    for (int place = 0; place < logs.length; place++) {
      logs[place] -= Math.log(prior.get(place));
    }
    return OptionProbabilities.of(Logs.softmax(logs));
  }
}
