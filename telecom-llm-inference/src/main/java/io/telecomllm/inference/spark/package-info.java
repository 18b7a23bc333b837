/**
 * Answering many questions on Apache Spark: each executor loads the model once and answers its
 * partitions. Spark is not among this library's dependencies; whoever uses it brings it along.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.inference.spark;
