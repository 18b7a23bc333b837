/**
 * Makes the tiny model of the examples: its tokenizer ({@code BytePairTrainer}), the task that it
 * learns ({@code MatchingTask}), the weights that it starts with ({@code CircuitInitialization}),
 * and the training ({@code Pretraining}).
 *
 * <p>{@link io.telecomllm.examples.pretraining.PretrainTinyModel} is the program. The model can
 * match words between texts and knows nothing of options or answers, so that fine-tuning has
 * something to teach it.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.examples.pretraining;
