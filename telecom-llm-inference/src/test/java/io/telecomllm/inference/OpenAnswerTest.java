package io.telecomllm.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.BusyException;
import io.telecomllm.generation.FinishReason;
import io.telecomllm.generation.GeneratedToken;
import io.telecomllm.generation.Generation;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.generation.GenerationListener;
import io.telecomllm.generation.TextGenerator;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.Passage;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.Message;
import io.telecomllm.prompt.OpenPrompt;
import io.telecomllm.testing.TinyModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Open questions to a random model: many at a time, streamed, cancelled, refused. */
@Timeout(60)
class OpenAnswerTest {
  private static final LanguageModel MODEL = TinyModel.load(400);
  private static final GenerationConfig CONFIG = GenerationConfig.with(c -> c.maxNewTokens(40));
  private static final OpenPrompt PROMPT = new OpenPrompt(ChatTemplate.CHAT_ML, "Answer.");

  @AfterAll
  static void close() {
    MODEL.close();
  }

  private static AnswererBuilder builder() {
    return TelecomAnswerer.on(MODEL).prompt(TinyModel.prompt()).openPrompt(PROMPT);
  }

  private static List<Message> asked(String text) {
    return List.of(Message.user(text));
  }

  private static String alone(String text, GenerationConfig config) {
    try (TextGenerator generator = TextGenerator.on(MODEL).template(ChatTemplate.CHAT_ML).build()) {
      return generator
          .generate(List.of(Message.system("Answer."), Message.user(text)), config)
          .text();
    }
  }

