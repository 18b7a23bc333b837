package io.telecomllm.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.data.Question;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.Parameter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.TinyModel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class AnswerersTest {
  private static LanguageModel model;

  @BeforeAll
  static void load() {
    model = TinyModel.load(600);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static LoraAdapter adapter(int seed) {
    LoraAdapter adapter =
        LoraAdapter.create(LoraConfig.builder().rank(4).alpha(8).build(), model, seed);
    try (Scope scope = Scope.open(Device.cpu())) {
      for (Parameter parameter : adapter.parameters()) {
        scope.operators().normalInPlace(parameter.value(), 0.3, seed);
      }
    }
    return adapter;
  }

  private static TelecomAnswerer answerer(LoraAdapter adapter) {
    return TelecomAnswerer.on(model).prompt(TinyModel.prompt()).adapter(adapter).build();
  }

  /** Eight threads ask all the time, by both kinds of call, while adapters come and go. */
  @Test
  void adaptersAreExchangedWithoutLosingACall() throws Exception {
    List<Question> questions = TelecomAnswererTest.questions(12);
    try (LoraAdapter first = adapter(1);
        LoraAdapter second = adapter(2)) {
      List<List<Integer>> expected = new ArrayList<>();
      for (LoraAdapter adapter : List.of(first, second)) {
        try (TelecomAnswerer alone = answerer(adapter)) {
          expected.add(
              alone.answer(questions).stream()
                  .map(Answer::choice)
                  .map(ModelChoice::option)
                  .toList());
        }
      }
      assertThat(expected.get(0)).isNotEqualTo(expected.get(1));
      AtomicBoolean stop = new AtomicBoolean();
      ExecutorService threads = Executors.newFixedThreadPool(8);
      try (Answerers answerers = new Answerers()) {
        answerers.add("v0", answerer(first));
        answerers.activate("v0");
        List<Future<Integer>> callers = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
          boolean later = t % 2 == 0;
          callers.add(
              threads.submit(
                  () -> {
                    int asked = 0;
                    for (; !stop.get(); asked++) {
                      int i = asked % questions.size();
                      Question question = questions.get(i);
                      Answer answer =
                          later
                              ? answerers.use(a -> a.answerAsync(question)).join()
                              : answerers.use(a -> a.answer(question));
                      assertThat(answer.choice().option())
                          .isIn(expected.get(0).get(i), expected.get(1).get(i));
                    }
                    return asked;
                  }));
        }
        for (int swap = 1; swap <= 10; swap++) {
          answerers.add("v" + swap, answerer(swap % 2 == 0 ? first : second));
          answerers.activate("v" + swap);
          answerers.remove("v" + (swap - 1));
          assertThat(answerers.names()).containsExactly("v" + swap);
        }
        stop.set(true);
        for (Future<Integer> caller : callers) {
          assertThat(caller.get(60, TimeUnit.SECONDS)).isPositive();
        }
        assertThat(options(answerers.use(a -> a.answer(questions)))).isEqualTo(expected.get(0));
      } finally {
        threads.shutdownNow();
      }
    }
  }

  private static List<Integer> options(List<Answer> answers) {
    return answers.stream().map(Answer::choice).map(ModelChoice::option).toList();
  }

  @Test
  void severalServeAtTheSameTimeAndOneCanComeBack() {
    List<Question> questions = TelecomAnswererTest.questions(12);
    try (LoraAdapter first = adapter(1);
        LoraAdapter second = adapter(2);
        Answerers answerers = new Answerers()) {
      answerers.add("a", answerer(first));
      answerers.add("b", answerer(second));
      List<Integer> a = options(answerers.use("a", x -> x.answer(questions)));
      List<Integer> b = options(answerers.use("b", x -> x.answer(questions)));
      assertThat(a).isNotEqualTo(b);
      assertThat(answerers.active()).isEmpty();
      assertThatThrownBy(() -> answerers.use(x -> x.answer(questions)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("no answerer is in use yet, there are [a, b]");
      answerers.activate("b");
      assertThat(options(answerers.use(x -> x.answer(questions)))).isEqualTo(b);
      answerers.activate("a");
      assertThat(answerers.active()).contains("a");
      assertThat(options(answerers.use(x -> x.answer(questions)))).isEqualTo(a);
    }
  }

  @Test
  void whatIsNotThereOrInUseIsNamed() {
    try (LoraAdapter adapter = adapter(1);
        TelecomAnswerer other = answerer(adapter);
        Answerers answerers = new Answerers()) {
      answerers.add("a", answerer(adapter));
      answerers.activate("a");
      assertThatThrownBy(() -> answerers.add("a", other))
          .hasMessage("there is an answerer 'a' already");
      assertThatThrownBy(() -> answerers.add(" ", other)).hasMessage("the name is blank");
      assertThatThrownBy(() -> answerers.activate("b"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("there is no answerer 'b', there are [a]");
      assertThatThrownBy(() -> answerers.remove("a"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("'a' is in use, activate another one first");
      answerers.close();
      assertThatThrownBy(() -> answerers.activate("a")).hasMessage("the answerers are closed");
      assertThatThrownBy(() -> answerers.use(x -> x)).hasMessage("the answerers are closed");
    }
  }

  @Test
  void removingWaitsForTheCallsItHas() throws Exception {
    Question question = TelecomAnswererTest.questions(1).get(0);
    try (LoraAdapter adapter = adapter(1);
        Answerers answerers = new Answerers()) {
      answerers.add("a", answerer(adapter));
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      CompletableFuture<Answer> call =
          CompletableFuture.supplyAsync(
              () ->
                  answerers.use(
                      "a",
                      x -> {
                        inside.countDown();
                        await(go);
                        return x.answer(question);
                      }));
      inside.await();
      CompletableFuture<Void> removal = CompletableFuture.runAsync(() -> answerers.remove("a"));
      while (!answerers.names().isEmpty()) {
        Thread.onSpinWait();
      }
      assertThat(removal).isNotDone();
      go.countDown();
      assertThat(call.get(30, TimeUnit.SECONDS).options()).isEqualTo(question.options());
      removal.get(30, TimeUnit.SECONDS);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
