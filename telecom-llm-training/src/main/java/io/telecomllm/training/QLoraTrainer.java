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
import io.telecomllm.training.progress.Cancellation;
import io.telecomllm.training.progress.LearningRateRange;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.progress.TrainingReport;
import io.telecomllm.training.run.RangeTest;
import io.telecomllm.training.run.RunSetup;
import io.telecomllm.training.run.TrainingRun;
import io.telecomllm.training.settings.CheckpointConfig;
import io.telecomllm.training.settings.TrainingConfig;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
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
  private final LanguageModel model;
  private LoraConfig lora = LoraConfig.defaults();
  private TrainingConfig config = TrainingConfig.defaults();
  private TrainingListener listener = TrainingListener.NONE;
  private Cancellation cancellation = new Cancellation();
  private Optional<QuestionPrompt> prompt = Optional.empty();
  private Optional<Knowledge> knowledge = Optional.empty();
  private Optional<Path> folder = Optional.empty();
  private Optional<GradientSource.Opener> gradients = Optional.empty();

  private QLoraTrainer(LanguageModel model) {
    this.model = model;
  }

  /** A copy with one setting changed; nobody changes it afterwards. */
  private QLoraTrainer changed(Consumer<QLoraTrainer> change) {
    QLoraTrainer copy = new QLoraTrainer(model);
    copy.lora = lora;
    copy.config = config;
    copy.listener = listener;
    copy.cancellation = cancellation;
    copy.prompt = prompt;
    copy.knowledge = knowledge;
    copy.folder = folder;
    copy.gradients = gradients;
    change.accept(copy);
    return copy;
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
    return new QLoraTrainer(model);
  }

  /** What the adapter changes. */
  public QLoraTrainer lora(LoraConfig value) {
    return changed(copy -> copy.lora = value);
  }

  /** All settings of the run. */
  public QLoraTrainer config(TrainingConfig value) {
    return changed(copy -> copy.config = value);
  }

  /** Some settings of the run. */
  public QLoraTrainer with(UnaryOperator<TrainingConfig.Builder> change) {
    return config(change.apply(config.toBuilder()).build());
  }

  /** How often each question is seen. */
  public QLoraTrainer epochs(int value) {
    return with(builder -> builder.epochs(value));
  }

  /** Who hears of the run; several by {@link TrainingListener#all}. */
  public QLoraTrainer listener(TrainingListener value) {
    return changed(copy -> copy.listener = value);
  }

  /** By what the run can be ended early. */
  public QLoraTrainer cancellation(Cancellation value) {
    return changed(copy -> copy.cancellation = value);
  }

  /**
   * Where the run is written to, as {@link CheckpointConfig} says, and at its end. A run that finds
   * one of its own there goes on with it: after a kill at any moment the adapter becomes what it
   * would have become without, bit for bit on the same machine with one thread. One that was
   * finished is not made again.
   */
  public QLoraTrainer checkpoints(Path value) {
    return changed(copy -> copy.folder = Optional.of(value));
  }

  /**
   * Who computes the gradients, in this process's place: replicas, or Spark's executors. They share
   * out a step's micro-batches, which then have at most {@code batchSize} questions.
   */
  public QLoraTrainer gradients(GradientSource.Opener value) {
    return changed(copy -> copy.gradients = Optional.of(value));
  }

  /** How a question is put; else by the checkpoint's own chat template. */
  public QLoraTrainer prompt(QuestionPrompt value) {
    return changed(copy -> copy.prompt = Optional.of(value));
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
    return changed(copy -> copy.knowledge = Optional.of(value));
  }

  /** What the adapter changes. */
  public LoraConfig lora() {
    return lora;
  }

  /** All settings of the run. */
  public TrainingConfig config() {
    return config;
  }

  /** Who hears of the run. */
  public TrainingListener listener() {
    return listener;
  }

  /** By what the run can be ended early. */
  public Cancellation cancellation() {
    return cancellation;
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
    try (Tokenizer tokenizer = Tokenizer.load(model.files())) {
      return work.apply(
          new RunSetup(
              model,
              tokenizer,
              prompt.orElseGet(() -> QuestionPrompt.of(ChatTemplate.of(tokenizer))),
              knowledge,
              lora,
              config,
              listener,
              cancellation,
              folder,
              gradients));
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
