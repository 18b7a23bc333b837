package io.telecomllm.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.DeadlineException;
import io.telecomllm.generation.FinishReason;
import io.telecomllm.generation.GeneratedToken;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.generation.GenerationListener;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.Message;
import io.telecomllm.prompt.OpenPrompt;
import io.telecomllm.testing.TinyModel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Calls that must begin and end in time, and choices that are asked for while a text is written.
 */
@Timeout(60)
class DeadlineTest {
  private static final LanguageModel MODEL = TinyModel.load(400);
  private static final List<Message> ASKED = List.of(Message.user("What is it?"));
  private static final List<String> OPTIONS = List.of("a", "b");
  private static final GenerationConfig CONFIG = GenerationConfig.with(c -> c.maxNewTokens(200));

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @AfterAll
  static void close() {
    MODEL.close();
  }

  private static AnswererBuilder builder() {
    return TelecomAnswerer.on(MODEL)
        .prompt(TinyModel.prompt())
        .openPrompt(new OpenPrompt(ChatTemplate.CHAT_ML, "Answer."));
  }

  private static void late(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(DeadlineException.class).hasMessageMatching(message);
  }

  private static void lateFuture(CompletableFuture<?> call, String message) {
    assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(DeadlineException.class)
        .hasMessageMatching(message);
  }

  /** Notes whether the model has begun. */
  private static final class Noting implements GenerationListener {
    final AtomicInteger calls = new AtomicInteger();

    @Override
    public void generated(GeneratedToken token) {
      calls.incrementAndGet();
    }

    @Override
    public void reading(int tokens, int total) {
      calls.incrementAndGet();
    }
  }

  @Test
  void aDeadlineThatIsPastCostsNothing() {
    String message = "the deadline 1970-01-01T00:00:00Z passed before the model began";
    try (TelecomAnswerer answerer = builder().maxCalls(1).build()) {
      TelecomAnswerer timed = answerer.withDeadline(Instant.EPOCH);
      Noting noting = new Noting();
      late(() -> timed.ask(ASKED, CONFIG, noting), message);
      late(() -> timed.answer("?", OPTIONS), message);
      lateFuture(timed.askAsync(ASKED, CONFIG, noting, () -> false), message);
      assertThat(noting.calls).hasValue(0);
      // a call that was refused leaves its place
      waitFor(() -> answerer.answer("?", OPTIONS));
      lateFuture(timed.answerAsync("?", OPTIONS), message);
      waitFor(() -> answerer.answer("?", OPTIONS));
      lateFuture(Streams.ending(timed.askStreaming(ASKED, CONFIG)), message);
      waitFor(() -> answerer.ask(ASKED, CONFIG, noting));
      assertThat(noting.calls).hasValueGreaterThan(0);
      // as far away as can be
      assertThat(answerer.withDeadline(Instant.MAX).answer("?", OPTIONS).options()).hasSize(2);
      assertThatThrownBy(() -> answerer.withDeadline(Instant.MIN).answer("?", OPTIONS))
          .isInstanceOf(DeadlineException.class);
    }
  }

