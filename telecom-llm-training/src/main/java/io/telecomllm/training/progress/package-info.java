/**
 * What a program sees of a run. While it is under way, a {@link
 * io.telecomllm.training.progress.TrainingListener} receives each event as a record: start, step,
 * evaluation, checkpoint, shortage of memory, anomaly, end. A {@link
 * io.telecomllm.training.progress.Cancellation} ends it early. Afterwards a {@link
 * io.telecomllm.training.progress.TrainingReport} says what it did, or a {@link
 * io.telecomllm.training.progress.LearningRateRange} which learning rates work. These are plain
 * values: nothing here computes.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.progress;
