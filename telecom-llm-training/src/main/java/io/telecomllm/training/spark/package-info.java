/**
 * Gradients from Apache Spark's executors: an optimizer step is a job, the adapter's values are
 * broadcast, each executor computes gradients with a model that it loads once, and they are added
 * in a fixed order, so that a task that is run again changes nothing.
 *
 * <p>Spark is not among this library's dependencies; whoever uses {@link
 * io.telecomllm.training.spark.SparkGradients} brings it along. Nothing else knows it.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.spark;
