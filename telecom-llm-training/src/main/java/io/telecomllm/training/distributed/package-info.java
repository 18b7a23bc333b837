/**
 * Training beyond one device. In one process, by {@link
 * io.telecomllm.training.distributed.Replicas}; beyond one machine, on Apache Spark's own means: an
 * optimizer step is a job, the adapter's values are broadcast, each executor computes gradients
 * with a model that it loads once, and they are added in a fixed order, so that a task that is run
 * again changes nothing.
 *
 * <p>Spark is not among this library's dependencies; whoever uses {@link
 * io.telecomllm.training.distributed.SparkGradients} brings it along. Nothing else here knows it.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.distributed;