  /** An asynchronous call leaves a moment after its future has failed. */
  private static void waitFor(Runnable call) {
    for (int i = 0; i < 500; i++) {
      try {
        call.run();
        return;
      } catch (io.telecomllm.BusyException e) {
        sleep(10);
      }
    }
    call.run();
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aDeadlineThatPassesEndsTheTextBeforeItsNextToken() throws Exception {
    try (TelecomAnswerer answerer = builder().build()) {
      String whole = answerer.ask(ASKED, CONFIG, GenerationListener.NONE).text();
      Instant first = Instant.now().plusSeconds(1);
      OpenAnswer cut = answerer.withDeadline(first).ask(ASKED, CONFIG, pastAtTheThird(first));
      Instant second = Instant.now().plusSeconds(1);
      OpenAnswer future =
          answerer
              .withDeadline(second)
              .askAsync(ASKED, CONFIG, pastAtTheThird(second), () -> false)
              .get();
      for (OpenAnswer each : List.of(cut, future)) {
        assertThat(each.generation().finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(each.generation().tokens()).hasSize(3);
        assertThat(whole).startsWith(each.text());
      }
    }
  }

  /** Lets time pass until the deadline once it is told of the third token. */
  private static GenerationListener pastAtTheThird(Instant deadline) {
    AtomicInteger told = new AtomicInteger();
    return token -> {
      if (told.incrementAndGet() == 3) {
        sleep(Math.max(0, Duration.between(Instant.now(), deadline).toMillis()) + 10);
      }
    };
  }

  /** Calls for whom others leave no room fail while these still run, however they were made. */
  @Test
  void callsThatWaitFailAtTheirDeadline() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    try (TelecomAnswerer answerer = builder().texts(1).waitAtMost(Duration.ofMillis(300)).build()) {
      // its own wait is over once it has begun; it keeps the only thread that writes
      CompletableFuture<OpenAnswer> slow =
          answerer.askAsync(
              ASKED,
              CONFIG,
              token -> {
                running.countDown();
                await(gate);
              },
              () -> false);
      running.await();
      Noting noting = new Noting();
      try {
        failWhileWaiting(answerer, noting);
        assertThat(slow.isDone()).isFalse();
        assertThat(noting.calls).hasValue(0);
      } finally {
        // before the answerer is closed, which waits for the text
        gate.countDown();
      }
      assertThat(slow.get().generation().finishReason()).isEqualTo(FinishReason.LENGTH);
      assertThat(answerer.ask(ASKED, CONFIG, noting).text()).isEqualTo(slow.get().text());
    }
  }

  private static void failWhileWaiting(TelecomAnswerer answerer, Noting noting) {
    String waited = "waited PT0.3S for the model, which other calls keep busy";
    late(() -> answerer.ask(ASKED, CONFIG, noting), waited);
    lateFuture(answerer.askAsync(ASKED, CONFIG, noting, () -> false), waited);
    lateFuture(Streams.ending(answerer.askStreaming(ASKED, CONFIG)), waited);
    String passed = "the deadline .* passed before the model began";
    TelecomAnswerer timed = answerer.withDeadline(Instant.now().plusMillis(150));
    late(() -> timed.ask(ASKED, CONFIG, noting), passed);
    lateFuture(timed.askAsync(ASKED, CONFIG, noting, () -> false), passed);
  }

  private static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Between any two tokens of a text there is room for a choice: the text waits for each here. */
  @Test
  void aLongTextHoldsUpNoChoice() throws Exception {
    try (TelecomAnswerer answerer = builder().concurrency(1).texts(1).build()) {
      List<Answer> between = new ArrayList<>();
      OpenAnswer text =
          answerer.ask(
              ASKED,
              CONFIG,
              token -> {
                CompletableFuture<Answer> choice =
                    between.size() % 2 == 0
                        ? answerer.answerAsync("?", OPTIONS)
                        : CompletableFuture.supplyAsync(
                            () -> answerer.answer("?", OPTIONS), threads);
                between.add(choice.orTimeout(20, TimeUnit.SECONDS).join());
              });
      assertThat(text.generation().tokens()).hasSize(between.size()).hasSize(200);
      assertThat(between).allMatch(choice -> choice.options().equals(OPTIONS));

      // and while nothing waits for it
      CountDownLatch begun = new CountDownLatch(1);
      AtomicInteger written = new AtomicInteger();
      GenerationConfig long300 = GenerationConfig.with(c -> c.maxNewTokens(300));
      CompletableFuture<OpenAnswer> free =
          answerer.askAsync(
              ASKED,
              long300,
              token -> {
                written.incrementAndGet();
                begun.countDown();
              },
              () -> false);
      begun.await();
      answerer.answer("?", OPTIONS);
      assertThat(written.get()).isLessThan(300);
      assertThat(free.get().generation().tokens()).hasSize(300);
    }
  }

  @Test
  void whatADeadlineIsSetForIsTheSameAnswerer() {
    TelecomAnswerer answerer = builder().build();
    TelecomAnswerer timed = answerer.withDeadline(Instant.now().plusSeconds(60));
    assertThat(timed.batchSize()).isEqualTo(answerer.batchSize());
    assertThat(timed.answer("?", OPTIONS)).isEqualTo(answerer.answer("?", OPTIONS));
    timed.close();
    assertThatThrownBy(() -> answerer.ask("?"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the answerer is closed");
    answerer.close();
  }
}
