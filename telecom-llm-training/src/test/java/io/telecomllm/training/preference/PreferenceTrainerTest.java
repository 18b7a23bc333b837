package io.telecomllm.training.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.data.OptionShuffle;
import io.telecomllm.data.Question;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.Message;
import io.telecomllm.scoring.OptionScorer;
import io.telecomllm.scoring.OptionScores;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.scoring.Scoring;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Threads;
import io.telecomllm.testing.SampleQuestions;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.training.QLoraTrainer;
import io.telecomllm.training.progress.Cancellation;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import io.telecomllm.training.settings.IntervalStrategy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreferenceTrainerTest {
  private static final List<Question> QUESTIONS = SampleQuestions.of(16);
  private static LanguageModel model;
  private static List<PreferencePair> pairs;
  private static int threads;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    threads = Threads.count();
    Threads.use(1);
    model = TinyModel.load(512);
    pairs = QuestionPairs.on(model).prompt(TinyModel.prompt()).of(QUESTIONS);
  }

  @AfterAll
  static void close() {
    model.close();
    Threads.use(threads);
  }

  private static PreferenceTrainer trainer() {
    return PreferenceTrainer.on(model)
        .prompt(TinyModel.prompt())
        .lora(LoraConfig.builder().rank(4).alpha(8).build())
        .with(
            c ->
                c.epochs(4)
                    .batchSize(4)
                    .gradientAccumulation(1)
                    .learningRate(5e-3)
                    .saveStrategy(IntervalStrategy.STEPS)
                    .saveSteps(1));
  }

  private static QLoraTrainer.Result run(PreferenceTrainer trainer) {
    return trainer.run(pairs.subList(0, 12), pairs.subList(12, 16));
  }

  @Test
  void aRunBeginsAtLn2AndLearnsWhatIsPreferred() {
    try (QLoraTrainer.Result result = run(trainer())) {
      List<StepRecord> steps = result.report().steps();
      assertThat(steps).hasSize(12);
      assertThat(steps.get(0).loss()).isCloseTo(Math.log(2), within(1e-6));
      assertThat(steps.get(0).questions()).isEqualTo(4);
      assertThat(steps.get(0).choices().questions()).isEqualTo(4);
      assertThat(result.report().finalLoss()).isLessThan(Math.log(2));
      StepRecord last = steps.get(11);
      assertThat(last.choices().right()).isEqualTo(4);
      assertThat(result.report().evaluations()).hasSize(4);
      assertThat(result.report().evaluations().get(0).choices().questions()).isEqualTo(4);
      assertThat(result.lineage().settings()).containsKey("preference");
      assertThat(result.lineage().data().orElseThrow().training()).isEqualTo(12);
      assertThat(result.lineage().probes()).isEmpty();
    }
  }

  @Test
  void aRunResumesExactlyAndOnlyWithItsPairs() {
    List<float[]> whole;
    try (QLoraTrainer.Result result = run(trainer())) {
      whole = values(result.adapter());
    }
    Cancellation cancellation = new Cancellation();
    TrainingListener third =
        new TrainingListener() {
          @Override
          public void step(StepRecord step) {
            if (step.step() == 3) {
              cancellation.cancel();
            }
          }
        };
    run(trainer().checkpoints(folder).cancellation(cancellation).listener(third)).close();
    PreferenceTrainer again = trainer().checkpoints(folder);
    assertThatThrownBy(() -> again.run(pairs.subList(0, 11), pairs.subList(12, 16)))
        .isInstanceOf(IncompatibleException.class)
        .hasMessageContaining("it differs in data (");
    assertThatThrownBy(() -> run(again.preference(new PreferenceConfig(0.2, 0))))
        .isInstanceOf(IncompatibleException.class)
        .hasMessageContaining("it differs in preference.beta (0.1, here 0.2)");
    try (QLoraTrainer.Result rest = run(again)) {
      assertThat(rest.report().steps()).hasSize(12);
      List<float[]> resumed = values(rest.adapter());
      for (int i = 0; i < whole.size(); i++) {
        assertThat(resumed.get(i)).containsExactly(whole.get(i));
      }
    }
  }

  private static List<float[]> values(LoraAdapter adapter) {
    try (Scope scope = Scope.open(Device.cpu())) {
      return adapter.parameters().stream().map(p -> scope.operators().toFloats(p.value())).toList();
    }
  }

  @Test
  void questionsGiveTheRightOptionAndTheMostProbableWrongOne() {
    try (Tokenizer tokenizer = Tokenizer.load(model.files());
        OptionScorer scorer =
            new PromptedModel(model, tokenizer, TinyModel.prompt())
                .scorer(Deltas.none(), Scoring.LABEL)) {
      assertThat(pairs).extracting(PreferencePair::id).isEqualTo(ids());
      for (int i = 0; i < QUESTIONS.size(); i++) {
        Question question = OptionShuffle.shuffle(QUESTIONS.get(i), 3407, 0);
        OptionScores scores =
            scorer.score(TinyModel.prompt().ask(tokenizer, question.text(), question.options()));
        List<Integer> wrong = new ArrayList<>(List.of(0, 1, 2));
        wrong.remove(Integer.valueOf(question.answer()));
        List<Double> found = scores.logProbabilities();
        int worse = found.get(wrong.get(0)) >= found.get(wrong.get(1)) ? 0 : 1;
        int rejected = wrong.get(worse);
        PreferencePair pair = pairs.get(i);
        assertThat(pair.prompt())
            .isEqualTo(TinyModel.prompt().messages(question.text(), question.options(), List.of()));
        assertThat(pair.chosen())
            .isEqualTo("option " + (question.answer() + 1) + ": " + question.answerText());
        assertThat(pair.rejected())
            .isEqualTo("option " + (rejected + 1) + ": " + question.options().get(rejected));
      }
    }
  }

  private static List<String> ids() {
    return QUESTIONS.stream().map(Question::id).toList();
  }

  @Test
  void makingPairsShowsProgressAndCanBeCancelled() {
    List<Integer> heard = new ArrayList<>();
    Cancellation cancellation = new Cancellation();
    List<PreferencePair> some =
        QuestionPairs.on(model)
            .prompt(TinyModel.prompt())
            .cancellation(cancellation)
            .progress(
                done -> {
                  heard.add(done);
                  cancellation.cancel();
                })
            .of(QUESTIONS);
    assertThat(heard).containsExactly(8);
    assertThat(some).isEqualTo(pairs.subList(0, 8));
  }

  @Test
  void whatIsNoPairIsRefused() {
    List<Message> prompt = List.of(Message.user("Which?"));
    assertThatThrownBy(() -> new PreferencePair("a", prompt, "x", "x"))
        .hasMessage("a: chosen and rejected are the same");
    assertThatThrownBy(() -> new PreferencePair("a", List.of(), "x", "y"))
        .hasMessage("a: the prompt must end with a message of the user");
    assertThatThrownBy(() -> trainer().run(List.of(), List.of()))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("nothing to learn from: 0 pairs");
    assertThatThrownBy(() -> trainer().with(c -> c.maxSequenceLength(8)).run(pairs, List.of()))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("nothing to learn from: 16 pairs, of which none fits 8 tokens");
    assertThatThrownBy(() -> trainer().run(pairs, pairs.subList(0, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("id \"question 0\" appears twice");
    assertThatThrownBy(() -> run(trainer().with(c -> c.costWeight(1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("concern questions, not pairs");
    assertThatThrownBy(() -> new PreferenceConfig(0, 0))
        .hasMessage("beta is 0.0, must be finite and over 0");
    assertThatThrownBy(() -> new PreferenceConfig(0.1, 0.5))
        .hasMessage("labelSmoothing is 0.5, must be 0 to less than 0.5");
  }
}
