/**
 * Answers many questions on Apache Spark.
 *
 * <p>{@link io.telecomllm.inference.spark.SparkAnswering} describes the model in plain values
 * ({@link io.telecomllm.model.files.ModelSpec}) and sends the description to the executors; each
 * loads the model once and answers its partitions. Weights never travel.
 *
 * <p>Spark is an optional dependency: a program that uses this package brings Spark itself.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.inference.spark;
