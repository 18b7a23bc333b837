/**
 * Compares settings: a {@link io.telecomllm.training.sweep.Sweep} trains an adapter for each
 * combination of learning rates, batches and ranks, one after the other, and compares them by their
 * loss of the choice on the validation questions.
 *
 * <p>Each combination is a {@link io.telecomllm.training.sweep.Trial}, a run of {@link
 * io.telecomllm.training.QLoraTrainer} with checkpoints of its own. {@code EvaluationPlan}
 * evaluates all trials after the same shares of their steps; after each evaluation {@code
 * MedianRule} ends a trial that does worse than the completed ones. {@code SweepFolder} keeps the
 * results in {@code sweep.json}, from which a sweep that was killed resumes, and writes {@code
 * sweep.html} ({@code SweepPage}) for people.
 *
 * <p>Start reading at {@link io.telecomllm.training.sweep.Sweep#run}, then {@code TrialRun}.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.sweep;
