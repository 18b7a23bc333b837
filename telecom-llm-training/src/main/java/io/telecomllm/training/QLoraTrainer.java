package io.telecomllm.training;

import io.telecomllm.data.Split;
import io.telecomllm.grounding.Knowledge;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.lineage.AdapterFolder;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.training.gradients.GradientSource;
import io.telecomllm.training.objective.Likelihood;
import io.telecomllm.training.progress.Cancellation;
import io.telecomllm.training.progress.LearningRateRange;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.progress.TrainingReport;
import io.telecomllm.training.run.RangeTest;
import io.telecomllm.training.run.RunSetup;
import io.telecomllm.training.run.TrainingRun;
import io.telecomllm.training.settings.CheckpointConfig;
import io.telecomllm.training.settings.Records;
import io.telecomllm.training.settings.TrainingConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Fine-tunes an adapter on multiple-choice questions by QLoRA (Dettmers et al. 2023): the model's
 * weights stay frozen, packed to 4 bits, and only the adapter learns; the loss covers the answer,
 * never the prompt.
 *
 * <pre>{@code
 * LoraAdapter adapter = QLoraTrainer.on(model).lora(LoraConfig.defaults()).epochs(3).train(split);
 * }</pre>
 *
 * <p>Immutable: each setting returns a changed copy.
 */
public final class QLoraTrainer {
  private final Parts parts;

  /** What a trainer is made of. */
  private record Parts(
      LanguageModel model,
      LoraConfig lora,
      TrainingConfig config,
      TrainingListener listener,
      Cancellation cancellation,
      Optional<QuestionPrompt> prompt,
      Optional<Knowledge> knowledge,
      Optional<Path> folder,
      Optional<GradientSource.Opener> gradients) {}

  private QLoraTrainer(Parts parts) {
    this.parts = parts;
  }

  private QLoraTrainer changed(String part, Object value) {
    return new QLoraTrainer(Records.with(parts, Map.of(part, value)));
  }

  /**
   * The adapter, what the run did, and where the adapter comes from. The caller closes it, and with
   * it the adapter.
   */
  public record Result(LoraAdapter adapter, TrainingReport report, Lineage lineage)
      implements AutoCloseable {
    /**
     * Writes a PEFT folder with its {@code lineage.json}; the base is named after its own folder.
     * The lineage holds four questions of the split word for word: mind who gets the folder.
     */
    public void save(Path folder) {
      AdapterFolder.save(folder, adapter, lineage);
    }

    /**
     * The same with another name for the base.
     *
     * @param baseModel PEFT's {@code base_model_name_or_path}
     */
    public void save(Path folder, String baseModel) {
      AdapterFolder.save(folder, adapter, lineage.withBaseName(baseModel));
    }

    /** Frees the adapter; a second call does nothing. */
    @Override
    public void close() {
      adapter.close();
    }
  }

