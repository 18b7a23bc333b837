/**
 * One run, from questions to a trained adapter. {@link io.telecomllm.training.run.RunSetup} holds
 * everything that a run needs except its questions; {@link io.telecomllm.training.run.TrainingRun}
 * is the loop: steps, and between them evaluations and checkpoints.
 *
 * <p>What a step does follows from the settings, its number, and the tensors of the step before.
 * {@code TrainingData} chooses the questions of a step; {@link
 * io.telecomllm.training.run.Optimization} turns their gradients into an update; {@code
 * AnomalyWatch} checks the numbers first; {@code Validation} evaluates; {@code BestAdapter} keeps
 * the values of the best evaluation. {@code RunState} is what a resumed run needs in addition to
 * tensors; {@code RunFolder} writes and reads both. {@link io.telecomllm.training.run.RangeTest} is
 * a short loop of its own, without folder and evaluations.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.run;
