package io.telecomllm.facts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.data.Question;
import io.telecomllm.data.Refutations;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.knowledge.Lexicon;
import io.telecomllm.knowledge.Term;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is checked by rules and by words, on a few clauses of our own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FactCheckerTest {
  private final KnowledgeBase base =
      KnowledgeBase.of(
          List.of(
              clause(
                  "TS 23.501",
                  "5.6.1",
                  "PDU Sessions",
                  "The SMF shall release an idle PDU Session after 30 s. The UE may establish up to"
                      + " 15 PDU Sessions at the same time."),
              clause(
                  "TS 23.501",
                  "5.9.2",
                  "Identifiers",
                  "The AMF does not allocate IP addresses. IP addresses are allocated by the SMF."),
              clause(
                  "TS 38.331",
                  "5.3.3",
                  "Connection establishment",
                  "The UE starts timer T300 when it sends the request. The transmit power is limited"
                      + " to 23 dBm in the band from 3.3 to 3.8 GHz."),
              clause(
                  "TS 38.331",
                  "5.3.13",
                  "Resume",
                  "Small data transmission was introduced in Release 17.")));

  private final Lexicon lexicon =
      Lexicon.of(
          List.of(
              new Term("AMF", "Access and Mobility Management Function", "", "A network function."),
              new Term("SMF", "Session Management Function", "", "A network function.")));
  private final FactChecker checker = FactChecker.on(base).lexicon(lexicon);

  private static Clause clause(String spec, String number, String title, String text) {
    return new Clause(spec, "18.1.0", "Release 18", number, title, text, "");
  }

  @BeforeAll
  void isOpen() {
    assertThat(base.size()).isEqualTo(4);
  }

  @AfterAll
  void close() {
    base.close();
  }

  private CheckedClaim only(String text) {
    FactCheck check = checker.check(text);
    assertThat(check.claims()).as(text).hasSize(1);
    return check.claims().get(0);
  }

  private static Optional<Finding.Outcome> outcome(CheckedClaim claim, Rule rule) {
    return claim.findings().stream()
        .filter(f -> f.rule() == rule)
        .map(Finding::outcome)
        .findFirst();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "QUANTITY   | The SMF shall release an idle PDU Session after 30 s.",
        "QUANTITY   | The SMF shall release an idle PDU Session after 30,000 ms.",
        "QUANTITY   | The UE may establish up to fifteen PDU Sessions at the same time.",
        "QUANTITY   | The transmit power is limited to 200 mW in the band.",
        "OBLIGATION | The SMF shall release an idle PDU Session.",
        "NEGATION   | The AMF does not allocate IP addresses.",
        "CLAUSE     | By clause 5.6.1 of TS 23.501, the SMF shall release an idle PDU Session.",
        "CLAUSE     | TS 23.501 [2], clause 5.6, says that the SMF shall release an idle PDU Session.",
        "ACRONYM    | The SMF (Session Management Function) shall release an idle PDU Session after 30 s.",
        "RELEASE    | Small data transmission was introduced in Rel-17.",
        "QUOTATION  | The text says \"IP addresses are  allocated by the SMF.\"",
        "QUOTATION  | The text says \u201cThe UE starts timer T300 ... limited to 23 dBm\u201d."
      })
  void whatTheBaseSaysIsSupported(Rule rule, String text) {
    CheckedClaim claim = only(text);
    assertThat(outcome(claim, rule)).as(claim.toString()).contains(Finding.Outcome.AGREES);
    assertThat(claim.verdict()).as(claim.toString()).isEqualTo(Verdict.SUPPORTED);
    assertThat(claim.citation()).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "QUANTITY   | The SMF shall release an idle PDU Session after 60 s.",
        "QUANTITY   | The SMF shall release an idle PDU Session after 30 ms.",
        "QUANTITY   | The UE may establish up to 8 PDU Sessions at the same time.",
        "QUANTITY   | The transmit power is limited to 26 dBm in the band.",
        "OBLIGATION | The SMF may release an idle PDU Session after 30 s.",
        "OBLIGATION | The SMF should release an idle PDU Session.",
        "NEGATION   | The AMF does allocate IP addresses.",
        "NEGATION   | IP addresses are not allocated by the SMF.",
        "CLAUSE     | By clause 5.6.7 of TS 23.501, the SMF shall release an idle PDU Session.",
        "ACRONYM    | IP addresses are allocated by the SMF (Subscriber Mobility Function).",
        "ACRONYM    | SMF stands for Service Mapping Function.",
        "RELEASE    | Small data transmission was introduced in Rel-15.",
        "QUOTATION  | TS 23.501 says \"addresses are allocated by the UPF alone\"."
      })
  void whatTheBaseSaysOtherwiseIsRefuted(Rule rule, String text) {
    CheckedClaim claim = only(text);
    assertThat(outcome(claim, rule)).as(claim.toString()).contains(Finding.Outcome.CONTRADICTS);
    assertThat(claim.verdict()).as(claim.toString()).isEqualTo(Verdict.REFUTED);
    assertThat(claim.support()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "By clause 4.2 of TS 29.500, the SMF shall release an idle PDU Session.",
        "The text says \"addresses are allocated by the UPF alone\".",
        "The NEF shall release an idle PDU Session.",
        "A lighthouse stands on the northern cliffs.",
        "The SMF shall encrypt every beacon of the lighthouse."
      })
  void whatTheBaseDoesNotSayIsNeitherTrueNorFalse(String text) {
    CheckedClaim claim = only(text);
    assertThat(claim.verdict()).as(claim.toString()).isEqualTo(Verdict.NOT_ENOUGH_INFO);
    assertThat(claim.citation()).isEmpty();
  }

  @Test
  void citationsQuoteTheWordsThatDecide() {
    assertThat(
            only("The SMF shall release an idle PDU Session after 60 s.").citation().orElseThrow())
        .satisfies(
            citation -> {
              assertThat(citation.clause().id()).isEqualTo("TS 23.501#5.6.1");
              assertThat(citation.quotation())
                  .isEqualTo("The SMF shall release an idle PDU Session after 30 s.");
            });
  }

  @Test
  void evidenceIsLookedForByTheQuestionAlone() {
    CheckedClaim wrong =
        checker
            .check(
                List.of(
                    Claim.answer(
                        "Which network function allocates IP addresses?",
                        "timer T300, the request")))
            .get(0);
    assertThat(wrong.evidence().get(0).clause().id()).isEqualTo("TS 23.501#5.9.2");
    assertThat(wrong.evidence()).noneMatch(p -> p.clause().spec().equals("TS 38.331"));
    assertThat(wrong.verdict()).isNotEqualTo(Verdict.SUPPORTED);
  }

  @Test
  void aTextIsCutIntoItsClaims() {
    String text =
        "Sure, here is the answer:\n1. IP addresses are allocated by the SMF.\n- The AMF does"
            + " allocate IP addresses. Is that right?\nI do not know more about it.";
    FactCheck check = checker.check(text);
    assertThat(check.claims())
        .extracting(c -> c.claim().text())
        .containsExactly(
            "IP addresses are allocated by the SMF.", "The AMF does allocate IP addresses.");
    assertThat(check.claims())
        .allSatisfy(
            c ->
                assertThat(text.substring(c.claim().start(), c.claim().end()))
                    .isEqualTo(c.claim().text()));
    assertThat(check.verdict()).isEqualTo(Verdict.REFUTED);
    assertThat(check.precision()).isEqualTo(0.5);
    assertThat(checker.check("").verdict()).isEqualTo(Verdict.NOT_ENOUGH_INFO);
    assertThat(checker.check("Why?").claims()).isEmpty();
  }

  @Test
  void aJudgeDecidesWhatRulesDoNot() {
    FactChecker no = checker.judge(cases -> List.of(new Judgement(0.1, 0.8, 0.1)));
    String text = "The UE starts timer T300.";
    assertThat(only(text).verdict()).isEqualTo(Verdict.SUPPORTED);
    assertThat(no.check(text).verdict()).isEqualTo(Verdict.REFUTED);
    assertThat(no.threshold(0.9).check(text).verdict()).isEqualTo(Verdict.NOT_ENOUGH_INFO);
    FactChecker yes = checker.judge(cases -> List.of(new Judgement(1, 0, 0)));
    assertThat(yes.check("The SMF shall release an idle PDU Session after 60 s.").verdict())
        .isEqualTo(Verdict.REFUTED);
    FactChecker none = checker.judge(cases -> List.of());
    assertThatThrownBy(() -> none.check(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the judge gave 0 judgements of 1 claims");
  }

  @Test
  void whatIsRefutedIsDearerInTraining() {
    Question question =
        Question.of(
            "q1",
            "After how long shall the SMF release an idle PDU Session?",
            List.of("After 30 s", "After 60 s", "Never"),
            0);
    Refutations refutations = checker.refutations();
    assertThat(refutations.refuted(question, 0)).isZero();
    assertThat(refutations.refuted(question, 1)).isEqualTo(1);
    assertThat(refutations.refuted(question, "It is after 90 s.")).isEqualTo(1);
    Judge half = cases -> List.of(new Judgement(0.25, 0.5, 0.25));
    assertThat(checker.judge(half).refutations().refuted(question, 2)).isEqualTo(0.5);
  }

  @Test
  void settingsAreChecked() {
    assertThatThrownBy(() -> checker.passages(0)).hasMessage("passages is 0, must be 1 to 50");
    assertThatThrownBy(() -> checker.threshold(0))
        .hasMessage("threshold is 0.0, must be over 0 and at most 1");
    assertThatThrownBy(() -> new Judgement(0.5, 0.4, 0.3))
        .hasMessageContaining("must be 0 to 1 and sum to 1");
    assertThatThrownBy(() -> Claim.of(" ")).hasMessage("the claim is blank");
  }
}
