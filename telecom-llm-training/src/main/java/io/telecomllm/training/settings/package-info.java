/**
 * The settings of a run, in TRL's words and Java's case. {@link
 * io.telecomllm.training.settings.TrainingConfig} holds them all: some itself, the others in
 * records by what they are about (optimizer, schedule, regularization, evaluation, checkpoint,
 * anomaly). Each record checks its ranges when it is made, so settings that exist are valid; all
 * are immutable.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.settings;
