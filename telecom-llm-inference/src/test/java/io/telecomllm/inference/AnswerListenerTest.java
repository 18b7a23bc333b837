package io.telecomllm.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.BusyException;
import io.telecomllm.DeadlineException;
import io.telecomllm.data.Question;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.generation.GenerationListener;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.Message;
import io.telecomllm.prompt.OpenPrompt;
import io.telecomllm.testing.TinyModel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A listener is told of each answer and each failure once, however it was asked for. */
@Timeout(60)
class AnswerListenerTest {
  private static final LanguageModel MODEL = TinyModel.load(400);
  private static final List<Question> QUESTIONS = TelecomAnswererTest.questions(5);
  private static final List<String> OPTIONS = List.of("a", "b");
  private static final List<Message> ASKED = List.of(Message.user("What is it?"));
  private static final GenerationConfig CONFIG = GenerationConfig.with(c -> c.maxNewTokens(6));

  @AfterAll
  static void close() {
    MODEL.close();
  }

  private static AnswererBuilder builder() {
    return TelecomAnswerer.on(MODEL)
        .prompt(TinyModel.prompt())
        .openPrompt(new OpenPrompt(ChatTemplate.CHAT_ML, "Answer."));
  }

  /** Notes what it is told. */
  private static final class Noting implements AnswerListener {
    final List<Answer> answers = new CopyOnWriteArrayList<>();
    final List<OpenAnswer> texts = new CopyOnWriteArrayList<>();
    final List<Class<?>> failures = new CopyOnWriteArrayList<>();
    final List<Duration> times = new CopyOnWriteArrayList<>();

    @Override
    public void answered(Answer answer, Duration time) {
      times.add(time);
      answers.add(answer);
    }

    @Override
    public void written(OpenAnswer answer, Duration time) {
      times.add(time);
      texts.add(answer);
    }

    @Override
    public void failed(Throwable failure) {
      failures.add(failure.getClass());
    }

    void await(List<?> notes, int size) throws InterruptedException {
      for (int i = 0; i < 2000 && notes.size() < size; i++) {
        Thread.sleep(5);
      }
      assertThat(notes).hasSize(size);
    }
  }

  @Test
  void eachAnswerIsToldOnce() throws Exception {
    Noting noting = new Noting();
    long start = System.nanoTime();
    try (TelecomAnswerer answerer = builder().batchSize(2).build()) {
      answerer.listen(noting);
      List<Answer> list = answerer.answer(QUESTIONS);
      assertThat(noting.answers).isEqualTo(list);
      TelecomAnswerer timed = answerer.withDeadline(Instant.now().plusSeconds(50));
      timed.answer("?", OPTIONS);
      Question question = QUESTIONS.get(0);
      timed.answerAsync(question).get();
      answerer.answerAsync("?", OPTIONS).get();
      noting.await(noting.answers, 8);

      OpenAnswer text = answerer.ask(ASKED, CONFIG, GenerationListener.NONE);
      assertThat(noting.texts).containsExactly(text);
      answerer.askAsync(ASKED, CONFIG).get();
      noting.await(noting.texts, 2);
      Streams.ending(answerer.askStreaming(ASKED, CONFIG)).get();
      noting.await(noting.texts, 3);
      assertThat(noting.texts).extracting(OpenAnswer::text).containsOnly(text.text());
      // a replay is no answer
      answerer.replay();
      assertThat(noting.failures).isEmpty();
    }
    Duration all = Duration.ofNanos(System.nanoTime() - start);
    assertThat(noting.times).hasSize(11).allMatch(time -> time.compareTo(all) < 0);
    assertThat(noting.times).allMatch(time -> time.compareTo(Duration.ZERO) > 0);
  }

