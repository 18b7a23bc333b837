package io.telecomllm.inference.langchain4j;

import static io.telecomllm.inference.langchain4j.LangChainFixture.MOBILITY;
import static io.telecomllm.inference.langchain4j.LangChainFixture.SESSION;
import static io.telecomllm.inference.langchain4j.LangChainFixture.alone;
import static io.telecomllm.inference.langchain4j.LangChainFixture.answering;
import static io.telecomllm.inference.langchain4j.LangChainFixture.asking;
import static io.telecomllm.inference.langchain4j.LangChainFixture.await;
import static io.telecomllm.inference.langchain4j.LangChainFixture.request;
import static io.telecomllm.inference.langchain4j.LangChainFixture.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import io.telecomllm.generation.Generation;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.inference.OpenAnswer;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.langchain4j.LangChainFixture.Endless;
import io.telecomllm.inference.langchain4j.LangChainFixture.Noting;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.Message;
import io.telecomllm.testing.TinyModel;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A random model behind LangChain4j's ChatModel. */
@Timeout(60)
class LangChainChatTest {
  private static final LanguageModel MODEL = TinyModel.load(600);
  private static final GenerationConfig CONFIG = tokens(30);

  private final TelecomAnswerer answerer = answering(MODEL).texts(1).build();
  private final TelecomChatModel model = TelecomChatModel.of(answerer).config(CONFIG);

  @AfterEach
  void closeAnswerer() {
    answerer.close();
  }

  @AfterAll
  static void close() {
    MODEL.close();
  }