  /** Trains adapters of this model with the recipe's settings. */
  public static QLoraTrainer on(LanguageModel model) {
    return new QLoraTrainer(
        new Parts(
            model,
            LoraConfig.defaults(),
            TrainingConfig.defaults(),
            TrainingListener.NONE,
            new Cancellation(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }

  /** What the adapter changes. */
  public QLoraTrainer lora(LoraConfig value) {
    return changed("lora", value);
  }

  /** All settings of the run. */
  public QLoraTrainer config(TrainingConfig value) {
    return changed("config", value);
  }

  /** Some settings of the run. */
  public QLoraTrainer with(UnaryOperator<TrainingConfig.Builder> change) {
    return config(change.apply(parts.config().toBuilder()).build());
  }

  /** How often each question is seen. */
  public QLoraTrainer epochs(int value) {
    return with(builder -> builder.epochs(value));
  }

  /** Who hears of the run; several by {@link TrainingListener#all}. */
  public QLoraTrainer listener(TrainingListener value) {
    return changed("listener", value);
  }

  /** By what the run can be ended early. */
  public QLoraTrainer cancellation(Cancellation value) {
    return changed("cancellation", value);
  }

  /**
   * Where the run is written to, as {@link CheckpointConfig} says, and at its end. A run that finds
   * one of its own there goes on with it: after a kill at any moment the adapter becomes what it
   * would have become without, bit for bit on the same machine with one thread. One that was
   * finished is not made again.
   */
  public QLoraTrainer checkpoints(Path value) {
    return changed("folder", Optional.of(value));
  }

  /**
   * Who computes the gradients, in this process's place: replicas, or Spark's executors. They share
   * out a step's micro-batches, which then have at most {@code batchSize} questions.
   */
  public QLoraTrainer gradients(GradientSource.Opener value) {
    return changed("gradients", Optional.of(value));
  }

  /** How a question is put; else by the checkpoint's own chat template. */
  public QLoraTrainer prompt(QuestionPrompt value) {
    return changed("prompt", Optional.of(value));
  }

  /**
   * Puts the best passages of a knowledge base before each question as references, as an answerer
   * on the same base does: 3, fewer where the sequence length is too short. Evaluations ask with
   * them too.
   */
  public QLoraTrainer knowledge(KnowledgeBase base) {
    return knowledge(base, Knowledge.REFERENCES);
  }

  /**
   * Puts the best passages of a knowledge base before each question as references.
   *
   * @param references the most in a prompt, 1 to 50; fewer where the sequence length is too short
   */
  public QLoraTrainer knowledge(KnowledgeBase base, int references) {
    Knowledge value = new Knowledge(base, references);
    return changed("knowledge", Optional.of(value));
  }

  /** What the adapter changes. */
  public LoraConfig lora() {
    return parts.lora();
  }

  /** All settings of the run. */
  public TrainingConfig config() {
    return parts.config();
  }

  /** Who hears of the run. */
  public TrainingListener listener() {
    return parts.listener();
  }

  /** By what the run can be ended early. */
  public Cancellation cancellation() {
    return parts.cancellation();
  }

  /**
   * How many optimizer steps a run on these questions has.
   *
   * @throws io.telecomllm.InvalidDataException if no question fits the sequence length, or there is
   *     none
   */
  public long steps(Split split) {
    return withSetup(setup -> setup.steps(split));
  }

  /**
   * Where an adapter of a run on these questions will come from; what a run measures is not in it.
   */
  public Lineage lineage(Split split) {
    return withSetup(setup -> setup.lineage(split));
  }

  /** Trains an adapter; see {@link #run}. */
  public LoraAdapter train(Split split) {
    return run(split).adapter();
  }

  /**
   * Trains an adapter on the training questions.
   *
   * @throws IllegalArgumentException if a target module does not exist, or {@code memoryLimit} is
   *     too low for any way of computing
   * @throws io.telecomllm.InvalidDataException if no question fits the sequence length, or there is
   *     none
   * @throws io.telecomllm.IncompatibleException if the folder of checkpoints holds another run
   * @throws io.telecomllm.TelecomLlmException naming the step, if numbers go wrong and the settings
   *     say so; if the folder cannot be used, or another trainer uses it
   */
  public Result run(Split split) {
    TrainingRun.Outcome outcome = withSetup(setup -> new TrainingRun(setup, split).train());
    return new Result(outcome.adapter(), outcome.report(), outcome.lineage());
  }

  private <T> T withSetup(Function<RunSetup, T> work) {
    try (Tokenizer tokenizer = Tokenizer.load(parts.model().files())) {
      return work.apply(
          new RunSetup(
              parts.model(),
              tokenizer,
              parts.prompt().orElseGet(() -> QuestionPrompt.of(ChatTemplate.of(tokenizer))),
              parts.knowledge(),
              parts.lora(),
              parts.config(),
              new Likelihood(parts.config().regularization().labelSmoothing()),
              parts.listener(),
              parts.cancellation(),
              parts.folder(),
              parts.gradients()));
    }
  }

  /**
   * Tries learning rates on a new adapter, which is thrown away; nothing is written.
   *
   * @param from the first rate, such as 1e-6
   * @param to the last, such as 1e-1; at most 10
   * @param steps at least 5
   */
  public LearningRateRange learningRateRange(Split split, double from, double to, int steps) {
    return withSetup(setup -> RangeTest.measure(setup, split, from, to, steps));
  }
}
