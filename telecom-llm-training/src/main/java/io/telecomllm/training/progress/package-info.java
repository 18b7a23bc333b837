/**
 * What a caller sees of a run. While it goes on, a {@link
 * io.telecomllm.training.progress.TrainingListener} is told of each event in a record: start, step,
 * evaluation, checkpoint, anomaly. A {@link io.telecomllm.training.progress.Cancellation} ends it
 * early. Afterwards a {@link io.telecomllm.training.progress.TrainingReport} says what it did, or a
 * {@link io.telecomllm.training.progress.LearningRateRange} which learning rates work. Plain
 * values: nothing here computes.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.progress;
