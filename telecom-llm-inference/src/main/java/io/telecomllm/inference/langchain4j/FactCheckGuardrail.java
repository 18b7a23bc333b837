package io.telecomllm.inference.langchain4j;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.guardrail.OutputGuardrail;
import dev.langchain4j.guardrail.OutputGuardrailRequest;
import dev.langchain4j.guardrail.OutputGuardrailResult;
import io.telecomllm.facts.CheckedClaim;
import io.telecomllm.facts.FactCheck;
import io.telecomllm.facts.FactChecker;
import io.telecomllm.facts.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * LangChain4j's output guardrail on a {@link FactChecker}: an answer of any model that the
 * knowledge base refutes is sent back to the model with what is wrong, and fails once retries are
 * used up. A call whose answer may be corrected needs a chat memory, since a model without one does
 * not see its question again.
 *
 * <p>By default claims that the knowledge base does not know pass; {@link #supportRequired} refuses
 * these too. Immutable, and safe for use by several threads; it does not close the checker's parts.
 */
public final class FactCheckGuardrail implements OutputGuardrail {
  private final FactChecker checker;
  private final boolean supportRequired;

  private FactCheckGuardrail(FactChecker checker, boolean supportRequired) {
    this.checker = checker;
    this.supportRequired = supportRequired;
  }

  /** Creates a guardrail that refuses what is refuted. */
  public static FactCheckGuardrail of(FactChecker checker) {
    return new FactCheckGuardrail(requireNonNull(checker, "checker is null"), false);
  }

  /** Sets whether every claim must be supported. */
  public FactCheckGuardrail supportRequired(boolean value) {
    return new FactCheckGuardrail(checker, value);
  }

  /** Checks an answer by itself. */
  @Override
  public OutputGuardrailResult validate(AiMessage answer) {
    requireNonNull(answer, "answer is null");
    return text(answer).map(text -> result(checker.check(text))).orElseGet(this::success);
  }

  /** Checks an answer to the last message of the user, if the request holds one. */
  @Override
  public OutputGuardrailResult validate(OutputGuardrailRequest request) {
    AiMessage answer = request.responseFromLLM().aiMessage();
    Optional<String> question =
        request.chatRequest() == null
            ? Optional.empty()
            : request.chatRequest().messages().stream()
                .filter(UserMessage.class::isInstance)
                .map(UserMessage.class::cast)
                .filter(UserMessage::hasSingleText)
                .map(UserMessage::singleText)
                .reduce((first, second) -> second);
    return text(answer)
        .map(
            text ->
                result(
                    question
                        .map(asked -> checker.check(asked, text))
                        .orElseGet(() -> checker.check(text))))
        .orElseGet(this::success);
  }

  private static Optional<String> text(AiMessage answer) {
    return Optional.ofNullable(answer.text());
  }

  private OutputGuardrailResult result(FactCheck check) {
    List<CheckedClaim> refuted = check.of(Verdict.REFUTED);
    List<CheckedClaim> wrong =
        refuted.isEmpty() && supportRequired ? check.of(Verdict.NOT_ENOUGH_INFO) : refuted;
    if (wrong.isEmpty()) {
      return success();
    }
    String all =
        wrong.stream().map(FactCheckGuardrail::described).collect(Collectors.joining("\n"));
    return reprompt(all, "Correct your answer. " + all);
  }

  private static String described(CheckedClaim claim) {
    String said =
        claim
            .citation()
            .map(c -> ", " + c.clause().id() + " says \"" + c.quotation() + "\"")
            .orElse("");
    String verdict = claim.verdict() == Verdict.REFUTED ? "Refuted" : "Not supported";
    return verdict + ": \"" + claim.claim().text() + "\"" + said;
  }
}
