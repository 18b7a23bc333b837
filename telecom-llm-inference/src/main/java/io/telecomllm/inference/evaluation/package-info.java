/**
 * Measures an answerer on questions whose answers are known.
 *
 * <p>{@link io.telecomllm.inference.evaluation.Evaluator} asks the questions and returns an {@link
 * io.telecomllm.inference.evaluation.Evaluation}: the accuracy with its interval, by category, and
 * on the questions that a guess without knowledge gets wrong. The last figure matters most: many
 * questions of TeleQnA can be guessed from the form of their options ({@link
 * io.telecomllm.data.NoKnowledgeHeuristic}).
 *
 * <p>All figures with their intervals, a page, and the comparison of two evaluations are in {@code
 * io.telecomllm.inference.evaluation.report}.
 *
 * <p>A {@link io.telecomllm.inference.evaluation.EvaluationListener} follows the progress; an
 * evaluation can be cancelled between batches.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.inference.evaluation;
