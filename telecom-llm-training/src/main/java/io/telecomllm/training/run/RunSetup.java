package io.telecomllm.training.run;

import io.telecomllm.Internal;
import io.telecomllm.data.Split;
import io.telecomllm.grounding.Grounding;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.KnownTokens;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.tensor.Seed;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.training.batching.TrainingNoise;
import io.telecomllm.training.gradients.GradientSource;
import io.telecomllm.training.gradients.InProcessGradients;
import io.telecomllm.training.objective.Objective;
import io.telecomllm.training.progress.Cancellation;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.settings.TrainingConfig;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Everything that a run needs except its questions. Owns none of it.
 *
 * @param model the model, whose weights stay frozen
 * @param tokenizer the model's tokenizer; open as long as the run
 * @param prompt the prompt that presents a question
 * @param sources what the run is told about its questions
 * @param lora what the adapter changes
 * @param config the settings
 * @param objective what training minimises
 * @param listener the listener to notify
 * @param cancellation ends the run early
 * @param folder the folder for checkpoints; empty to write none
 * @param gradients opens the source of gradients; empty to compute them in this process
 */
@Internal
public record RunSetup(
    LanguageModel model,
    Tokenizer tokenizer,
    QuestionPrompt prompt,
    Sources sources,
    LoraConfig lora,
    TrainingConfig config,
    Objective objective,
    TrainingListener listener,
    Cancellation cancellation,
    Optional<Path> folder,
    Optional<GradientSource.Opener> gradients) {

  /** Returns the lineage of an adapter trained on these questions, without what a run measures. */
  public Lineage lineage(Split split) {
    return lineage(Lineage.Data.of(split));
  }

  /** Returns the lineage of an adapter trained on this data, without what a run measures. */
  public Lineage lineage(Lineage.Data data) {
    Lineage settings =
        Lineage.of(prompted())
            .withData(data)
            .withSettings("lora", lora)
            .withSettings("training", config);
    Lineage lineage =
        sources
            .refutations()
            .map(checked -> settings.withSettings("refutations", checked.named()))
            .orElse(settings);
    if (!sources.unreasoned().isEmpty()) {
      lineage = lineage.withSettings("unreasoned", sources.unreasonedDigest());
    }
    return withKnowledge(lineage);
  }

  private Lineage withKnowledge(Lineage lineage) {
    return sources
        .knowledge()
        .map(k -> lineage.withKnowledge(new Lineage.Knowledge(k.base().id(), k.references())))
        .orElse(lineage);
  }

  /**
   * Returns the number of optimizer steps of a run on these questions.
   *
   * @throws io.telecomllm.InvalidDataException if there are no training questions, or none fits the
   *     sequence length
   * @throws io.telecomllm.IncompatibleException if a question holds a token that the model lacks
   */
  public long steps(Split split) {
    return new RunData(config, questions(split)).steps();
  }

  /** Returns the questions of a run as what it trains on. */
  TrainingData questions(Split split) {
    prompted().requireTokens();
    return new TrainingData(config, split, grounding(budget()), sources);
  }

  /** Returns the most tokens of a prompt with its answer in training. */
  public int budget() {
    return Math.min(config.maxSequenceLength(), model.config().contextLength());
  }

  /** Returns the tokenizer, and how many of its tokens the model has. */
  public KnownTokens tokens() {
    return prompted().tokens();
  }

  /** Returns the model with its tokenizer and prompt. */
  PromptedModel prompted() {
    return new PromptedModel(model, tokenizer, prompt);
  }

  /** Returns a grounding that turns questions into prompts of at most {@code budget} tokens. */
  Grounding grounding(int budget) {
    return new Grounding(prompt, tokens(), sources.knowledge(), budget);
  }

  /** Opens the source of the run's gradients, which the caller closes. */
  GradientSource source(LanguageModel computing, LoraAdapter adapter) {
    return gradients.orElse(InProcessGradients::of).open(computing, adapter, objective);
  }

  /** Returns the noise of a step, which depends on the seed and the number of the step only. */
  TrainingNoise noise(long step) {
    return new TrainingNoise(
        config.regularization().neftuneNoiseAlpha(),
        new Seed(config.seed()).child("step").child(step),
        0);
  }

  /** Returns whether the run must end now. */
  boolean stopped() {
    return cancellation.requested() || Thread.currentThread().isInterrupted();
  }
}
