package io.telecomllm.inference.langchain4j;

import static io.telecomllm.inference.langchain4j.LangChainFixture.alone;
import static io.telecomllm.inference.langchain4j.LangChainFixture.answering;
import static io.telecomllm.inference.langchain4j.LangChainFixture.asking;
import static io.telecomllm.inference.langchain4j.LangChainFixture.await;
import static io.telecomllm.inference.langchain4j.LangChainFixture.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.telecomllm.BusyException;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.langchain4j.LangChainFixture.Endless;
import io.telecomllm.inference.langchain4j.LangChainFixture.Noting;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.testing.TinyModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A random model behind LangChain4j's StreamingChatModel. */
@Timeout(60)
class LangChainStreamingTest {
  private static final LanguageModel MODEL = TinyModel.load(600);
  private static final GenerationConfig CONFIG = tokens(40);

  private final TelecomAnswerer answerer = answering(MODEL).texts(1).maxCalls(1).build();
  private final TelecomStreamingChatModel model =
      TelecomStreamingChatModel.of(answerer).config(CONFIG);
  private final Endless endless = new Endless();
  private final TelecomStreamingChatModel talker =
      TelecomStreamingChatModel.of(answerer)
          .config(GenerationConfig.with(c -> c.maxNewTokens(500).constraint(endless)));

  @AfterEach
  void closeAnswerer() {
    answerer.close();
  }

  @AfterAll
  static void close() {
    MODEL.close();
  }

  /** Collects what it is told, and does something with each piece. */
  private static final class Handler implements StreamingChatResponseHandler {
    final List<String> pieces = Collections.synchronizedList(new ArrayList<>());
    final CompletableFuture<ChatResponse> done = new CompletableFuture<>();
    private final BiConsumer<Integer, PartialResponseContext> action;

    Handler(BiConsumer<Integer, PartialResponseContext> action) {
      this.action = action;
    }

    Handler() {
      this((count, context) -> {});
    }

    @Override
    public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
      pieces.add(piece.text());
      action.accept(pieces.size(), context);
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
      done.complete(response);
    }

