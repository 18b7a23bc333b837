/**
 * Measures the library: training steps, loading, and the memory plan.
 *
 * <p>{@link io.telecomllm.examples.benchmarks.TrainingBenchmark}, {@link
 * io.telecomllm.examples.benchmarks.LoadingBenchmark} and {@link
 * io.telecomllm.examples.benchmarks.PlanBenchmark} are programs; the last line of each is JSON.
 * Speeds are compared with something measured in the same run: a plain read of the same bytes, or
 * the matrix products alone ({@code MatmulBound}).
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.examples.benchmarks;
