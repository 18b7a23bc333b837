package io.telecomllm.inference;

import static java.util.Objects.requireNonNull;

import io.telecomllm.data.Question;
import io.telecomllm.facts.CheckedClaim;
import io.telecomllm.facts.Claim;
import io.telecomllm.facts.FactCheck;
import io.telecomllm.facts.FactChecker;
import io.telecomllm.facts.Verdict;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.generation.GenerationListener;
import io.telecomllm.inference.calibration.AbstentionReason;
import io.telecomllm.knowledge.Citation;
import io.telecomllm.prompt.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Answers multiple-choice questions and says why. The model chooses, writes a few sentences from
 * the passages for the question, and a fact checker goes through them; its evidence is looked for
 * by the question alone, so it does not depend on what the model wrote. What is not supported is
 * left out, and an answer that the knowledge base refutes is not given.
 *
 * <pre>{@code
 * Justifier justifier = Justifier.on(answerer, FactChecker.on(base).judge(judge));
 * JustifiedAnswer answer = justifier.answer(question);
 * }</pre>
 *
 * <p>Immutable: each setting returns a changed copy. Safe for use by several threads. It owns
 * neither the answerer nor the checker.
 */
public final class Justifier {
  private static final int MOST_TOKENS = 96;
  private static final Pattern NUMBERS = Pattern.compile("\\s*\\[\\d{1,2}]");

  private final TelecomAnswerer answerer;
  private final FactChecker checker;
  private final Optional<GenerationConfig> config;
  private final boolean supportRequired;

  private Justifier(
      TelecomAnswerer answerer,
      FactChecker checker,
      Optional<GenerationConfig> config,
      boolean supportRequired) {
    this.answerer = answerer;
    this.checker = checker;
    this.config = config;
    this.supportRequired = supportRequired;
  }

  /** Creates a justifier that writes up to 96 tokens, the most probable ones. */
  public static Justifier on(TelecomAnswerer answerer, FactChecker checker) {
    requireNonNull(answerer, "answerer is null");
    requireNonNull(checker, "checker is null");
    GenerationConfig config = GenerationConfig.with(c -> c.maxNewTokens(MOST_TOKENS));
    return new Justifier(answerer, checker, Optional.of(config), false);
  }

  /** Sets how the justification is written. */
  public Justifier config(GenerationConfig value) {
    requireNonNull(value, "config is null");
    return new Justifier(answerer, checker, Optional.of(value), supportRequired);
  }

  /**
   * Has the model write nothing: an answer is justified by the quotation that supports its option,
   * or not at all. It takes no longer than an answer.
   */
  public Justifier quoting() {
    return new Justifier(answerer, checker, Optional.empty(), supportRequired);
  }

  /**
   * Sets whether an answer is given only if the knowledge base supports it or a sentence of its
   * justification; by default an answer that is merely not refuted is given.
   */
  public Justifier supportRequired(boolean value) {
    return new Justifier(answerer, checker, config, value);
  }

  /** Answers a question; an abstention of the answerer is returned as it is. */
  public JustifiedAnswer answer(Question question) {
    requireNonNull(question, "question is null");
    return justified(answerer.answer(question));
  }

  /** Answers a question, given as text. */
  public JustifiedAnswer answer(String question, List<String> options) {
    return justified(answerer.answer(question, options));
  }

  private JustifiedAnswer justified(Answer answer) {
    Optional<Answered> given = answer.given();
    if (given.isEmpty()) {
      return new JustifiedAnswer(answer, "", List.of(), new FactCheck("", List.of()));
    }
    String option = given.get().text();
    CheckedClaim chosen = checker.check(List.of(Claim.answer(answer.question(), option))).get(0);
    if (chosen.verdict() == Verdict.REFUTED) {
      return new JustifiedAnswer(
          abstained(answer, AbstentionReason.Kind.REFUTED, "the knowledge base says otherwise"),
          "",
          List.of(),
          new FactCheck(option, List.of(chosen)));
    }
    FactCheck check =
        config
            .map(how -> checker.check(answer.question(), written(answer.question(), option, how)))
            .orElseGet(() -> new FactCheck(option, List.of(chosen)));
    List<Citation> citations = new ArrayList<>();
    String text = config.isPresent() ? supported(check, citations) : quoted(chosen, citations);
    boolean unsupported = citations.isEmpty() && chosen.verdict() != Verdict.SUPPORTED;
    return new JustifiedAnswer(
        supportRequired && unsupported
            ? abstained(
                answer, AbstentionReason.Kind.UNSUPPORTED, "the knowledge base does not support it")
            : answer,
        text,
        citations,
        check);
  }

  /**
   * Has the model explain its choice; the numbers of its references are not those of the result.
   */
  private String written(String question, String option, GenerationConfig how) {
    String request =
        question + "\nThe answer is: " + option + "\nExplain in one or two sentences why.";
    String text = answerer.ask(List.of(Message.user(request)), how, GenerationListener.NONE).text();
    return NUMBERS.matcher(text).replaceAll("");
  }

  /** Returns the words that support a claim as they stand in the knowledge base. */
  private static String quoted(CheckedClaim chosen, List<Citation> citations) {
    if (chosen.verdict() != Verdict.SUPPORTED || chosen.citation().isEmpty()) {
      return "";
    }
    citations.add(chosen.citation().get());
    return chosen.citation().get().quotation() + " [1]";
  }

  /** Returns the sentences that are supported, with the numbers of their citations. */
  static String supported(FactCheck check, List<Citation> citations) {
    List<String> kept = new ArrayList<>();
    for (CheckedClaim claim : check.of(Verdict.SUPPORTED)) {
      Citation citation = claim.citation().orElse(null);
      if (citation != null) {
        if (!citations.contains(citation)) {
          citations.add(citation);
        }
        kept.add(claim.claim().text() + " [" + (citations.indexOf(citation) + 1) + "]");
      }
    }
    return String.join(" ", kept);
  }

  private static Abstained abstained(Answer answer, AbstentionReason.Kind kind, String text) {
    return new Abstained(
        answer.choice(), AbstentionReason.anyOption(kind, text, answer.choice().calibrated()));
  }
}