  @Test
  void eachFailureIsToldOnce() throws Exception {
    Noting noting = new Noting();
    TelecomAnswerer answerer = builder().build();
    try (answerer) {
      answerer.listen(noting);
      TelecomAnswerer late = answerer.withDeadline(Instant.EPOCH);
      assertThatThrownBy(() -> late.answer("?", OPTIONS)).isInstanceOf(DeadlineException.class);
      assertThatThrownBy(() -> late.ask("?")).isInstanceOf(DeadlineException.class);
      assertThatThrownBy(() -> late.answerAsync("?", OPTIONS).get())
          .hasCauseInstanceOf(DeadlineException.class);
      assertThatThrownBy(() -> late.askAsync(ASKED, CONFIG).get())
          .hasCauseInstanceOf(DeadlineException.class);
      assertThatThrownBy(() -> Streams.ending(late.askStreaming(ASKED, CONFIG)).get())
          .hasCauseInstanceOf(DeadlineException.class);
      noting.await(noting.failures, 5);
      assertThat(noting.failures).containsOnly(DeadlineException.class);
      noting.failures.clear();

      answerer.askAsync(ASKED, GenerationConfig.with(c -> c.maxNewTokens(300))).cancel(true);
      noting.await(noting.failures, 1);
      assertThat(noting.failures).containsOnly(CancellationException.class);
      noting.failures.clear();
      assertThatThrownBy(() -> answerer.answer("x".repeat(1000), OPTIONS))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(noting.failures).containsExactly(IllegalArgumentException.class);
    }
    noting.failures.clear();
    assertThatThrownBy(() -> answerer.ask("?")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> Streams.ending(answerer.askStreaming(ASKED, CONFIG)).get())
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThat(noting.failures)
        .containsExactly(IllegalStateException.class, IllegalStateException.class);
    assertThat(noting.answers).isEmpty();
    assertThat(noting.texts).isEmpty();
  }

  @Test
  void refusedCallsAreFailures() {
    Noting noting = new Noting();
    try (TelecomAnswerer answerer =
        builder()
            .executor(
                task -> {
                  throw new RejectedExecutionException("full");
                })
            .build()) {
      answerer.listen(noting);
      assertThatThrownBy(() -> answerer.answerAsync("?", OPTIONS).get())
          .hasRootCauseMessage("full");
      assertThatThrownBy(() -> Streams.ending(answerer.askStreaming(ASKED, CONFIG)).get())
          .hasRootCauseMessage("full");
      assertThat(noting.failures).hasSize(2).containsOnly(RejectedExecutionException.class);
    }
  }

  @Test
  void callsThatRunAndWaitAreCounted() throws Exception {
    Noting noting = new Noting();
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    try (TelecomAnswerer answerer = builder().texts(1).maxCalls(3).build()) {
      answerer.listen(noting);
      assertThat(answerer.calls()).isZero();
      CompletableFuture<OpenAnswer> slow =
          answerer.askAsync(
              ASKED,
              CONFIG,
              token -> {
                running.countDown();
                await(gate);
              },
              () -> false);
      try {
        running.await();
        List<CompletableFuture<OpenAnswer>> waiting =
            List.of(answerer.askAsync(ASKED, CONFIG), answerer.askAsync(ASKED, CONFIG));
        assertThat(answerer.calls()).isEqualTo(3);
        assertThat(answerer.withDeadline(Instant.MAX).calls()).isEqualTo(3);
        assertThatThrownBy(() -> answerer.ask("?")).isInstanceOf(BusyException.class);
        assertThatThrownBy(() -> answerer.askAsync(ASKED, CONFIG))
            .isInstanceOf(BusyException.class);
        assertThat(noting.failures).containsExactly(BusyException.class, BusyException.class);
        gate.countDown();
        slow.get();
        for (CompletableFuture<OpenAnswer> each : waiting) {
          each.get();
        }
      } finally {
        gate.countDown();
      }
      for (int i = 0; i < 2000 && answerer.calls() > 0; i++) {
        Thread.sleep(5);
      }
      assertThat(answerer.calls()).isZero();
    }
  }

  private static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
