package io.telecomllm.inference.factuality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.data.Category;
import io.telecomllm.data.Question;
import io.telecomllm.facts.Claim;
import io.telecomllm.facts.FactChecker;
import io.telecomllm.facts.Judgement;
import io.telecomllm.inference.factuality.FactCheckFigures.Count;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.KnowledgeBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FactCheckEvaluatorTest {
  private static final List<Clause> CLAUSES =
      List.of(
          clause("5.1", "The SMF shall release an idle session of a device after 30 seconds."),
          clause("5.2", "The AMF is not involved when the UPF buffers packets for a device."),
          clause("5.3", "Small data transmission in RRC INACTIVE came with Release 17 of NR."));

  private static Clause clause(String number, String text) {
    return new Clause("TS 23.501", "", "", number, "", text, "");
  }

  private static Question question(String id, String text, List<String> options) {
    return new Question(id, text, options, 0, "", Category.OTHER);
  }

  private static Map<Change, String> texts(List<LabelledClaim> claims, String source) {
    return claims.stream()
        .filter(c -> c.source().equals(source))
        .collect(Collectors.toMap(LabelledClaim::change, c -> c.claim().text()));
  }

  @Test
  void aSentenceIsChangedInOneThing() {
    List<LabelledClaim> claims = LabelledClaims.ofClauses(CLAUSES, 1);
    Map<Change, String> first = texts(claims, "TS 23.501#5.1");
    assertThat(first.get(Change.NONE)).isEqualTo(CLAUSES.get(0).text());
    assertThat(first.get(Change.NUMBER)).matches("The SMF .* after (61|91|121|151) seconds\\.");
    assertThat(first.get(Change.UNIT)).endsWith("after 30 milliseconds.");
    assertThat(first.get(Change.OBLIGATION)).startsWith("The SMF may release");
    assertThat(first.get(Change.ENTITY)).matches("The (AMF|NR|RRC|UPF) shall .*");
    assertThat(first.get(Change.INVENTED_CLAUSE))
        .matches("According to clause \\d\\d\\.\\d\\d\\.77 of TS 23\\.501, The SMF .*");
    assertThat(first.get(Change.TRUE_QUOTATION)).contains("\"The SMF shall release");
    assertThat(first.get(Change.INVENTED_QUOTATION)).startsWith("The text says: \"session");
    assertThat(texts(claims, "TS 23.501#5.2").get(Change.NEGATION))
        .startsWith("The AMF is involved");
    assertThat(texts(claims, "TS 23.501#5.3").get(Change.RELEASE)).contains("Release 19");
    assertThat(LabelledClaims.ofClauses(CLAUSES, 1)).isEqualTo(claims);
    assertThat(LabelledClaims.ofClauses(CLAUSES, 2)).isNotEqualTo(claims);
  }

  @Test
  void optionsThatPointAtOthersMakeNoClaims() {
    List<LabelledClaim> claims =
        LabelledClaims.ofQuestions(
            List.of(
                question("q1", "Who?", List.of("The SMF", "All of the above", "The AMF")),
                question("q2", "What?", List.of("All of the above", "The AMF")),
                question("q3", "When?", List.of("At once", "None of the above"))),
            1);
    assertThat(claims)
        .containsExactly(
            new LabelledClaim("q1", Claim.answer("Who?", "The SMF"), Change.RIGHT_OPTION),
            new LabelledClaim("q1", Claim.answer("Who?", "The AMF"), Change.WRONG_OPTION));
  }

  @Test
  void everythingInventedIsCaughtAndNothingTrueIsRefuted() {
    try (KnowledgeBase base = KnowledgeBase.of(CLAUSES)) {
      List<int[]> progress = new ArrayList<>();
      FactCheckFigures figures =
          FactCheckEvaluator.on(FactChecker.on(base))
              .listener((done, total) -> progress.add(new int[] {done, total}))
              .evaluate(LabelledClaims.ofClauses(CLAUSES, 1));
      Map<Change, Count> counts = figures.byChange();
      assertThat(counts.get(Change.NONE)).isEqualTo(new Count(3, 3, 0));
      assertThat(counts.get(Change.TRUE_QUOTATION)).isEqualTo(new Count(3, 3, 0));
      counts.forEach(
          (change, count) -> {
            if (!change.holds()) {
              assertThat(count.supported()).as(change.name()).isZero();
            }
          });
      assertThat(counts.get(Change.INVENTED_CLAUSE)).isEqualTo(new Count(3, 0, 3));
      assertThat(figures.auroc().value()).isEqualTo(1);
      assertThat(figures.balancedAccuracy().value()).isEqualTo(1);
      assertThat(figures.supportPrecision()).contains(1.0);
      assertThat(figures.of(Change.NONE).citationRecall(Map.of())).contains(1.0);
      int claims = figures.checks().size();
      assertThat(progress.get(progress.size() - 1)).containsExactly(claims, claims);
    }
  }

  /** The figures of a judge that is right about three of four, by hand. */
  @Test
  void figuresAgreeWithCountsByHand() {
    List<Clause> clauses = CLAUSES.subList(0, 1);
    List<LabelledClaim> claims =
        List.of(
            new LabelledClaim("a", Claim.of("The first statement"), Change.NONE),
            new LabelledClaim("b", Claim.of("The second statement"), Change.NONE),
            new LabelledClaim("c", Claim.of("The third statement"), Change.ENTITY),
            new LabelledClaim("d", Claim.of("The fourth statement"), Change.ENTITY));
    double[] yes = {0.9, 0.7, 0.8, 0.1};
    try (KnowledgeBase base = KnowledgeBase.of(clauses)) {
      FactChecker checker =
          FactChecker.on(base)
              .judge(
                  cases ->
                      IntStream.range(0, cases.size())
                          .mapToObj(i -> new Judgement(yes[i], 0, 1 - yes[i]))
                          .toList());
      FactCheckFigures figures = FactCheckEvaluator.on(checker).evaluate(claims);
      // of the four pairs only (0.7, 0.8) is the wrong way round
      assertThat(figures.auroc().value()).isEqualTo(0.75);
      assertThat(figures.balancedAccuracy().value()).isEqualTo(0.75);
      assertThat(figures.supportPrecision()).contains(2.0 / 3);
      assertThat(figures.byChange())
          .containsEntry(Change.NONE, new Count(2, 2, 0))
          .containsEntry(Change.ENTITY, new Count(2, 1, 0));
    }
  }

  @Test
  void anEvaluationCanBeCancelled() {
    try (KnowledgeBase base = KnowledgeBase.of(CLAUSES)) {
      FactCheckEvaluator evaluator = FactCheckEvaluator.on(FactChecker.on(base));
      List<LabelledClaim> claims = LabelledClaims.ofClauses(CLAUSES, 1);
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> evaluator.evaluate(claims))
          .isInstanceOf(CancellationException.class)
          .hasMessage("the evaluation was cancelled");
      assertThat(Thread.interrupted()).isTrue();
      assertThatThrownBy(() -> evaluator.evaluate(List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("there are no claims");
    }
  }
}
