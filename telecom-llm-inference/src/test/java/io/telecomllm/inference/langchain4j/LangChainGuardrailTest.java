package io.telecomllm.inference.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.guardrail.ChatExecutor;
import dev.langchain4j.guardrail.GuardrailRequestParams;
import dev.langchain4j.guardrail.OutputGuardrailRequest;
import dev.langchain4j.guardrail.OutputGuardrailResult;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.telecomllm.facts.FactChecker;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.KnowledgeBase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A fact checker behind LangChain4j's OutputGuardrail. */
class LangChainGuardrailTest {
  private static final ChatExecutor NOT_ASKED =
      new ChatExecutor() {
        @Override
        public ChatResponse execute() {
          throw new AssertionError("the guardrail asks no model");
        }

        @Override
        public ChatResponse execute(List<ChatMessage> messages) {
          return execute();
        }
      };

  private final KnowledgeBase base =
      KnowledgeBase.of(
          List.of(
              new Clause(
                  "TS 23.501",
                  "",
                  "",
                  "5.1",
                  "",
                  "The SMF shall release an idle session after 30 s.",
                  "")));
  private final FactCheckGuardrail guardrail = FactCheckGuardrail.of(FactChecker.on(base));

  @AfterEach
  void close() {
    base.close();
  }

  @Test
  void whatIsSupportedOrUnknownPasses() {
    assertThat(
            guardrail
                .validate(AiMessage.from("The SMF shall release an idle session."))
                .isSuccess())
        .isTrue();
    AiMessage unknown = AiMessage.from("A lighthouse stands on the northern cliffs.");
    assertThat(guardrail.validate(unknown).isSuccess()).isTrue();
    OutputGuardrailResult required = guardrail.supportRequired(true).validate(unknown);
    assertThat(required.isReprompt()).isTrue();
    assertThat(required.getReprompt().orElseThrow())
        .isEqualTo(
            "Correct your answer. Not supported: \"A lighthouse stands on the northern cliffs.\"");
  }

  @Test
  void whatIsRefutedGoesBackWithWhatTheBaseSays() {
    OutputGuardrailResult result =
        guardrail.validate(AiMessage.from("The SMF shall release an idle session after 60 s."));
    assertThat(result.isSuccess()).isFalse();
    assertThat(result.isReprompt()).isTrue();
    assertThat(result.getReprompt().orElseThrow())
        .isEqualTo(
            "Correct your answer. Refuted: \"The SMF shall release an idle session after 60 s.\","
                + " TS 23.501#5.1 says \"The SMF shall release an idle session after 30 s.\"");
  }

  @Test
  void aRequestIsCheckedByItsLastQuestion() {
    OutputGuardrailRequest request =
        OutputGuardrailRequest.builder()
            .responseFromLLM(
                ChatResponse.builder().aiMessage(AiMessage.from("It is after 60 s.")).build())
            .chatRequest(
                ChatRequest.builder()
                    .messages(
                        UserMessage.from("Hello"),
                        AiMessage.from("Hello"),
                        UserMessage.from("When shall the SMF release an idle session?"))
                    .build())
            .requestParams(
                GuardrailRequestParams.builder()
                    .userMessageTemplate("")
                    .variables(Map.of())
                    .build())
            .chatExecutor(NOT_ASKED)
            .build();
    assertThat(guardrail.validate(request).isReprompt()).isTrue();
  }
}
