package io.telecomllm.inference.statistics;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.data.SplitMix64;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * Estimates how certain a figure is by drawing the questions again with replacement (Efron 1979).
 * The ends of an interval are percentiles of the figure on these resamples. Immutable.
 *
 * <p>The same seed gives the same interval on every machine. A resample on which the figure is NaN,
 * such as {@link Figures#auroc} without a wrong answer, is left out. Percentiles do not correct a
 * bias: the calibration error of few answers is too large, and that of a resample still larger.
 *
 * @param resamples the number of resamples, {@value #FEWEST} to {@value #MOST}
 * @param level the confidence level of intervals, over 0 and under 1
 * @param seed the seed of the random numbers
 */
public record Bootstrap(int resamples, double level, long seed) {
  /** The fewest resamples. */
  public static final int FEWEST = 100;

  /** The most resamples. */
  public static final int MOST = 1_000_000;

  private static final String ONLY = "the figure";
  private static final long PURPOSE = SplitMix64.key("bootstrap");
  private static final int DEFAULT_RESAMPLES = 2000;
  private static final double DEFAULT_LEVEL = 0.95;

  /** Checks the ranges. */
  public Bootstrap {
    checkArgument(
        resamples >= FEWEST && resamples <= MOST,
        "resamples is %s, must be %s to %s",
        resamples,
        FEWEST,
        MOST);
    Estimate.checkLevel(level);
  }

  /** Creates a bootstrap of 2,000 resamples with intervals at 95 %. */
  public static Bootstrap seeded(long seed) {
    return new Bootstrap(DEFAULT_RESAMPLES, DEFAULT_LEVEL, seed);
  }

  /**
   * Returns a figure with its percentile interval.
   *
   * @param sample the questions, at least one
   * @param figure what to compute from them, such as {@code Figures::aurc}
   * @throws IllegalArgumentException if the figure is NaN on the questions themselves
   */
  public <T> Estimate estimate(List<T> sample, ToDoubleFunction<List<T>> figure) {
    return only(estimates(sample, drawn -> Map.of(ONLY, figure.applyAsDouble(drawn))));
  }

  /**
   * Returns several figures with their percentile intervals. They are computed together on each
   * resample, so that they can share work; each is the same as by {@link #estimate}.
   *
   * @param sample the questions, at least one
   * @param figures computes figures by name, the same names for every sample
   * @return the figures that are not NaN on the questions themselves, in the order of the names
   */
  public <T, K> Map<K, Estimate> estimates(
      List<T> sample, Function<List<T>, Map<K, Double>> figures) {
    Figures.checkNotEmpty(sample);
    Map<K, Double> values = figures.apply(sample);
    Map<K, Estimate> estimates = new LinkedHashMap<>();
    drawn(sample.size(), values, at -> figures.apply(pick(sample, at)))
        .forEach((name, drawn) -> estimates.put(name, estimate(value(values, name), drawn)));
    return estimates;
  }

  /**
   * Returns the difference of a figure between two answerers. Each resample takes the same
   * questions for both, so that hard questions are hard for both.
   *
   * <p>The p-value is twice the smaller share of resamples on either side of 0, those on 0 counting
   * for both, with one added to each count, so that it is never 0 (Davison and Hinkley 1997). Two
   * that never differ give 1.
   *
   * @param first the first's answers, in the order of the questions
   * @param second the second's answers to the same questions in the same order
   * @param figure what to compute from the answers of each, such as {@code Figures::accuracy}
   * @throws IllegalArgumentException if the figure is NaN for one of them
   */
  public <T> Difference difference(
      List<T> first, List<T> second, ToDoubleFunction<List<T>> figure) {
    return only(differences(first, second, drawn -> Map.of(ONLY, figure.applyAsDouble(drawn))));
  }

  /**
   * Returns the differences of several figures, each the same as by {@link #difference}.
   *
   * @param first the first's answers, in the order of the questions
   * @param second the second's answers to the same questions in the same order
   * @param figures computes figures by name, the same names for every sample
   * @return the figures that are NaN for neither, in the order of the names
   */
  public <T, K> Map<K, Difference> differences(
      List<T> first, List<T> second, Function<List<T>, Map<K, Double>> figures) {
    checkPaired(first, second);
    Figures.checkNotEmpty(first);
    Map<K, Double> values = less(figures.apply(first), figures.apply(second));
    Map<K, Difference> differences = new LinkedHashMap<>();
    drawn(
            first.size(),
            values,
            at -> less(figures.apply(pick(first, at)), figures.apply(pick(second, at))))
        .forEach((name, drawn) -> differences.put(name, difference(value(values, name), drawn)));
    return differences;
  }

  private static <K> Map<K, Double> less(Map<K, Double> first, Map<K, Double> second) {
    Map<K, Double> differences = new LinkedHashMap<>();
    first.forEach((name, value) -> differences.put(name, value - value(second, name)));
    return differences;
  }

  private static <V> V only(Map<String, V> results) {
    checkArgument(!results.isEmpty(), "the figure is not defined on these questions");
    return results.values().iterator().next();
  }

  private Difference difference(double value, double[] drawn) {
    long below = DoubleStream.of(drawn).filter(d -> d <= 0).count();
    long above = DoubleStream.of(drawn).filter(d -> d >= 0).count();
    double share = (Math.min(below, above) + 1.0) / (drawn.length + 1.0);
    return new Difference(estimate(value, drawn), Math.min(1, 2 * share));
  }

  private Estimate estimate(double value, double[] sorted) {
    double outside = (1 - level) / 2;
    return new Estimate(value, quantile(sorted, outside), quantile(sorted, 1 - outside), level);
  }

  /** Returns each figure that is not NaN, on each resample and in ascending order. */
  private <K> Map<K, double[]> drawn(
      int questions, Map<K, Double> values, Function<int[], Map<K, Double>> figures) {
    Map<K, double[]> drawn = new LinkedHashMap<>();
    values.forEach(
        (name, value) -> {
          if (!value.isNaN()) {
            drawn.put(name, new double[resamples]);
          }
        });
    SplitMix64 random = SplitMix64.of(PURPOSE, seed);
    for (int i = 0; i < resamples; i++) {
      Map<K, Double> resample = figures.apply(draw(questions, random));
      for (Map.Entry<K, double[]> figure : drawn.entrySet()) {
        figure.getValue()[i] = value(resample, figure.getKey());
      }
    }
    drawn.replaceAll((name, all) -> defined(all));
    return drawn;
  }

  /** Draws questions, in ascending order: a figure that sorts them is fast on a sorted sample. */
  private static int[] draw(int questions, SplitMix64 random) {
    int[] drawn = new int[questions];
    for (int i = 0; i < questions; i++) {
      drawn[i] = random.below(questions);
    }
    Arrays.sort(drawn);
    return drawn;
  }

  private static <K> double value(Map<K, Double> figures, K name) {
    return requireNonNull(figures.get(name), () -> name + " is not computed for every sample");
  }

  private static double[] defined(double[] figures) {
    double[] defined = DoubleStream.of(figures).filter(f -> !Double.isNaN(f)).sorted().toArray();
    checkArgument(
        defined.length > 0, "the figure is not defined on any of %s resamples", figures.length);
    return defined;
  }

  private static <T> List<T> pick(List<T> sample, int[] at) {
    List<T> picked = new ArrayList<>(at.length);
    Arrays.stream(at).forEach(i -> picked.add(sample.get(i)));
    return picked;
  }

  /** Returns a quantile, linear between two numbers (type 7 of Hyndman and Fan 1996). */
  private static double quantile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  static void checkPaired(List<?> first, List<?> second) {
    requireNonNull(first, "first is null");
    requireNonNull(second, "second is null");
    checkArgument(
        first.size() == second.size(),
        "%s answers of the first and %s of the second, must be to the same questions",
        first.size(),
        second.size());
  }
}
