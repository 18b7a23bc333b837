/**
 * Shows a run while it goes on and after it: lines of JSON, TensorBoard's event files, MLflow, and
 * a page to read.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.tracking;
