/**
 * Listeners that record a run while it is under way, and pages to read after it.
 *
 * <ul>
 *   <li>{@link io.telecomllm.training.tracking.MetricsFile} writes {@code metrics.jsonl}, a JSON
 *       object per event.
 *   <li>{@link io.telecomllm.training.tracking.TensorBoardFile} writes event files for TensorBoard.
 *   <li>{@link io.telecomllm.training.tracking.MlflowTracker} sends events to an MLflow server, on
 *       a thread of its own, and never holds training up.
 *   <li>{@link io.telecomllm.training.tracking.HtmlReport} writes a page of a run, or of a
 *       learning-rate range test.
 * </ul>
 *
 * <p>The first three are {@link io.telecomllm.training.progress.TrainingListener}s and must be
 * closed after the run. The two that write files throw if they cannot, which ends the run.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.tracking;
