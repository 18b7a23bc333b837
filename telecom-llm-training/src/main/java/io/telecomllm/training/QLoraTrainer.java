package io.telecomllm.training;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.Records;
import io.telecomllm.data.Question;
import io.telecomllm.data.Refutations;
import io.telecomllm.data.Split;
import io.telecomllm.grounding.Knowledge;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.Retriever;
import io.telecomllm.lineage.AdapterFolder;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.AnswerStyle;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.training.gradients.GradientSource;
import io.telecomllm.training.objective.HallucinationPenalty;
import io.telecomllm.training.objective.Likelihood;
import io.telecomllm.training.objective.Objective;
import io.telecomllm.training.progress.Cancellation;
import io.telecomllm.training.progress.LearningRateRange;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.progress.TrainingReport;
import io.telecomllm.training.run.RangeTest;
import io.telecomllm.training.run.RunSetup;
import io.telecomllm.training.run.Sources;
import io.telecomllm.training.run.TrainingRun;
import io.telecomllm.training.settings.CheckpointConfig;
import io.telecomllm.training.settings.PenaltyConfig;
import io.telecomllm.training.settings.RetrievalConfig;
import io.telecomllm.training.settings.TrainingConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Fine-tunes an adapter on multiple-choice questions by QLoRA (Dettmers et al. 2023). The model's
 * weights stay frozen, packed to 4 bits, and only the adapter learns. The loss covers the answer,
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

  /** The model, the settings and the helpers of a trainer. */
  private record Parts(
      LanguageModel model,
      LoraConfig lora,
      TrainingConfig config,
      TrainingListener listener,
      Cancellation cancellation,
      Optional<QuestionPrompt> prompt,
      Sources sources,
      Optional<Path> folder,
      Optional<GradientSource.Opener> gradients) {}

  private QLoraTrainer(Parts parts) {
    this.parts = parts;
  }

  private QLoraTrainer changed(String part, Object value) {
    return new QLoraTrainer(Records.with(parts, Map.of(part, value)));
  }

  /**
   * A trained adapter with the report of its run and its lineage. Owns the adapter: close the
   * result to free it.
   *
   * @param adapter the adapter, the best one if the settings ask for it
   * @param report what the run did
   * @param lineage what the adapter was made from
   */
  public record Result(LoraAdapter adapter, TrainingReport report, Lineage lineage)
      implements AutoCloseable {
    /**
     * Writes the adapter as a PEFT folder with its {@code lineage.json}, which names the base model
     * after its own folder. The lineage quotes four questions of the split, so be careful with whom
     * you share the folder.
     */
    public void save(Path folder) {
      AdapterFolder.save(folder, adapter, lineage);
    }

    /**
     * Writes the adapter as a PEFT folder with its {@code lineage.json}, under a given name of the
     * base model.
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

  /** Creates a trainer for adapters of this model, with the default settings. */
  public static QLoraTrainer on(LanguageModel model) {
    requireNonNull(model, "model is null");
    return new QLoraTrainer(
        new Parts(
            model,
            LoraConfig.defaults(),
            TrainingConfig.defaults(),
            TrainingListener.NONE,
            new Cancellation(),
            Optional.empty(),
            Sources.NONE,
            Optional.empty(),
            Optional.empty()));
  }

  /** Sets what the adapter changes. */
  public QLoraTrainer lora(LoraConfig value) {
    requireNonNull(value, "lora is null");
    return changed("lora", value);
  }

  /** Replaces all settings of the run. */
  public QLoraTrainer config(TrainingConfig value) {
    requireNonNull(value, "config is null");
    return changed("config", value);
  }

  /** Changes some settings of the run. */
  public QLoraTrainer with(UnaryOperator<TrainingConfig.Builder> change) {
    requireNonNull(change, "change is null");
    return config(change.apply(parts.config().toBuilder()).build());
  }

  /** Sets the number of training passes over the questions. */
  public QLoraTrainer epochs(int value) {
    return with(builder -> builder.epochs(value));
  }

  /** Sets the listener to notify; {@link TrainingListener#all} combines several. */
  public QLoraTrainer listener(TrainingListener value) {
    requireNonNull(value, "listener is null");
    return changed("listener", value);
  }

  /** Sets the cancellation that can end the run early. */
  public QLoraTrainer cancellation(Cancellation value) {
    requireNonNull(value, "cancellation is null");
    return changed("cancellation", value);
  }

  /**
   * Sets the folder for checkpoints, which are written as {@link CheckpointConfig} says and at the
   * end of the run. A run that finds a checkpoint of its own there resumes from the newest: after a
   * kill at any moment the adapter is the same as without it, bit for bit on the same machine with
   * one thread. A run that had finished is not repeated.
   */
  public QLoraTrainer checkpoints(Path value) {
    requireNonNull(value, "checkpoints is null");
    return changed("folder", Optional.of(value));
  }

  /**
   * Sets what computes the gradients instead of this process: replicas, or Spark's executors. They
   * share the micro-batches of a step, which then have at most {@code batchSize} questions.
   */
  public QLoraTrainer gradients(GradientSource.Opener value) {
    requireNonNull(value, "gradients is null");
    return changed("gradients", Optional.of(value));
  }

  /**
   * Sets the prompt that presents a question; the default uses the chat template of the checkpoint,
   * and offers to abstain if the settings need it.
   */
  public QLoraTrainer prompt(QuestionPrompt value) {
    requireNonNull(value, "prompt is null");
    return changed("prompt", Optional.of(value));
  }

  /**
   * Puts the best passages of a knowledge base before each question as references, in training and
   * in evaluations, as an answerer with the same knowledge base does. There are 3, or fewer where
   * the sequence length is too short.
   */
  public QLoraTrainer knowledge(Retriever base) {
    return knowledge(base, Knowledge.REFERENCES);
  }

  /**
   * Puts up to a given number of passages of a knowledge base before each question as references.
   *
   * @param references the most passages in a prompt, 1 to 50; fewer where the sequence length is
   *     too short
   */
  public QLoraTrainer knowledge(Retriever base, int references) {
    requireNonNull(base, "base is null");
    return source("knowledge", new Knowledge(base, references));
  }

  /**
   * Sets which clauses of the knowledge base answer a question, for {@link
   * RetrievalConfig#distractorShare}. Of a base of the questions' own explanations it is the one of
   * the same id.
   */
  public QLoraTrainer answering(BiPredicate<Question, Clause> value) {
    requireNonNull(value, "answering is null");
    return source("answering", value);
  }

  /**
   * Sets how far options are refuted by trusted knowledge, for {@link
   * PenaltyConfig#refutationMultiplier}. Each option of a training or validation question is asked
   * for once in a run, before the step that needs it.
   *
   * @param id what tells these refutations from others, such as the id of the knowledge base; it is
   *     recorded, and a resumed run must have the same
   */
  public QLoraTrainer refutations(String id, Refutations value) {
    requireNonNull(id, "id is null");
    requireNonNull(value, "refutations is null");
    return source("refutations", new Sources.Checked(id, value));
  }

  /**
   * Leaves the reasons of these questions out of the loss: to learn reasons for what the model does
   * not know, and no knowledge base supports, teaches it to make reasons up (Gekhman et al. 2024).
   * The prompt's style must be {@link AnswerStyle#NUMBER_TEXT_AND_REASON}.
   *
   * @param ids the ids of the questions, such as those that {@code KnowledgeProbe} found unknown
   */
  public QLoraTrainer withoutReasons(Set<String> ids) {
    requireNonNull(ids, "ids is null");
    return changed("sources", Records.with(parts.sources(), Map.of("unreasoned", Set.copyOf(ids))));
  }

  private QLoraTrainer source(String name, Object value) {
    return changed("sources", Records.with(parts.sources(), Map.of(name, Optional.of(value))));
  }

  /** Returns what the adapter changes. */
  public LoraConfig lora() {
    return parts.lora();
  }

  /** Returns all settings of the run. */
  public TrainingConfig config() {
    return parts.config();
  }

  /** Returns the listener to notify. */
  public TrainingListener listener() {
    return parts.listener();
  }

  /** Returns the cancellation that can end the run early. */
  public Cancellation cancellation() {
    return parts.cancellation();
  }

  /**
   * Returns the number of optimizer steps of a run on these questions.
   *
   * @throws io.telecomllm.InvalidDataException if there are no training questions, or none fits the
   *     sequence length
   */
  public long steps(Split split) {
    requireNonNull(split, "split is null");
    return withSetup(setup -> setup.steps(split));
  }

  /**
   * Returns the lineage that an adapter trained on these questions will have, without what a run
   * measures.
   */
  public Lineage lineage(Split split) {
    requireNonNull(split, "split is null");
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
   * @throws io.telecomllm.InvalidDataException if there are no training questions, or none fits the
   *     sequence length
   * @throws io.telecomllm.IncompatibleException if the folder of checkpoints holds another run
   * @throws io.telecomllm.TelecomLlmException naming the step, if there is an anomaly and its
   *     policy is to stop; if the folder cannot be used, or another trainer uses it
   */
  public Result run(Split split) {
    requireNonNull(split, "split is null");
    TrainingRun.Outcome outcome = withSetup(setup -> new TrainingRun(setup, split).train());
    return new Result(outcome.adapter(), outcome.report(), outcome.lineage());
  }

  private <T> T withSetup(Function<RunSetup, T> work) {
    parts.sources().check(parts.config());
    try (Tokenizer tokenizer = Tokenizer.load(parts.model().files())) {
      return work.apply(
          new RunSetup(
              parts.model(),
              tokenizer,
              prompt(tokenizer),
              parts.sources(),
              parts.lora(),
              parts.config(),
              objective(),
              parts.listener(),
              parts.cancellation(),
              parts.folder(),
              parts.gradients()));
    }
  }

  private QuestionPrompt prompt(Tokenizer tokenizer) {
    boolean reasons =
        parts.prompt().filter(p -> p.style() == AnswerStyle.NUMBER_TEXT_AND_REASON).isPresent();
    double unlikelihood = parts.config().penalty().unlikelihoodWeight();
    checkArgument(
        reasons || unlikelihood == 0,
        "unlikelihoodWeight is %s, but the prompt asks for no reasons: set one with the style"
            + " NUMBER_TEXT_AND_REASON",
        unlikelihood);
    int unreasoned = parts.sources().unreasoned().size();
    checkArgument(
        reasons || unreasoned == 0,
        "%s questions are without reasons, but the prompt asks for none: set one with the style"
            + " NUMBER_TEXT_AND_REASON",
        unreasoned);
    boolean abstention = parts.config().offersAbstention();
    if (parts.prompt().isPresent()) {
      checkArgument(
          !abstention || parts.prompt().get().offersAbstention(),
          "costWeight is %s and abstentionShare %s, but the prompt does not offer to abstain: set"
              + " one with withAbstention()",
          parts.config().penalty().costWeight(),
          parts.config().abstentionShare());
      return parts.prompt().get();
    }
    QuestionPrompt prompt = QuestionPrompt.of(ChatTemplate.of(tokenizer));
    return abstention ? prompt.withAbstention() : prompt;
  }

  private Objective objective() {
    Likelihood likelihood = new Likelihood(parts.config().regularization().labelSmoothing());
    return parts.config().penalty().none()
        ? likelihood
        : new HallucinationPenalty(likelihood, parts.config().penalty());
  }

  /**
   * Measures the loss at rising learning rates, on a new adapter that is discarded. Writes nothing.
   *
   * @param from the first rate, such as 1e-6; over 0
   * @param to the last rate, such as 1e-1; over {@code from} and at most 10
   * @param steps the number of steps, at least 5
   */
  public LearningRateRange learningRateRange(Split split, double from, double to, int steps) {
    requireNonNull(split, "split is null");
    return withSetup(setup -> RangeTest.measure(setup, split, from, to, steps));
  }
}
