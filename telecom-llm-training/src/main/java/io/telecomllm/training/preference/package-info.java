/**
 * Trains an adapter to prefer one answer to another, by direct preference optimization (Rafailov et
 * al. 2023).
 *
 * <p>A {@link io.telecomllm.training.preference.PreferencePair} is a conversation with two answers,
 * of which the first is better. {@link io.telecomllm.training.preference.QuestionPairs} makes them
 * from multiple-choice questions: the right option against the wrong one that the model finds most
 * probable. {@link io.telecomllm.training.preference.PreferenceTrainer} trains on them, with the
 * loop, checkpoints and reports of {@link io.telecomllm.training.QLoraTrainer}. What the adapter is
 * compared with is the model itself: the same rows once more, without the adapter.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.preference;