  @Test
  void answersLikeTheAnswererItself() {
    ChatResponse response = model.chat(request(UserMessage.from("What is it?")));
    Generation own =
        answerer.ask(List.of(Message.user("What is it?")), CONFIG, token -> {}).generation();
    assertThat(response.aiMessage()).isEqualTo(AiMessage.from(own.text()));
    assertThat(own.text()).isEqualTo(alone(MODEL, "What is it?", CONFIG)).isNotEmpty();
    assertThat(response.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(response.tokenUsage().inputTokenCount()).isEqualTo(own.usage().prompt());
    assertThat(response.tokenUsage().outputTokenCount()).isEqualTo(30);
    assertThat(response.tokenUsage().totalTokenCount()).isEqualTo(own.usage().prompt() + 30);
    assertThat(response.modelName()).isEqualTo("telecom-llm");
    assertThat(response.id()).isNotBlank();
    assertThat(model.chat(request(UserMessage.from("What is it?"))).id())
        .isNotEqualTo(response.id());
    assertThat(model.chat("What is it?")).isEqualTo(own.text());
  }

  /** Each parameter does what the setting does that it stands for. */
  @Test
  void parametersOverrideTheDefaults() {
    GenerationConfig drawn =
        GenerationConfig.with(c -> c.maxNewTokens(30).temperature(1.5).seed(7).stop("\u0001"));
    ChatModel hot = TelecomChatModel.of(answerer).config(drawn);
    String text = hot.chat("q");
    assertThat(text).isEqualTo(alone(MODEL, "q", drawn)).isNotEqualTo(model.chat("q"));

    ChatRequestParameters defaults = hot.defaultRequestParameters();
    assertThat(defaults)
        .isEqualTo(
            ChatRequestParameters.builder()
                .modelName("telecom-llm")
                .temperature(1.5)
                .topP(1.0)
                .topK(0)
                .frequencyPenalty(0.0)
                .presencePenalty(0.0)
                .maxOutputTokens(30)
                .stopSequences("\u0001")
                .build());

    check(hot, asking("q").temperature(0.0), drawn.toBuilder().temperature(0));
    check(hot, asking("q").topP(0.3), drawn.toBuilder().topP(0.3));
    check(hot, asking("q").topK(3), drawn.toBuilder().topK(3));
    check(hot, asking("q").frequencyPenalty(2.0), drawn.toBuilder().frequencyPenalty(2));
    check(hot, asking("q").presencePenalty(2.0), drawn.toBuilder().presencePenalty(2));
    check(hot, asking("q").maxOutputTokens(11), drawn.toBuilder().maxNewTokens(11));
    String stop = text.substring(5, 7);
    check(hot, asking("q").stopSequences(List.of(stop)), drawn.toBuilder().stop(stop));
    ChatResponse stopped = hot.chat(asking("q").stopSequences(List.of(stop)).build());
    assertThat(stopped.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(hot.chat(asking("q").modelName("telecom-llm").build()).aiMessage().text())
        .isEqualTo(text);
    // as the core merges: an empty list leaves the default
    check(hot, asking("q").stopSequences(List.of()), drawn.toBuilder());
  }

  private static void check(
      ChatModel model,
      dev.langchain4j.model.chat.request.ChatRequest.Builder request,
      GenerationConfig.Builder expected) {
    String text = model.chat(request.build()).aiMessage().text();
    assertThat(text).isEqualTo(alone(MODEL, "q", expected.build()));
    // also without the core's defaults
    assertThat(model.doChat(request.build()).aiMessage().text()).isEqualTo(text);
  }

  @Test
  void aFullContextIsALengthToo() {
    GenerationConfig endless =
        GenerationConfig.with(c -> c.maxNewTokens(5000).constraint(new Endless()));
    ChatResponse response = model.config(endless).chat(request(UserMessage.from("q")));
    OpenAnswer own = answerer.ask(List.of(Message.user("q")), endless, token -> {});
    assertThat(own.generation().finishReason())
        .isEqualTo(io.telecomllm.generation.FinishReason.CONTEXT);
    assertThat(response.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(response.aiMessage().text()).isEqualTo(own.text());
  }

  @Test
  void aCancelledAnswerEndedForAnotherReason() {
    OpenAnswer cut = answerer.ask(List.of(Message.user("q")), CONFIG, token -> {}, () -> true);
    ChatResponse response = ChatResponses.of(cut, "n");
    assertThat(response.finishReason()).isEqualTo(FinishReason.OTHER);
    assertThat(response.aiMessage()).isEqualTo(AiMessage.from(""));
    assertThat(response.tokenUsage().outputTokenCount()).isZero();
  }

  @Test
  void messagesKeepTheirRoles() {
    ChatResponse response =
        model.chat(
            request(
                SystemMessage.from("Be brief."),
                SystemMessage.from("Be kind."),
                UserMessage.from("a"),
                AiMessage.from("b"),
                UserMessage.from(TextContent.from("c"), TextContent.from("d"))));
    assertThat(response.aiMessage().text())
        .isEqualTo(
            alone(
                MODEL,
                CONFIG,
                Message.system("Be brief.\n\nBe kind."),
                Message.user("a"),
                Message.assistant("b"),
                Message.user("c\nd")));
  }

  /** What a guardrail's retries send. */
  @Test
  void aRejectedAnswerIsAskedAgain() {
    Message[] asked = {
      Message.system("Answer."),
      Message.user("a"),
      Message.assistant("b"),
      Message.user("That answer was not accepted. Answer again:\n\na"),
      Message.assistant("c"),
      Message.user("That answer was not accepted. Answer again:\n\na")
    };
    assertThat(
            model
                .chat(request(UserMessage.from("a"), AiMessage.from("b"), AiMessage.from("c")))
                .aiMessage()
                .text())
        .isEqualTo(alone(MODEL, CONFIG, asked));
    assertThat(Messages.of(List.of(UserMessage.from("a"), AiMessage.from("b"))))
        .containsExactly(Message.user("a"), asked[2], asked[3]);
    assertThatThrownBy(() -> model.chat(request(SystemMessage.from("a"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the last message must be the user's");
  }

  @Test
  void referencesAreAnAttributeOfTheMessage() {
    try (KnowledgeBase base = KnowledgeBase.of(List.of(MOBILITY, SESSION));
        TelecomAnswerer grounded = answering(MODEL).knowledge(base).build()) {
      AiMessage message =
          TelecomChatModel.of(grounded)
              .config(CONFIG)
              .chat(request(UserMessage.from("mobility AMF")))
              .aiMessage();
      OpenAnswer own = grounded.ask(List.of(Message.user("mobility AMF")), CONFIG, token -> {});
      assertThat(message.text()).isEqualTo(own.text());
      assertThat(message.attributes())
          .containsOnlyKeys("references")
          .containsEntry(
              TelecomChatModel.REFERENCES,
              List.of("TS 23.501#6.2.1 (18.1.0, Release 18)", "TS 23.501#6.2.2"));
      // the message goes back into a conversation as it came
      assertThat(
              TelecomChatModel.of(grounded)
                  .config(CONFIG)
                  .chat(request(UserMessage.from("mobility AMF"), message))
                  .aiMessage()
                  .attributes())
          .isEqualTo(message.attributes());
    }
  }

  @Test
  void listenersAreCalledInOrder() {
    Noting noting = new Noting("1");
    Noting other = new Noting("2");
    ChatModel heard = model.listener(noting).listener(other).listener(noting);
    String text = heard.chat("q");
    assertThat(noting.notes)
        .containsExactly(
            "1 request 30", "1 request 30", "1 response " + text, "1 response " + text);
    assertThat(other.notes).containsExactly("2 request 30", "2 response " + text);
    noting.notes.clear();
    assertThatThrownBy(() -> heard.chat(" q".repeat(1000)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(noting.notes).hasSize(4).last().asString().startsWith("1 error the prompt takes ");
    assertThat(model.listeners()).isEmpty();
  }

  @Test
  void futuresGiveTheSame() throws Exception {
    Noting noting = new Noting("n");
    TelecomChatModel heard = model.listener(noting);
    String text = model.chat("q");
    assertThat(heard.chatAsync("q").get()).isEqualTo(text);
    assertThat(noting.notes).containsExactly("n request 30", "n response " + text);
    assertThat(model.doChatAsync(asking("q").maxOutputTokens(3).build()).get().finishReason())
        .isEqualTo(FinishReason.LENGTH);

    CompletableFuture<String> wrong = heard.chatAsync(" q".repeat(1000));
    assertThatThrownBy(wrong::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the prompt takes ");
    CompletableFuture<ChatResponse> refused = heard.chatAsync(asking("q").modelName("x").build());
    assertThatThrownBy(refused::get)
        .hasRootCauseMessage("the model 'x' is not supported: this one is 'telecom-llm'");
  }

  @Test
  void cancellingAFutureEndsTheAnswerAtOnce() throws Exception {
    Endless oneToken = new Endless();
    model
        .config(GenerationConfig.with(c -> c.maxNewTokens(1).constraint(oneToken)))
        .chat(request(UserMessage.from("q")));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    Endless endless =
        new Endless(
            () -> {
              begun.countDown();
              await(gate);
            });
    CompletableFuture<String> answer =
        model
            .config(GenerationConfig.with(c -> c.maxNewTokens(500).constraint(endless)))
            .chatAsync("q");
    begun.await();
    assertThat(answer.cancel(true)).isTrue();
    assertThatThrownBy(answer::get).isInstanceOf(CancellationException.class);
    gate.countDown();
    // the only slot
    assertThat(model.chat("b")).isEqualTo(alone(MODEL, "b", CONFIG));
    assertThat(endless.asked).hasValue(oneToken.asked.get()).hasPositiveValue();
  }

  @Test
  void aNameIsForRequestsAndResponses() {
    TelecomChatModel named = model.modelName("nano");
    assertThat(named.chat(asking("q").modelName("nano").build()).modelName()).isEqualTo("nano");
    assertThatThrownBy(() -> named.chat(asking("q").modelName("telecom-llm").build()))
        .hasMessage("the model 'telecom-llm' is not supported: this one is 'nano'");
    assertThatThrownBy(() -> model.modelName(" "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("modelName is blank");
  }

  @Test
  void aClosedAnswererSaysSo() {
    answerer.close();
    assertThatThrownBy(() -> model.chat("q"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the answerer is closed");
  }
}
