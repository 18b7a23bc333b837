package io.telecomllm.inference.evaluation.report;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.inference.evaluation.Outcome;
import io.telecomllm.inference.evaluation.RemovedOption;
import io.telecomllm.inference.statistics.Bootstrap;
import io.telecomllm.inference.statistics.ClopperPearson;
import io.telecomllm.inference.statistics.Estimate;
import io.telecomllm.inference.statistics.Figures;
import io.telecomllm.inference.statistics.GradedAnswer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What becomes of questions whose right option was taken away, next to the same questions with it.
 * Immutable.
 *
 * @param questions the number of questions, at least 1
 * @param abstentions the share of abstentions without the right option; the interval is that of
 *     {@link ClopperPearson}
 * @param abstentionsBefore the share of abstentions on the same questions with it
 * @param confidence the mean confidence without the right option
 * @param confidenceBefore the mean confidence with it
 * @param auroc the probability that the confidence is higher with the right option than without it,
 *     in whichever two of the questions, an equal confidence counting as half
 */
public record RemovedFigures(
    int questions,
    Estimate abstentions,
    Estimate abstentionsBefore,
    Estimate confidence,
    Estimate confidenceBefore,
    Estimate auroc) {

  /** A question with its right option, and without it. */
  private record Pair(Outcome with, RemovedOption without) {}

  /**
   * Computes the figures.
   *
   * @param outcomes the questions as they are
   * @param removed some of the questions without their right option, at least one and none twice
   * @throws IllegalArgumentException naming a question that is not among the outcomes
   */
  static RemovedFigures of(
      List<Outcome> outcomes, List<RemovedOption> removed, Bootstrap bootstrap) {
    List<Pair> pairs = pairs(outcomes, removed);
    int left = (int) pairs.stream().filter(pair -> !pair.without().given()).count();
    int leftBefore = (int) pairs.stream().filter(pair -> !pair.with().given()).count();
    return new RemovedFigures(
        pairs.size(),
        ClopperPearson.interval(left, pairs.size(), bootstrap.level()),
        ClopperPearson.interval(leftBefore, pairs.size(), bootstrap.level()),
        bootstrap.estimate(pairs, sample -> mean(sample, pair -> pair.without().confidence())),
        bootstrap.estimate(pairs, sample -> mean(sample, RemovedFigures::before)),
        bootstrap.estimate(pairs, RemovedFigures::auroc));
  }

  private static List<Pair> pairs(List<Outcome> outcomes, List<RemovedOption> removed) {
    Map<String, Outcome> byId = new HashMap<>();
    outcomes.forEach(outcome -> byId.put(outcome.question().id(), outcome));
    return removed.stream()
        .map(
            option -> {
              Outcome with = byId.remove(option.id());
              checkArgument(
                  with != null,
                  "'%s' is not among the questions with their right option, or comes twice",
                  option.id());
              return new Pair(with, option);
            })
        .toList();
  }

  private static double before(Pair pair) {
    return pair.with().choice().confidence();
  }

  private static double mean(List<Pair> pairs, ToDoubleFunction<Pair> value) {
    return pairs.stream().mapToDouble(value).average().orElseThrow();
  }

  private static double auroc(List<Pair> pairs) {
    return Figures.auroc(
        pairs.stream()
            .flatMap(
                pair ->
                    Stream.of(
                        new GradedAnswer(before(pair), true),
                        new GradedAnswer(pair.without().confidence(), false)))
            .toList());
  }
}
