package io.telecomllm.training;

import static io.telecomllm.training.ResumeTest.assertSame;
import static io.telecomllm.training.ResumeTest.interrupt;
import static io.telecomllm.training.ResumeTest.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.IncompatibleException;
import io.telecomllm.data.Question;
import io.telecomllm.data.Refutations;
import io.telecomllm.data.Split;
import io.telecomllm.lineage.AdapterFolder;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.AnswerStyle;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.tensor.Threads;
import io.telecomllm.testing.SampleQuestions;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.training.gradients.InProcessGradients;
import io.telecomllm.training.objective.HallucinationPenalty;
import io.telecomllm.training.objective.Likelihood;
import io.telecomllm.training.objective.Objective;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import io.telecomllm.training.settings.IntervalStrategy;
import io.telecomllm.training.settings.PenaltyConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs with a penalty, from the settings to the adapter's folder. */
class PenaltyRunTest {
  private static LanguageModel model;
  private static int threads;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    threads = Threads.count();
    Threads.use(1);
    model = TinyModel.load(512);
  }

  @AfterAll
  static void close() {
    model.close();
    Threads.use(threads);
  }

  private static QLoraTrainer trainer() {
    return QLoraTrainer.on(model)
        .lora(LoraConfig.builder().rank(4).alpha(8).build())
        .with(
            c ->
                c.epochs(2)
                    .learningRate(1e-2)
                    .saveStrategy(IntervalStrategy.STEPS)
                    .saveSteps(1)
                    .accuracyQuestions(0));
  }

  private static QLoraTrainer penalised() {
    return trainer()
        .with(c -> c.costWeight(1).brierWeight(0.5).abstainCost(0.3).abstentionShare(0.3))
        .refutations("all second options", (question, option) -> second(question, option) ? 1 : 0);
  }

  private static boolean second(Question question, int option) {
    return question.options().get(option).startsWith("second");
  }

  @Test
  void withoutWeightsTheAdapterIsThatOfAPlainRunBitForBit() {
    PenaltyConfig none = new PenaltyConfig(1, 0, 0, 0, 0.1, 2, 3, 0, 0);
    try (QLoraTrainer.Result plain = trainer().run(QLoraTrainerTest.split());
        QLoraTrainer.Result weightless =
            trainer()
                .with(c -> c.abstainCost(0.1).wrongCost(2).refutationMultiplier(3))
                .refutations("none", (question, option) -> 1)
                .run(QLoraTrainerTest.split());
        QLoraTrainer.Result likelihood = through(new Likelihood());
        QLoraTrainer.Result penalty = through(new HallucinationPenalty(new Likelihood(), none))) {
      assertSame(values(weightless.adapter()), values(plain.adapter()));
      assertSame(values(penalty.adapter()), values(likelihood.adapter()));
      assertThat(weightless.lineage().prompt()).isEqualTo(plain.lineage().prompt());
      assertThat(plain.report().steps()).allMatch(step -> step.penalty() == 0);
    }
  }

  private static QLoraTrainer.Result through(Objective given) {
    return trainer()
        .gradients((computing, adapter, unused) -> InProcessGradients.of(computing, adapter, given))
        .run(QLoraTrainerTest.split());
  }

  @Test
  void thePenaltyIsAPartOfTheLossAndEachSettingChangesIt() {
    List<Double> first = new ArrayList<>();
    List<QLoraTrainer> trainers =
        List.of(
            penalised(),
            penalised().with(c -> c.costWeight(2)),
            penalised().with(c -> c.brierWeight(1)),
            penalised().with(c -> c.abstainCost(0.6)),
            penalised().with(c -> c.wrongCost(2)),
            penalised().with(c -> c.refutationMultiplier(3)),
            penalised().refutations("none", (question, option) -> 0),
            penalised().with(c -> c.abstentionShare(0)));
    for (QLoraTrainer trainer : trainers) {
      try (QLoraTrainer.Result result =
          trainer.with(c -> c.maxSteps(1)).run(QLoraTrainerTest.split())) {
        StepRecord step = result.report().steps().get(0);
        assertThat(step.penalty()).isPositive().isLessThan(step.loss());
        assertThat(result.report().evaluations()).allMatch(e -> e.penalty() > 0);
        assertThat(result.report().toString()).contains(" (penalty 0.");
        first.add(step.penalty());
      }
    }
    assertThat(first).doesNotHaveDuplicates();
  }

  @Test
  void aRunLearnsNotToAnswerWhatCannotBeKnown() {
    // a rule that no model can learn: the right option is anywhere
    Split split = new Split(SampleQuestions.of(24), List.of());
    try (QLoraTrainer.Result result =
        trainer()
            .with(c -> c.costWeight(20).abstainCost(0.05).epochs(20).batchSize(8).textWeight(0))
            .run(split)) {
      List<StepRecord> steps = result.report().steps();
      // the expected cost falls towards that of not answering, against the pull of the likelihood
      assertThat(steps.get(steps.size() - 1).penalty()).isLessThan(20 * 0.12);
      assertThat(steps.get(0).penalty()).isGreaterThan(20 * 0.3);
    }
  }

  @Test
  void aRunResumesExactlyAndOnlyWithItsRefutations() {
    try (QLoraTrainer.Result whole = penalised().run(QLoraTrainerTest.split())) {
      interrupt(penalised().checkpoints(folder));
      assertThatThrownBy(
              () ->
                  penalised()
                      .refutations("others", (question, option) -> 0)
                      .checkpoints(folder)
                      .run(QLoraTrainerTest.split()))
          .isInstanceOf(IncompatibleException.class)
          .hasMessageContaining("refutations.id (all second options, here others)");
      assertThatThrownBy(
              () ->
                  penalised()
                      .with(c -> c.abstainCost(0.4))
                      .checkpoints(folder)
                      .run(QLoraTrainerTest.split()))
          .hasMessageContaining("training.penalty.abstainCost (0.3, here 0.4)");
      try (QLoraTrainer.Result rest =
          penalised().checkpoints(folder).run(QLoraTrainerTest.split())) {
        assertSame(values(rest.adapter()), values(whole.adapter()));
        assertThat(rest.report().evaluations()).isEqualTo(whole.report().evaluations());
      }
    }
  }

  @Test
  void theAdaptersFolderTellsThePrompt() {
    for (boolean penalty : new boolean[] {false, true}) {
      Path saved = folder.resolve("adapter-" + penalty);
      try (QLoraTrainer.Result result =
          (penalty ? penalised() : trainer())
              .with(c -> c.maxSteps(1))
              .run(QLoraTrainerTest.split())) {
        result.save(saved);
      }
      PromptedModel read = AdapterFolder.prompted(saved, model, Optional.empty(), Optional.empty());
      try (var tokenizer = read.tokenizer()) {
        assertThat(read.prompt().offersAbstention()).isEqualTo(penalty);
        AdapterFolder.load(saved, read).adapter().close();
      }
    }
  }

  @Test
  void aPromptThatDoesNotOfferItIsRefused() {
    QuestionPrompt plain = TinyModel.prompt();
    assertThatThrownBy(() -> penalised().prompt(plain).run(QLoraTrainerTest.split()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "costWeight is 1.0 and abstentionShare 0.3, but the prompt does not offer to abstain:"
                + " set one with withAbstention()");
    penalised()
        .with(c -> c.maxSteps(1))
        .prompt(plain.withAbstention())
        .run(QLoraTrainerTest.split())
        .close();
  }

  @Test
  void refutationsOutsideTheirRangeAreRefused() {
    assertThatThrownBy(
            () -> penalised().refutations("x", (q, o) -> 1.5).run(QLoraTrainerTest.split()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("question \\d+: option 1 is refuted by 1.5, must be 0 to 1");
  }

  /** Questions with reasons of two sentences, of which the second is refuted for even ones. */
  private static Split reasoned() {
    List<Question> questions =
        SampleQuestions.of(12).stream()
            .map(
                q ->
                    new Question(
                        q.id(),
                        q.text(),
                        q.options(),
                        q.answer(),
                        "It is so. In " + q.id() + " it is not.",
                        q.category()))
            .toList();
    return new Split(questions.subList(0, 8), questions.subList(8, 12));
  }

  private static final Refutations EVEN =
      new Refutations() {
        @Override
        public double refuted(Question question, int option) {
          return 0;
        }

        @Override
        public double refuted(Question question, String sentence) {
          boolean even = Integer.parseInt(question.id().substring("question ".length())) % 2 == 0;
          return even && sentence.startsWith("In ") ? 0.5 : 0;
        }
      };

  private static QLoraTrainer reasoning() {
    return trainer()
        .prompt(TinyModel.prompt().withStyle(AnswerStyle.NUMBER_TEXT_AND_REASON))
        .with(c -> c.epochs(1).batchSize(8).gradientAccumulation(1));
  }

  private static StepRecord first(QLoraTrainer trainer) {
    try (QLoraTrainer.Result result = trainer.run(reasoned())) {
      return result.report().steps().get(0);
    }
  }

  @Test
  void refutedSentencesAreMadeUnlikely() {
    StepRecord plain = first(reasoning());
    StepRecord against =
        first(reasoning().with(c -> c.unlikelihoodWeight(0.5)).refutations("even", EVEN));
    StepRecord twice =
        first(reasoning().with(c -> c.unlikelihoodWeight(1)).refutations("even", EVEN));
    assertThat(plain.penalty()).isZero();
    assertThat(against.penalty()).isPositive();
    assertThat(twice.penalty()).isCloseTo(2 * against.penalty(), within(1e-9));
    // what is refuted is not learnt as well
    assertThat(against.loss() - against.penalty()).isNotEqualTo(plain.loss());
    assertThat(against.tokens()).isEqualTo(plain.tokens());
  }

  @Test
  void reasonsOfUnknownQuestionsAreLeftOut() {
    StepRecord plain = first(reasoning());
    StepRecord without = first(reasoning().withoutReasons(Set.of("question 1", "question 4")));
    assertThat(without.loss()).isNotEqualTo(plain.loss());
    assertThat(without.tokens()).isEqualTo(plain.tokens());
    assertThat(reasoning().withoutReasons(Set.of("a")).lineage(reasoned()).settings())
        .containsKey("unreasoned");
    assertThatThrownBy(
            () -> trainer().withoutReasons(Set.of("question 1")).run(QLoraTrainerTest.split()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "1 questions are without reasons, but the prompt asks for none: set one with the style"
                + " NUMBER_TEXT_AND_REASON");
    assertThatThrownBy(
            () -> trainer().with(c -> c.unlikelihoodWeight(1)).run(QLoraTrainerTest.split()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("unlikelihoodWeight is 1.0, but the prompt asks for no reasons");
  }
}
