package io.telecomllm.training.preference;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.Records;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.training.QLoraTrainer;
import io.telecomllm.training.gradients.GradientSource;
import io.telecomllm.training.progress.Cancellation;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.run.RunSetup;
import io.telecomllm.training.run.Sources;
import io.telecomllm.training.run.TrainingRun;
import io.telecomllm.training.settings.TrainingConfig;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Trains an adapter to prefer the better of two answers, by direct preference optimization
 * (Rafailov et al. 2023). The model without the adapter is what the adapter is compared with; to
 * start from a fine-tuned adapter, merge it first ({@link LanguageModel#merged}).
 *
 * <pre>{@code
 * PreferenceTrainer.on(model).preference(new PreferenceConfig(0.1, 0)).run(pairs, heldOut);
 * }</pre>
 *
 * <p>The records of its steps call a pair a question, the share of pairs whose better answer has
 * gained more the accuracy of the choice. Immutable: each setting returns a changed copy.
 */
public final class PreferenceTrainer {
  private final Parts parts;

  private record Parts(
      LanguageModel model,
      LoraConfig lora,
      TrainingConfig config,
      PreferenceConfig preference,
      TrainingListener listener,
      Cancellation cancellation,
      Optional<QuestionPrompt> prompt,
      Optional<Path> folder,
      Optional<GradientSource.Opener> gradients) {}

  private PreferenceTrainer(Parts parts) {
    this.parts = parts;
  }

  private PreferenceTrainer changed(String part, Object value) {
    requireNonNull(value, () -> part + " is null");
    return new PreferenceTrainer(Records.with(parts, Map.of(part, value)));
  }

  /** Creates a trainer for adapters of this model: one epoch at a rate of 2e-5. */
  public static PreferenceTrainer on(LanguageModel model) {
    requireNonNull(model, "model is null");
    return new PreferenceTrainer(
        new Parts(
            model,
            LoraConfig.defaults(),
            TrainingConfig.builder().epochs(1).learningRate(2e-5).build(),
            PreferenceConfig.defaults(),
            TrainingListener.NONE,
            new Cancellation(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }

  /** Sets what the adapter changes. */
  public PreferenceTrainer lora(LoraConfig value) {
    return changed("lora", value);
  }

  /** Sets how pairs are weighed. */
  public PreferenceTrainer preference(PreferenceConfig value) {
    return changed("preference", value);
  }

  /**
   * Changes some settings of the run. A batch is one of pairs; settings that concern questions must
   * have their defaults.
   */
  public PreferenceTrainer with(UnaryOperator<TrainingConfig.Builder> change) {
    return changed("config", change.apply(parts.config().toBuilder()).build());
  }

  /** Sets the listener to notify. */
  public PreferenceTrainer listener(TrainingListener value) {
    return changed("listener", value);
  }

  /** Sets the cancellation that can end the run early. */
  public PreferenceTrainer cancellation(Cancellation value) {
    return changed("cancellation", value);
  }

  /**
   * Sets the folder for checkpoints, from the newest of which a run resumes; see {@link
   * QLoraTrainer#checkpoints}.
   */
  public PreferenceTrainer checkpoints(Path value) {
    requireNonNull(value, "checkpoints is null");
    return changed("folder", Optional.of(value));
  }

  /** Sets what computes the gradients instead of this process. */
  public PreferenceTrainer gradients(GradientSource.Opener value) {
    requireNonNull(value, "gradients is null");
    return changed("gradients", Optional.of(value));
  }

  /**
   * Sets the prompt whose chat template writes the conversations, and with which the adapter will
   * answer questions; the default uses the chat template of the checkpoint.
   */
  public PreferenceTrainer prompt(QuestionPrompt value) {
    requireNonNull(value, "prompt is null");
    return changed("prompt", Optional.of(value));
  }

  /**
   * Trains an adapter on pairs.
   *
   * @param training the pairs to learn from
   * @param validation the pairs of evaluations; may be empty
   * @return the adapter with the report of its run and its lineage; close it to free the adapter
   * @throws IllegalArgumentException if two pairs have the same id, a setting is for questions, or
   *     as {@link QLoraTrainer#run}
   * @throws io.telecomllm.InvalidDataException if there are no pairs to learn from, or none fits
   *     the sequence length
   * @throws io.telecomllm.IncompatibleException if the folder of checkpoints holds another run
   */
  public QLoraTrainer.Result run(List<PreferencePair> training, List<PreferencePair> validation) {
    checkPairs(training, validation);
    checkSettings(parts.config());
    LanguageModel model = parts.model();
    try (Tokenizer tokenizer = Tokenizer.load(model.files())) {
      QuestionPrompt prompt =
          parts.prompt().orElseGet(() -> QuestionPrompt.of(ChatTemplate.of(tokenizer)));
      RunSetup setup =
          new RunSetup(
              model,
              tokenizer,
              prompt,
              Sources.NONE,
              parts.lora(),
              parts.config(),
              parts.preference().objective(),
              parts.listener(),
              parts.cancellation(),
              parts.folder(),
              parts.gradients());
      PairItems items =
          new PairItems(prompt.template(), setup.tokens(), setup.budget(), training, validation);
      Lineage origin =
          setup
              .lineage(
                  new Lineage.Data(
                      PairItems.digest(training, validation), training.size(), validation.size()))
              .withSettings("preference", parts.preference());
      TrainingRun.Outcome outcome = new TrainingRun(setup, items, origin).train();
      return new QLoraTrainer.Result(outcome.adapter(), outcome.report(), outcome.lineage());
    }
  }

  private static void checkPairs(List<PreferencePair> training, List<PreferencePair> validation) {
    Set<String> ids = new HashSet<>();
    Stream.concat(training.stream(), validation.stream())
        .forEach(pair -> checkArgument(ids.add(pair.id()), "id \"%s\" appears twice", pair.id()));
  }

  private static void checkSettings(TrainingConfig config) {
    TrainingConfig plain = TrainingConfig.defaults();
    checkArgument(
        config.textWeight() == plain.textWeight()
            && config.abstentionShare() == plain.abstentionShare()
            && config.shuffleOptions() == plain.shuffleOptions()
            && config.penalty().equals(plain.penalty())
            && config.retrieval().equals(plain.retrieval()),
        "textWeight, abstentionShare, shuffleOptions and the settings of penalty and retrieval"
            + " concern questions, not pairs: leave them at their defaults");
    checkArgument(
        config.regularization().labelSmoothing() == 0,
        "labelSmoothing of the run is %s, must be 0: set that of PreferenceConfig",
        config.regularization().labelSmoothing());
  }
}
