package io.telecomllm.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.IncompatibleException;
import io.telecomllm.data.Category;
import io.telecomllm.data.Question;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.scoring.Scoring;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.SmolLm2;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TelecomAnswererTest {
  private static final int CONTEXT = 600;
  private static LanguageModel model;

  @BeforeAll
  static void load() {
    model = TinyModel.load(CONTEXT);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static AnswererBuilder builder() {
    return TelecomAnswerer.on(model).prompt(TinyModel.prompt());
  }

  static List<Question> questions(int count) {
    Random random = new Random(5);
    List<Question> questions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<String> options = new ArrayList<>();
      for (int option = 2 + random.nextInt(4); option > 0; option--) {
        options.add("choice " + random.nextInt(1000));
      }
      questions.add(
          new Question(
              "question " + i,
              "What " + "is ".repeat(1 + random.nextInt(20)) + i + "?",
              options,
              0,
              "",
              Category.LEXICON));
    }
    return questions;
  }

  private static void assertEqualAnswers(List<Answer> found, List<Answer> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i).question()).isEqualTo(expected.get(i).question());
      assertThat(found.get(i).options()).isEqualTo(expected.get(i).options());
      for (int option = 0; option < found.get(i).options().size(); option++) {
        assertThat(found.get(i).probabilities().get(option))
            .isCloseTo(expected.get(i).probabilities().get(option), within(1e-5));
      }
    }
  }

  @Test
  void answersDoNotDependOnTheBatch() {
    List<Question> questions = questions(21);
    try (TelecomAnswerer single = builder().batchSize(1).build();
        TelecomAnswerer eight = builder().build()) {
      List<Answer> expected = questions.stream().map(single::answer).toList();
      assertEqualAnswers(single.answer(questions), expected);
      assertEqualAnswers(eight.answer(questions), expected);
      assertThat(eight.answer(List.<Question>of())).isEmpty();
      Question first = questions.get(0);
      assertThat(eight.answer(first.text(), first.options())).isEqualTo(eight.answer(first));
      // the answers differ among themselves, or the comparison would show nothing
      assertThat(expected.stream().map(Answer::choice).map(ModelChoice::option).distinct())
          .hasSizeGreaterThan(1);
    }
  }

  @Test
  void answersDoNotDependOnTheThread() throws Exception {
    List<Question> questions = questions(40);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (TelecomAnswerer answerer = builder().concurrency(3).build()) {
      List<Answer> expected = answerer.answer(questions);
      List<Callable<List<Answer>>> tasks = Collections.nCopies(8, () -> answerer.answer(questions));
      for (Future<List<Answer>> future : threads.invokeAll(tasks)) {
        assertEqualAnswers(future.get(), expected);
      }
      List<Answer> later = new ArrayList<>();
      for (var future : questions.stream().map(answerer::answerAsync).toList()) {
        later.add(future.get());
      }
      assertEqualAnswers(later, expected);
      Question first = questions.get(0);
      assertThat(answerer.answerAsync(first.text(), first.options()).get().choice().option())
          .isEqualTo(expected.get(0).choice().option());
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void asynchronousAnswersRunWhereTheCallerSays() throws Exception {
    List<String> names = new ArrayList<>();
    try (TelecomAnswerer answerer =
        builder()
            .executor(
                task -> {
                  names.add(Thread.currentThread().getName());
                  task.run();
                })
            .build()) {
      assertThat(answerer.answerAsync(questions(1).get(0)).get().options()).isNotEmpty();
      assertThat(names).isNotEmpty().containsOnly(Thread.currentThread().getName());
      assertThatThrownBy(() -> answerer.answerAsync("What?", List.of("a")).get())
          .isInstanceOf(ExecutionException.class)
          .hasRootCauseInstanceOf(IllegalArgumentException.class)
          .hasRootCauseMessage("options: found 1, allowed are 2 to 9");
    }
  }

  @Test
  void anAdapterChangesTheAnswers() {
    List<Question> questions = questions(8);
    LoraConfig config = LoraConfig.builder().rank(4).targetModules("q_proj", "v_proj").build();
    try (LoraAdapter adapter = LoraAdapter.create(config, model, 3);
        Scope scope = Scope.open(Device.cpu());
        TelecomAnswerer plain = builder().build()) {
      try (TelecomAnswerer fresh = builder().adapter(adapter).build()) {
        assertEqualAnswers(fresh.answer(questions), plain.answer(questions));
      }
      adapter.parameters().forEach(p -> scope.operators().normalInPlace(p.value(), 0.5, 1));
      try (TelecomAnswerer adapted = builder().adapter(adapter).build();
          LanguageModel merged = model.merged(adapter);
          Tokenizer tokenizer = Tokenizer.load(model.files());
          TelecomAnswerer same =
              TelecomAnswerer.on(merged).prompt(TinyModel.prompt()).tokenizer(tokenizer).build()) {
        List<Answer> answers = adapted.answer(questions);
        assertEqualAnswers(answers, same.answer(questions));
        assertThat(answers.get(0).probabilities())
            .isNotEqualTo(plain.answer(questions).get(0).probabilities());
      }
    }
  }

  @Tag("shared")
  @Test
  void partsOfAnotherModelAreRefused() {
    LoraConfig config = LoraConfig.builder().targetModules("qkv_proj").build();
    ModelConfig shape =
        ModelConfig.builder(Architecture.PHI3)
            .hiddenSize(32)
            .intermediateSize(64)
            .layers(1)
            .heads(2, 2, 16)
            .vocabularySize(264)
            .build();
    try (LanguageModel foreign =
            ModelLoader.random(shape, 0.1, 1).dense().device(Device.cpu()).load();
        LoraAdapter adapter = LoraAdapter.create(config, foreign, 3)) {
      assertThatThrownBy(() -> builder().adapter(adapter).build())
          .isInstanceOf(IncompatibleException.class)
          .hasMessage(
              "the adapter is for another model: this one has no linear layer"
                  + " model.layers.0.self_attn.qkv_proj");
    }
    Tokenizer larger = SmolLm2.tokenizer();
    assertThatThrownBy(() -> TelecomAnswerer.on(model).tokenizer(larger).build())
        .isInstanceOf(IncompatibleException.class)
        .hasMessageMatching(
            "the prompt needs the token '.+' with id \\d+, but the vocabulary of the model has 264"
                + " tokens: the tokenizer is for another model, or the embedding was not resized");
  }

  @Test
  void theDefaultPromptIsTheCheckpoints() {
    // no template of its own: contents and the token that ends
    try (TelecomAnswerer answerer = TelecomAnswerer.on(model).build()) {
      Answered answer = answerer.answer("What?", List.of("a", "b")).given().orElseThrow();
      assertThat(answer.text()).isEqualTo(answer.options().get(answer.option()));
      assertThat(answer.supported()).isFalse();
      assertThat(answer.citations()).isEmpty();
      assertThat(answer.passages()).isEmpty();
    }
  }

  @Test
  void wholeAnswersCanDecide() {
    List<String> options = List.of("a", "a very long text that nobody expects here");
    try (TelecomAnswerer whole = builder().scoring(Scoring.ANSWER).build()) {
      assertThat(whole.answer("What?", options).choice().option()).isZero();
      List<String> turned = List.of(options.get(1), options.get(0));
      assertThat(whole.answer("What?", turned).choice().option()).isOne();
    }
  }

  @Test
  void wrongCallsAreNamed() {
    try (TelecomAnswerer answerer = builder().build()) {
      for (int count : new int[] {0, 1, 10}) {
        List<String> options = IntStream.range(0, count).mapToObj(i -> "a" + i).toList();
        assertThatThrownBy(() -> answerer.answer("What?", options))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("options: found %s, allowed are 2 to 9", count);
      }
      int used = 0;
      try (Tokenizer tokenizer = Tokenizer.load(model.files())) {
        used = TinyModel.prompt().ask(tokenizer, "", List.of("a", "b")).promptIds().length;
      }
      int longest = CONTEXT - used - "option ".length();
      assertThat(answerer.answer("x".repeat(longest), List.of("a", "b")).options()).hasSize(2);
      assertThatThrownBy(() -> answerer.answer("x".repeat(longest + 1), List.of("a", "b")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the question takes 601 tokens without any reference, the context length of the model"
                  + " is 600");
    }
    try (KnowledgeBase base = KnowledgeBase.of(List.of())) {
      for (int count : new int[] {0, 51}) {
        assertThatThrownBy(() -> builder().knowledge(base, count))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("references is %s, must be 1 to 50", count);
      }
    }
    assertThatThrownBy(() -> builder().batchSize(257))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("batchSize is 257, must be 1 to 256");
    assertThatThrownBy(() -> builder().concurrency(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("concurrency is 0, must be 1 to 64");
  }

  @Test
  void closedOnesSaySo() throws Exception {
    Question question = questions(1).get(0);
    TelecomAnswerer answerer = builder().build();
    answerer.answerAsync(question).get();
    answerer.close();
    answerer.close();
    assertThatThrownBy(() -> answerer.answer(question))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the answerer is closed");
    assertThatThrownBy(() -> answerer.answerAsync(question))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the answerer is closed");
    LanguageModel other = TinyModel.load(CONTEXT);
    try (TelecomAnswerer orphan = TelecomAnswerer.on(other).prompt(TinyModel.prompt()).build()) {
      other.close();
      assertThatThrownBy(() -> orphan.answer(question))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the model is closed");
    }
  }

  @Test
  void closingDuringAnswersEndsThem() throws Exception {
    List<Question> questions = questions(200);
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try {
      for (int round = 0; round < 3; round++) {
        TelecomAnswerer answerer = builder().concurrency(2).build();
        CountDownLatch started = new CountDownLatch(6);
        List<Future<String>> ends = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
          ends.add(
              threads.submit(
                  () -> {
                    started.countDown();
                    try {
                      while (true) {
                        answerer.answer(questions);
                      }
                    } catch (IllegalStateException e) {
                      return e.getMessage();
                    }
                  }));
        }
        started.await();
        Thread.sleep(30);
        answerer.close();
        for (Future<String> end : ends) {
          assertThat(end.get()).isEqualTo("the answerer is closed");
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void closingDoesNotWaitForTheRestOfAList() throws Exception {
    List<Question> questions = questions(20_000);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      TelecomAnswerer answerer = builder().build();
      Future<List<Answer>> answers = thread.submit(() -> answerer.answer(questions));
      Thread.sleep(50);
      answerer.close();
      assertThatThrownBy(answers::get)
          .isInstanceOf(ExecutionException.class)
          .hasRootCauseInstanceOf(IllegalStateException.class)
          .hasRootCauseMessage("the answerer is closed");
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void anInterruptedThreadIsTold() {
    try (TelecomAnswerer answerer = builder().build()) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> answerer.answer(questions(1).get(0)))
          .isInstanceOf(CancellationException.class)
          .hasMessage("interrupted before the model read the question");
      assertThat(Thread.interrupted()).isTrue();
      assertThat(answerer.answer(questions(1).get(0)).options()).isNotEmpty();
    }
  }

  @Test
  void blankAndEqualTextsAreRefused() {
    try (TelecomAnswerer answerer = builder().build()) {
      assertThatThrownBy(() -> answerer.answer(" \n", List.of("a", "b")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the question is blank");
      assertThatThrownBy(() -> answerer.answer("What?", List.of("a", "\t")))
          .hasMessage("option 2 is blank");
      assertThatThrownBy(() -> answerer.answer("What?", List.of("a", "b", "a")))
          .hasMessage("options 1 and 3 are both \"a\"");
      assertThat(answerer.answerAsync("What?", List.of("a", "a")))
          .failsWithin(java.time.Duration.ofSeconds(30));
    }
  }
}
