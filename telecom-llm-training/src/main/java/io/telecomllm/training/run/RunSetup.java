package io.telecomllm.training.run;

import io.telecomllm.data.Split;
import io.telecomllm.grounding.Grounding;
import io.telecomllm.grounding.Knowledge;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.training.gradients.GradientSource;
import io.telecomllm.training.objective.Objective;
import io.telecomllm.training.progress.Cancellation;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.settings.TrainingConfig;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Everything that a run is made of but its questions.
 *
 * @param model whose weights stay frozen
 * @param tokenizer of the model; open as long as the run
 * @param prompt how a question is put
 * @param knowledge where the references before a question come from; empty: there are none
 * @param lora what the adapter changes
 * @param config the settings
 * @param objective what is minimised
 * @param listener told of each event
 * @param cancellation ends the run early
 * @param folder of the checkpoints; empty: none are written
 * @param gradients who computes them; empty: this process
 */
public record RunSetup(
    LanguageModel model,
    Tokenizer tokenizer,
    QuestionPrompt prompt,
    Optional<Knowledge> knowledge,
    LoraConfig lora,
    TrainingConfig config,
    Objective objective,
    TrainingListener listener,
    Cancellation cancellation,
    Optional<Path> folder,
    Optional<GradientSource.Opener> gradients) {

  /** Where an adapter of a run on these questions comes from; what a run measures is not in it. */
  public Lineage lineage(Split split) {
    Lineage lineage =
        Lineage.of(prompted())
            .withData(Lineage.Data.of(split))
            .withSettings("lora", lora)
            .withSettings("training", config);
    return knowledge
        .map(k -> lineage.withKnowledge(new Lineage.Knowledge(k.base().id(), k.references())))
        .orElse(lineage);
  }

  /**
   * The number of optimizer steps of a run on these questions.
   *
   * @throws io.telecomllm.InvalidDataException if no question fits the sequence length, or there is
   *     none
   */
  public long steps(Split split) {
    return data(split).steps();
  }

  /** What a run on these questions learns from. */
  TrainingData data(Split split) {
    int context = model.config().contextLength();
    return new TrainingData(
        config, split, grounding(Math.min(config.maxSequenceLength(), context)));
  }

  /** The model with what it reads questions by. */
  PromptedModel prompted() {
    return new PromptedModel(model, tokenizer, prompt);
  }

  /** Turns questions into prompts of at most that many tokens. */
  Grounding grounding(int budget) {
    return new Grounding(prompt, tokenizer, knowledge, budget);
  }

  /** Whether the run is to end now. */
  boolean stopped() {
    return cancellation.requested() || Thread.currentThread().isInterrupted();
  }
}