  /** Texts that are written together are those that are written alone. */
  @Test
  void manyAtATimeAreAsOneByOne() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(12);
    try (TelecomAnswerer answerer = builder().texts(5).build()) {
      List<Future<OpenAnswer>> answers = new ArrayList<>();
      for (int i = 0; i < 36; i++) {
        List<Message> question = asked("question " + i);
        GenerationConfig config = config(i);
        answers.add(threads.submit(() -> answerer.ask(question, config, GenerationListener.NONE)));
      }
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).get().text())
            .as("question %s", i)
            .isEqualTo(alone("question " + i, config(i)));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static GenerationConfig config(int i) {
    return GenerationConfig.with(
        c ->
            c.maxNewTokens(10 + i)
                .temperature(i % 3 == 0 ? 0 : 0.8)
                .seed(i)
                .draftTokens(i % 2 == 0 ? 0 : 4));
  }

  @Test
  void aConversationIsAnsweredByItsLastMessage() {
    try (TelecomAnswerer answerer = builder().build()) {
      OpenAnswer answer = answerer.ask("What is it?");
      assertThat(answer.question()).isEqualTo("What is it?");
      assertThat(answer.references()).isEmpty();
      assertThat(answer.text()).isEqualTo(alone("What is it?", GenerationConfig.defaults()));
      assertThatThrownBy(() -> answerer.ask(" "))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the question is blank");
      assertThatThrownBy(() -> answerer.ask(List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("there is no message");
      assertThatThrownBy(() -> answerer.ask(List.of(Message.assistant("x"))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the last message must be the user's");
      assertThatThrownBy(() -> answerer.ask("x".repeat(1_000_000)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageMatching("the prompt takes \\d+ tokens, which leaves none of .*");
    }
  }

  @Test
  void citesTheReferencesThatTheTextNames() {
    Clause clause = new Clause("TS 23.501", "", "", "5.1", "AMF", "The AMF does mobility.", "test");
    List<Passage> passages = List.of(new Passage(clause, 2, 1), new Passage(clause, 1, 2));
    Generation generation =
        new Generation(
            "It does [2], [1] and [2]; not [3], [0] or [x].",
            List.of(),
            FinishReason.STOP,
            new Generation.Usage(1, 0, 1, 0, 0),
            new Generation.Timings(0, 0));
    assertThat(OpenAnswer.of("?", generation, passages).cited()).containsExactly(1, 2);
    assertThat(OpenAnswer.of("?", generation, List.of()).cited()).isEmpty();
  }

  /** A future derived from the answer's ends the answer as well. */
  @Test
  void cancellingADerivedFutureEndsTheAnswer() throws Exception {
    try (TelecomAnswerer answerer = builder().texts(1).build()) {
      GenerationConfig endless =
          GenerationConfig.with(c -> c.maxNewTokens(300).stop("\u0001\u0002"));
      CompletableFuture<OpenAnswer> answer = answerer.askAsync(asked("a"), endless);
      CompletableFuture<Integer> derived = answer.thenApply(a -> a.text().length());
      assertThat(derived.cancel(true)).isTrue();
      assertThatThrownBy(answer::get).isInstanceOf(CancellationException.class);
      CompletableFuture<String> late =
          answerer
              .askAsync(asked("a"), endless)
              .thenApply(OpenAnswer::text)
              .orTimeout(1, TimeUnit.MILLISECONDS);
      assertThatThrownBy(late::get)
          .isInstanceOf(ExecutionException.class)
          .hasRootCauseInstanceOf(TimeoutException.class);
      // the only slot is free again
      assertThat(answerer.ask(asked("b"), CONFIG, GenerationListener.NONE).text())
          .isEqualTo(alone("b", CONFIG));
    }
  }

  @Test
  void aCallTooManyIsRefused() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    ExecutorService threads = Executors.newCachedThreadPool();
    try (TelecomAnswerer answerer = builder().maxCalls(3).build()) {
      CountDownLatch running = new CountDownLatch(3);
      List<Future<OpenAnswer>> answers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        answers.add(
            threads.submit(
                () ->
                    answerer.ask(
                        asked("x"),
                        GenerationConfig.with(c -> c.maxNewTokens(1)),
                        token -> {
                          running.countDown();
                          await(gate);
                        })));
      }
      running.await();
      assertThatThrownBy(() -> answerer.ask("y"))
          .isInstanceOf(BusyException.class)
          .hasMessage("the answerer has 3 calls already, the most it takes; try again later");
      assertThatThrownBy(() -> answerer.askAsync(asked("y"), CONFIG))
          .isInstanceOf(BusyException.class);
      assertThatThrownBy(() -> answerer.answer("y", List.of("a", "b")))
          .isInstanceOf(BusyException.class);
      gate.countDown();
      for (Future<OpenAnswer> answer : answers) {
        answer.get();
      }
      assertThat(answerer.answer("y", List.of("a", "b")).options()).hasSize(2);
    } finally {
      gate.countDown();
      threads.shutdownNow();
    }
  }

  private static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** A listener that dawdles holds up its own text only. */
  @Test
  void aSlowReaderHoldsUpNobodyElse() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    ExecutorService threads = Executors.newCachedThreadPool();
    try (TelecomAnswerer answerer = builder().build()) {
      CountDownLatch reading = new CountDownLatch(1);
      Future<OpenAnswer> slow =
          threads.submit(
              () ->
                  answerer.ask(
                      asked("slow"),
                      CONFIG,
                      token -> {
                        reading.countDown();
                        await(gate);
                      }));
      reading.await();
      assertThat(answerer.ask(asked("fast"), CONFIG, GenerationListener.NONE).text())
          .isEqualTo(alone("fast", CONFIG));
      assertThat(answerer.answer("y", List.of("a", "b")).options()).hasSize(2);
      assertThat(slow.isDone()).isFalse();
      gate.countDown();
      assertThat(slow.get().text()).isEqualTo(alone("slow", CONFIG));
    } finally {
      gate.countDown();
      threads.shutdownNow();
    }
  }

  /** Collects tokens; asks for a number of them first. */
  private static final class Reader implements Flow.Subscriber<GeneratedToken> {
    final List<String> texts = Collections.synchronizedList(new ArrayList<>());
    final CompletableFuture<Void> done = new CompletableFuture<>();
    final CountDownLatch enough;
    final long first;
    volatile Flow.Subscription subscription;

    Reader(long first) {
      this.first = first;
      this.enough = new CountDownLatch((int) Math.min(first, 1000));
    }

    @Override
    public void onSubscribe(Flow.Subscription value) {
      subscription = value;
      value.request(first);
    }

    @Override
    public void onNext(GeneratedToken token) {
      texts.add(token.text());
      enough.countDown();
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
  void aStreamGivesWhatIsAskedFor() throws Exception {
    try (TelecomAnswerer answerer = builder().build()) {
      Flow.Publisher<GeneratedToken> publisher = answerer.askStreaming(asked("stream"), CONFIG);
      Reader all = new Reader(Long.MAX_VALUE);
      publisher.subscribe(all);
      all.done.get();
      assertThat(String.join("", all.texts)).isEqualTo(alone("stream", CONFIG));

      Reader careful = new Reader(3);
      publisher.subscribe(careful);
      careful.enough.await();
      Thread.sleep(50);
      assertThat(careful.texts).hasSize(3);
      careful.subscription.request(Long.MAX_VALUE);
      careful.done.get();
      assertThat(careful.texts).isEqualTo(all.texts);

      Reader gone = new Reader(2);
      publisher.subscribe(gone);
      gone.enough.await();
      gone.subscription.cancel();
      // its slot is free again once it has noticed
      Reader wrong = new Reader(Long.MAX_VALUE);
      answerer.askStreaming(asked(" "), CONFIG).subscribe(wrong);
      assertThatThrownBy(wrong.done::get).hasRootCauseMessage("the question is blank");
    }
  }

  /** What is done with an answer may ask again; nothing that waits for it is held meanwhile. */
  @Test
  void answersCanBeAskedForFromAnswers() throws Exception {
    try (TelecomAnswerer answerer = builder().concurrency(1).batchSize(1).build()) {
      List<CompletableFuture<Integer>> chained = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        chained.add(
            answerer
                .answerAsync("q" + i, List.of("a", "b"))
                .thenApply(first -> answerer.answer("then?", List.of("c", "d")).options().size()));
      }
      for (CompletableFuture<Integer> each : chained) {
        assertThat(each.get()).isEqualTo(2);
      }
      answerer.answerAsync("last", List.of("a", "b")).thenRun(answerer::close).get();
    }
  }

  @Test
  void aRejectedCallLeavesNothing() {
    try (TelecomAnswerer answerer =
        builder()
            .maxCalls(2)
            .executor(
                task -> {
                  throw new java.util.concurrent.RejectedExecutionException("full");
                })
            .build()) {
      for (int i = 0; i < 5; i++) {
        assertThatThrownBy(() -> answerer.answerAsync("?", List.of("a", "b")).get())
            .hasRootCauseMessage("full");
        Reader reader = new Reader(1);
        answerer.askStreaming(asked("a"), CONFIG).subscribe(reader);
        assertThatThrownBy(reader.done::get).hasRootCauseMessage("full");
      }
      assertThat(answerer.answer("?", List.of("a", "b")).options()).hasSize(2);
    }
  }

  @Test
  void manyCallsOnTheCallersThread() {
    try (TelecomAnswerer answerer = builder().batchSize(1).executor(Runnable::run).build()) {
      List<CompletableFuture<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        answers.add(answerer.answerAsync("q" + i % 5, List.of("a", "b")));
      }
      answers.forEach(answer -> assertThat(answer.join().options()).hasSize(2));
    }
  }

  /** Texts that wait for a place hold up no choice, and can be cancelled while they wait. */
  @Test
  void textsThatWaitHoldUpNoChoice() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    ExecutorService threads = Executors.newCachedThreadPool();
    try (TelecomAnswerer answerer = builder().texts(1).build()) {
      CountDownLatch running = new CountDownLatch(1);
      Future<OpenAnswer> slow =
          threads.submit(
              () ->
                  answerer.ask(
                      asked("slow"),
                      CONFIG,
                      token -> {
                        running.countDown();
                        await(gate);
                      }));
      running.await();
      List<CompletableFuture<OpenAnswer>> waiting = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        waiting.add(answerer.askAsync(asked("w" + i), CONFIG));
      }
      assertThat(answerer.answerAsync("y", List.of("a", "b")).get(20, TimeUnit.SECONDS).options())
          .hasSize(2);
      OpenAnswer cancelled = answerer.ask(asked("c"), CONFIG, GenerationListener.NONE, () -> true);
      assertThat(cancelled.generation().finishReason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(cancelled.text()).isEmpty();
      gate.countDown();
      slow.get();
      for (CompletableFuture<OpenAnswer> each : waiting) {
        assertThat(each.get().text()).isNotNull();
      }
    } finally {
      gate.countDown();
      threads.shutdownNow();
    }
  }

  /** A reader that asks for nothing does not keep an answerer from closing. */
  @Test
  void aReaderThatStopsDoesNotHoldUpClosing() throws Exception {
    TelecomAnswerer answerer = builder().texts(2).build();
    Reader lazy = new Reader(1);
    answerer
        .askStreaming(asked("x"), GenerationConfig.with(c -> c.maxNewTokens(200)))
        .subscribe(lazy);
    lazy.enough.await();
    answerer.close();
    lazy.subscription.request(Long.MAX_VALUE);
    assertThatThrownBy(lazy.done::get).hasRootCauseMessage("the answerer is closed");
  }

  @Test
  void aListenerMayClose() {
    TelecomAnswerer answerer = builder().build();
    assertThatThrownBy(() -> answerer.ask(asked("x"), CONFIG, token -> answerer.close()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the answerer is closed");
  }

  /** One that needs more than the texts share has a cache of its own. */
  @Test
  void aTextThatIsTooLargeToShare() {
    try (LanguageModel large = TinyModel.load(20_000);
        TelecomAnswerer answerer =
            TelecomAnswerer.on(large).prompt(TinyModel.prompt()).openPrompt(PROMPT).build()) {
      GenerationConfig endless =
          GenerationConfig.with(c -> c.maxNewTokens(15_000).stop("a", "e", "i", "o", "u", "\n"));
      List<Integer> told = new ArrayList<>();
      OpenAnswer answer =
          answerer.ask(asked("x"), endless, token -> told.add(1), () -> told.size() >= 30);
      assertThat(answer.generation().usage().generated()).isBetween(1, 30);
    }
  }

  @Test
  void closingEndsTextsBeforeTheirNextToken() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      TelecomAnswerer answerer = builder().texts(2).build();
      CountDownLatch running = new CountDownLatch(2);
      List<Future<OpenAnswer>> answers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        answers.add(
            threads.submit(
                () ->
                    answerer.ask(
                        asked("x"),
                        GenerationConfig.with(c -> c.maxNewTokens(350)),
                        token -> running.countDown())));
      }
      running.await();
      answerer.close();
      for (Future<OpenAnswer> answer : answers) {
        assertThatThrownBy(answer::get)
            .isInstanceOf(ExecutionException.class)
            .hasRootCauseInstanceOf(IllegalStateException.class)
            .hasRootCauseMessage("the answerer is closed");
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
