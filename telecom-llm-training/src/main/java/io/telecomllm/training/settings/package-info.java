/**
 * The settings of a run, with TRL's names in Java's case. {@link
 * io.telecomllm.training.settings.TrainingConfig} holds them all: some itself, the others in
 * records by topic (optimizer, schedule, regularization, evaluation, checkpoint, anomaly). Each
 * record checks its ranges when it is made, so settings that exist are valid; all are immutable.
 *
 * <p>A setting is defined once: its record has the component with its range, and its default in the
 * method {@code defaults}. The builder of {@link io.telecomllm.training.settings.TrainingConfig}
 * sets the components of all these records by name ({@link io.telecomllm.Records}).
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.settings;
