package io.telecomllm.knowledge;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.primitives.ImmutableDoubleArray;
import io.telecomllm.Interrupts;
import io.telecomllm.knowledge.RelevanceGate.Feature;
import io.telecomllm.knowledge.RelevanceGate.Fitted;
import io.telecomllm.regression.LogisticRegression;
import io.telecomllm.regression.LogisticRegression.Scale;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Fits the weights and the threshold of a {@link RelevanceGate}. */
final class GateFit {
  private static final int LEAST = 50;
  private static final int FOLDS = 5;

  /** The least number of relevant passages over a threshold: of fewer, luck decides. */
  private static final int LEAST_PASSED = 10;

  private static final double PENALTY = 1;

  /**
   * A passage of an example's search.
   *
   * @param example the number of the example
   */
  private record Case(int example, ImmutableDoubleArray features, boolean relevant) {}

  /** A case and its probability by weights that were fitted without its example. */
  private record Scored(Case of, double probability) {}

  private final PassageEvidence evidence;

  private GateFit(PassageEvidence evidence) {
    this.evidence = evidence;
  }

  static Fitted of(PassageEvidence evidence, List<RelevanceExample> examples, double precision) {
    checkArgument(
        examples.size() >= LEAST,
        "there are %s examples, expected at least %s",
        examples.size(),
        LEAST);
    return new GateFit(evidence).fit(examples, precision);
  }

  private Fitted fit(List<RelevanceExample> examples, double precision) {
    List<Case> cases = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      Interrupts.check("the fit of the gate was cancelled");
      add(i, examples.get(i), cases);
    }
    for (int fold = 0; fold < FOLDS; fold++) {
      for (boolean relevant : new boolean[] {true, false}) {
        int left = fold;
        long count = cases.stream().filter(c -> c.relevant() == relevant && !in(left, c)).count();
        checkArgument(
            count > 0,
            "the search finds no %s passage for any example outside of fold %s",
            relevant ? "relevant" : "other",
            fold);
      }
    }
    List<Scored> scored = new ArrayList<>();
    for (int fold = 0; fold < FOLDS; fold++) {
      int left = fold;
      Fitted without = weights(cases.stream().filter(c -> !in(left, c)).toList());
      cases.stream()
          .filter(c -> in(left, c))
          .forEach(c -> scored.add(new Scored(c, without.probability(c.features()))));
    }
    double threshold = threshold(scored, precision);
    Fitted all = weights(cases);
    return new Fitted(
        Fitted.FORMAT,
        all.method(),
        all.intercept(),
        all.features(),
        threshold,
        figures(examples.size(), scored, threshold));
  }

  private static boolean in(int fold, Case one) {
    return one.example() % FOLDS == fold;
  }

  /** Adds the clause that answers, if it was found, and the best one of a search without it. */
  private void add(int number, RelevanceExample example, List<Case> cases) {
    Query query = Query.of(example.question(), example.options(), RelevanceGate.WINDOW + 1);
    Predicate<Passage> own = passage -> passage.clause().id().equals(example.answeredBy());
    PassageEvidence.Found search = evidence.search(query);
    List<Passage> found = search.passages();
    List<Passage> with = found.stream().limit(RelevanceGate.WINDOW).toList();
    List<Passage> without =
        found.stream().filter(own.negate()).limit(RelevanceGate.WINDOW).toList();
    Optional<Integer> place =
        IntStream.range(0, with.size()).boxed().filter(i -> own.test(with.get(i))).findFirst();
    place.ifPresent(i -> cases.add(new Case(number, evidence.of(search.with(with)).get(i), true)));
    if (!without.isEmpty()) {
      cases.add(new Case(number, evidence.of(search.with(without)).get(0), false));
    }
  }

  private Fitted weights(List<Case> cases) {
    List<String> names = evidence.names();
    List<Scale> scales =
        IntStream.range(0, names.size())
            .mapToObj(j -> Scale.of(cases.stream().mapToDouble(c -> c.features().get(j)).toArray()))
            .toList();
    double[][] rows = new double[cases.size()][names.size() + 1];
    boolean[] relevant = new boolean[cases.size()];
    for (int i = 0; i < rows.length; i++) {
      rows[i][0] = 1;
      for (int j = 0; j < names.size(); j++) {
        Scale scale = scales.get(j);
        rows[i][j + 1] = (cases.get(i).features().get(j) - scale.mean()) / scale.deviation();
      }
      relevant[i] = cases.get(i).relevant();
    }
    double[] weights = LogisticRegression.fit(rows, relevant, PENALTY);
    List<Feature> features = new ArrayList<>();
    for (int j = 0; j < names.size(); j++) {
      Scale scale = scales.get(j);
      features.add(new Feature(names.get(j), scale.mean(), scale.deviation(), weights[j + 1]));
    }
    RelevanceFigures none = new RelevanceFigures(0, 0, 0, 0, 0, 0);
    return new Fitted(Fitted.FORMAT, evidence.method(), weights[0], features, 0, none);
  }

  /** Returns the lowest probability from which on the precision is at least the wanted one. */
  private static double threshold(List<Scored> scored, double precision) {
    List<Scored> order =
        scored.stream().sorted(Comparator.comparingDouble(Scored::probability).reversed()).toList();
    double threshold = Double.NaN;
    double best = 0;
    int relevant = 0;
    for (int i = 0; i < order.size(); i++) {
      relevant += order.get(i).of().relevant() ? 1 : 0;
      double probability = order.get(i).probability();
      boolean lastOfEqual = i + 1 == order.size() || order.get(i + 1).probability() < probability;
      double reached = (double) relevant / (i + 1);
      if (lastOfEqual && relevant >= LEAST_PASSED) {
        best = Math.max(best, reached);
        threshold = reached >= precision ? probability : threshold;
      }
    }
    checkArgument(
        !Double.isNaN(threshold),
        "precision is %s, no threshold reaches more than %s on these examples",
        precision,
        best);
    return threshold;
  }

  private static RelevanceFigures figures(int examples, List<Scored> scored, double threshold) {
    List<Scored> relevant = scored.stream().filter(s -> s.of().relevant()).toList();
    List<Scored> others = scored.stream().filter(s -> !s.of().relevant()).toList();
    double right = relevant.stream().filter(s -> s.probability() >= threshold).count();
    double wrong = others.stream().filter(s -> s.probability() >= threshold).count();
    return new RelevanceFigures(
        examples,
        relevant.size(),
        right / (right + wrong),
        right / relevant.size(),
        1 - wrong / examples,
        auroc(relevant, others));
  }

  private static double auroc(List<Scored> relevant, List<Scored> others) {
    double[] lower = others.stream().mapToDouble(Scored::probability).sorted().toArray();
    double sum = 0;
    for (Scored one : relevant) {
      sum += rank(lower, one.probability());
    }
    return sum / relevant.size() / lower.length;
  }

  /** Returns how many of the sorted values are smaller; equal ones count half. */
  private static double rank(double[] sorted, double value) {
    double rank = 0;
    for (double other : sorted) {
      rank += other < value ? 1 : other == value ? 0.5 : 0;
    }
    return rank;
  }
}