    @Override
    public void onError(Throwable failure) {
      done.completeExceptionally(failure);
    }
  }

  private String answeredBlocking() {
    // the only call: it comes through once the other is over
    while (true) {
      try {
        return TelecomChatModel.of(answerer).config(CONFIG).chat("b");
      } catch (BusyException e) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void piecesAreTheTextOfTheBlockingModel() throws Exception {
    ChatResponse blocking = TelecomChatModel.of(answerer).config(CONFIG).chat(asking("q").build());
    Noting noting = new Noting("n");
    Handler handler = new Handler();
    model.listener(noting).chat(asking("q").build(), handler);
    ChatResponse streamed = handler.done.get();
    assertThat(handler.pieces).hasSizeGreaterThan(1).doesNotContain("");
    assertThat(String.join("", handler.pieces)).isEqualTo(alone(MODEL, "q", CONFIG));
    same(streamed, blocking);
    assertThat(noting.notes)
        .containsExactly("n request 40", "n response " + blocking.aiMessage().text());
    assertThat(model.defaultRequestParameters())
        .isEqualTo(TelecomChatModel.of(answerer).config(CONFIG).defaultRequestParameters());
  }

  /** Equal but for the id. */
  private static void same(ChatResponse one, ChatResponse other) {
    assertThat(one.aiMessage()).isEqualTo(other.aiMessage());
    assertThat(one.metadata().toBuilder().id(other.id()).build()).isEqualTo(other.metadata());
  }

  @Test
  void cancellingEndsTheAnswerAtOnce() throws Exception {
    CompletableFuture<Long> cancelled = new CompletableFuture<>();
    Handler handler =
        new Handler(
            (count, context) -> {
              if (count == 3) {
                assertThat(context.streamingHandle().isCancelled()).isFalse();
                context.streamingHandle().cancel();
                assertThat(context.streamingHandle().isCancelled()).isTrue();
                cancelled.complete(endless.asked.get());
              }
            });
    Noting noting = new Noting("n");
    talker.listener(noting).chat("q", handler);
    long asked = cancelled.get();
    assertThat(answeredBlocking()).isEqualTo(alone(MODEL, "b", CONFIG));
    assertThat(endless.asked).hasValue(asked);
    assertThat(handler.pieces).hasSize(3);
    assertThat(handler.done).isNotDone();
    assertThat(noting.notes).containsExactly("n request 500");
  }

  /** By another thread, while the handler works on a piece. */
  @Test
  void anotherThreadMayCancel() throws Exception {
    CompletableFuture<PartialResponseContext> reading = new CompletableFuture<>();
    CountDownLatch gate = new CountDownLatch(1);
    Handler handler =
        new Handler(
            (count, context) -> {
              reading.complete(context);
              await(gate);
            });
    talker.chat("q", handler);
    reading.get().streamingHandle().cancel();
    long asked = endless.asked.get();
    gate.countDown();
    assertThat(answeredBlocking()).isEqualTo(alone(MODEL, "b", CONFIG));
    assertThat(endless.asked).hasValue(asked);
    assertThat(handler.pieces).hasSize(1);
    assertThat(handler.done).isNotDone();
  }

  @Test
  void everyFailureGoesToTheHandler() {
    Noting noting = new Noting("n");
    Handler unsupported = new Handler();
    model.listener(noting).chat(asking("q").modelName("x").build(), unsupported);
    assertThatThrownBy(unsupported.done::get)
        .cause()
        .isInstanceOf(UnsupportedFeatureException.class)
        .hasMessage("the model 'x' is not supported: this one is 'telecom-llm'");
    assertThat(noting.notes)
        .last()
        .isEqualTo("n error the model 'x' is not supported: this one is 'telecom-llm'");

    Handler tooLong = new Handler();
    model.chat(" q".repeat(1000), tooLong);
    assertThatThrownBy(tooLong.done::get)
        .cause()
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the prompt takes ");
    answeredBlocking();

    Handler broken =
        new Handler(
            (count, context) -> {
              throw new IllegalStateException("handler's own");
            });
    talker.chat("q", broken);
    assertThatThrownBy(broken.done::get)
        .cause()
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("handler's own");
    assertThat(broken.pieces).hasSize(1);
    answeredBlocking();

    answerer.close();
    Handler closed = new Handler();
    model.chat("q", closed);
    assertThatThrownBy(closed.done::get).hasRootCauseMessage("the answerer is closed");
  }

  @Test
  void whatTheEndThrowsIsReportedOnce() throws Exception {
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    model.chat(
        "q",
        new StreamingChatResponseHandler() {
          @Override
          public void onCompleteResponse(ChatResponse response) {
            throw new IllegalStateException("at the end");
          }

          @Override
          public void onError(Throwable error) {
            assertThat(failure.complete(error)).isTrue();
          }
        });
    assertThat(failure.get()).isInstanceOf(IllegalStateException.class).hasMessage("at the end");
  }

  @Test
  void aCallTooManyIsAnError() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    Handler first = new Handler((count, context) -> await(gate));
    model.chat("q", first);
    Handler second = new Handler();
    model.chat("q", second);
    assertThatThrownBy(second.done::get).cause().isInstanceOf(BusyException.class);
    gate.countDown();
    assertThat(first.done.get().aiMessage().text()).isEqualTo(alone(MODEL, "q", CONFIG));
  }

  /** Collects events; asks for a number of them first. */
  private static final class Reader implements Flow.Subscriber<ChatModelStreamingEvent> {
    final List<ChatModelStreamingEvent> events = Collections.synchronizedList(new ArrayList<>());
    final CompletableFuture<Void> done = new CompletableFuture<>();
    private final int first;
    private final Consumer<Flow.Subscription> enough;
    private volatile Flow.Subscription subscription;

    Reader(int first, Consumer<Flow.Subscription> enough) {
      this.first = first;
      this.enough = enough;
    }

    Reader() {
      this(1, subscription -> subscription.request(Long.MAX_VALUE));
    }

    @Override
    public void onSubscribe(Flow.Subscription value) {
      subscription = value;
      value.request(first);
    }

    @Override
    public void onNext(ChatModelStreamingEvent event) {
      events.add(event);
      if (events.size() == first) {
        enough.accept(subscription);
      }
    }

    @Override
    public void onError(Throwable failure) {
      done.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      done.complete(null);
    }
  }

  @Test
  void aPublisherGivesTheSameEvents() throws Exception {
    ChatResponse blocking = TelecomChatModel.of(answerer).config(CONFIG).chat(asking("q").build());
    Noting noting = new Noting("n");
    Flow.Publisher<ChatModelStreamingEvent> publisher =
        model.listener(noting).chat(asking("q").build());
    Reader reader = new Reader();
    publisher.subscribe(reader);
    reader.done.get();
    int pieces = reader.events.size() - 1;
    StringBuilder text = new StringBuilder();
    for (ChatModelStreamingEvent event : reader.events.subList(0, pieces)) {
      text.append(((PartialResponse) event).text());
    }
    assertThat(text).hasToString(blocking.aiMessage().text());
    assertThat(pieces).isGreaterThan(1);
    same(((CompleteResponse) reader.events.get(pieces)).chatResponse(), blocking);
    assertThat(noting.notes)
        .containsExactly("n request 40", "n response " + blocking.aiMessage().text());

    answeredBlocking();
    Reader again = new Reader();
    publisher.subscribe(again);
    again.done.get();
    assertThat(again.events.subList(0, pieces)).isEqualTo(reader.events.subList(0, pieces));
  }

  @Test
  void aSubscriberMayCancel() throws Exception {
    CompletableFuture<Long> cancelled = new CompletableFuture<>();
    Reader reader =
        new Reader(
            3,
            subscription -> {
              subscription.cancel();
              cancelled.complete(endless.asked.get());
            });
    talker.chat(asking("q").build()).subscribe(reader);
    long asked = cancelled.get();
    assertThat(answeredBlocking()).isEqualTo(alone(MODEL, "b", CONFIG));
    assertThat(endless.asked).hasValue(asked);
    assertThat(reader.events).hasSize(3);
    assertThat(reader.done).isNotDone();
  }

  @Test
  void everyFailureGoesToTheSubscriber() {
    Noting noting = new Noting("n");
    Reader unsupported = new Reader();
    model.listener(noting).chat(asking("q").modelName("x").build()).subscribe(unsupported);
    assertThatThrownBy(unsupported.done::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(UnsupportedFeatureException.class);
    assertThat(noting.notes).hasSize(2).last().asString().startsWith("n error the model 'x'");
    Reader tooLong = new Reader();
    model.chat(asking(" q".repeat(1000)).build()).subscribe(tooLong);
    assertThatThrownBy(tooLong.done::get)
        .cause()
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the prompt takes ");
    answerer.close();
    Reader closed = new Reader();
    model.chat(asking("q").build()).subscribe(closed);
    assertThatThrownBy(closed.done::get).hasRootCauseMessage("the answerer is closed");
  }
}
