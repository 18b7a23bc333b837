/**
 * Says what an evaluation shows and how certain that is.
 *
 * <p>{@link io.telecomllm.inference.evaluation.report.EvaluationFigures} are the figures of an
 * evaluation with their intervals: of all questions, of each category, of the questions that a
 * guess without knowledge gets wrong, and of those without their right option. {@link
 * io.telecomllm.inference.evaluation.report.EvaluationReport} writes them as JSON and as a page.
 *
 * <p>A {@link io.telecomllm.inference.evaluation.report.Comparison} sets a candidate against a
 * baseline on the same questions, and a {@link io.telecomllm.inference.evaluation.report.Gate}
 * decides whether the candidate may take its place:
 *
 * <pre>{@code
 * Comparison comparison =
 *     Comparison.of(new Named("yesterday", old), new Named("tonight", fresh), Bootstrap.seeded(1));
 * Verdict verdict = Gate.defaults().judge(comparison);
 * ComparisonReport.write(folder, comparison, verdict);
 * if (!verdict.passed()) {
 *   throw new IllegalStateException(verdict.toString());
 * }
 * }</pre>
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.inference.evaluation.report;
