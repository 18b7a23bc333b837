/**
 * Gradients from Apache Spark's executors, see {@link io.telecomllm.training.spark.SparkGradients}.
 * An optimizer step is a job: the adapter's values are broadcast, each executor computes gradients
 * with a model that it loads once ({@code ExecutorAdapter}), and the driver adds them in a fixed
 * order ({@code Exchange}), so that a task that ran twice changes nothing.
 *
 * <p>Spark is an optional dependency with the scope provided: a program that uses this package must
 * bring it. No other package of training uses Spark.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.spark;
