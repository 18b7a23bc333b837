package io.telecomllm.inference.statistics;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The risk-coverage curve of a confidence: how many answers are wrong if only the surest ones are
 * given (El-Yaniv and Wiener 2010). Immutable.
 *
 * <p>Answers of equal confidence cannot be told apart by a threshold, so their order is no matter:
 * where a figure needs some of them but not all, it is the mean over all their orders, in which
 * each of them brings the same part of an error.
 */
public final class RiskCoverage {
  /** The coverages at which {@link #selectiveAccuracy} is usually reported. */
  public static final List<Double> COVERAGES = List.of(0.9, 0.8, 0.7, 0.5);

  private static final double ROUNDING = 1e-9;

  private final List<Point> points;

  private RiskCoverage(List<Point> points) {
    this.points = points;
  }

  /**
   * The answers given at a threshold.
   *
   * @param threshold the least confidence of an answer that is given, 0 to 1
   * @param answered the number of answers that are given, at least 1
   * @param wrong how many of them are wrong, 0 to {@code answered}
   * @param questions the number of all questions
   */
  public record Point(double threshold, int answered, int wrong, int questions) {
    /** Checks the ranges. */
    public Point {
      checkArgument(threshold >= 0 && threshold <= 1, "threshold is %s, must be 0 to 1", threshold);
      checkArgument(
          wrong >= 0 && wrong <= answered && answered >= 1 && answered <= questions,
          "%s wrong of %s answers to %s questions",
          wrong,
          answered,
          questions);
    }

    /** Returns the share of questions that are answered, over 0 and at most 1. */
    public double coverage() {
      return (double) answered / questions;
    }

    /** Returns the share of wrong ones among the answers that are given, 0 to 1. */
    public double risk() {
      return (double) wrong / answered;
    }
  }

  /**
   * Creates the curve of some answers.
   *
   * @param answers at least one
   */
  public static RiskCoverage of(List<GradedAnswer> answers) {
    Figures.checkNotEmpty(answers);
    List<GradedAnswer> sorted = new ArrayList<>(answers);
    sorted.sort(Comparator.comparingDouble(GradedAnswer::confidence).reversed());
    List<Point> points = new ArrayList<>();
    int wrong = 0;
    for (int i = 0; i < sorted.size(); i++) {
      double confidence = sorted.get(i).confidence();
      wrong += sorted.get(i).right() ? 0 : 1;
      if (i + 1 == sorted.size() || sorted.get(i + 1).confidence() < confidence) {
        points.add(new Point(confidence, i + 1, wrong, sorted.size()));
      }
    }
    return new RiskCoverage(List.copyOf(points));
  }

  /** Returns the points of the curve: one for each confidence that occurs, the highest first. */
  public List<Point> points() {
    return points;
  }

  /** Returns the number of questions, at least 1. */
  public int questions() {
    return last().questions();
  }

  /**
   * Returns the area under the curve, 0 to 1, less being better: the mean of the risks of the k
   * surest answers, for k from 1 to the number of questions (Geifman, Uziel and El-Yaniv 2019).
   */
  public double aurc() {
    double sum = 0;
    int answered = 0;
    int wrong = 0;
    for (Point point : points) {
      double share = (double) (point.wrong() - wrong) / (point.answered() - answered);
      for (int k = answered + 1; k <= point.answered(); k++) {
        sum += (wrong + share * (k - answered)) / k;
      }
      answered = point.answered();
      wrong = point.wrong();
    }
    return sum / questions();
  }

  /**
   * Returns the accuracy on the surest answers, 0 to 1: the fewest that are at least this share of
   * all questions.
   *
   * @param coverage over 0 and at most 1
   */
  public double selectiveAccuracy(double coverage) {
    checkArgument(
        coverage > 0 && coverage <= 1, "coverage is %s, must be over 0 and at most 1", coverage);
    // 0.55 * 100 is more than 55 in binary
    int given = Math.max(1, (int) Math.ceil(coverage * questions() - ROUNDING));
    int answered = 0;
    int wrong = 0;
    for (Point point : points) {
      if (point.answered() >= given) {
        double share = (double) (point.wrong() - wrong) / (point.answered() - answered);
        return 1 - (wrong + share * (given - answered)) / given;
      }
      answered = point.answered();
      wrong = point.wrong();
    }
    return 1 - last().risk();
  }

  /** Returns the area under the ROC curve, see {@link Figures#auroc}. */
  public double auroc() {
    double pairs = 0;
    long answered = 0;
    long wrong = 0;
    long allWrong = last().wrong();
    for (Point point : points) {
      long newWrong = point.wrong() - wrong;
      long newRight = point.answered() - answered - newWrong;
      // a right answer is surer than the wrong ones further down
      pairs += newRight * (allWrong - point.wrong() + newWrong / 2.0);
      answered = point.answered();
      wrong = point.wrong();
    }
    return pairs / ((double) allWrong * (answered - allWrong));
  }

  private Point last() {
    return points.get(points.size() - 1);
  }
}
