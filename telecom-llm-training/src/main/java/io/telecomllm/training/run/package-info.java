/**
 * One run, from questions to a trained adapter. {@link io.telecomllm.training.run.RunSetup} holds
 * everything a run is made of; {@link io.telecomllm.training.run.TrainingRun} is the loop: steps,
 * and between them evaluations and checkpoints.
 *
 * <p>What a step does follows from the settings, its number, and the tensors of the step before.
 * {@code TrainingData} says which questions a step learns from; {@link
 * io.telecomllm.training.run.Optimization} turns their gradients into an update; {@code
 * AnomalyWatch} looks at the numbers first; {@code Validation} measures; {@code BestAdapter} keeps
 * the best values. {@code RunState} is what a resumed run needs besides tensors, {@code RunFolder}
 * writes and reads both.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.run;
