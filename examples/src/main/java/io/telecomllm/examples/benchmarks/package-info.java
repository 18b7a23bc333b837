/**
 * Measures the library: training steps, loading, the memory plan, and audit records.
 *
 * <p>{@link io.telecomllm.examples.benchmarks.TrainingBenchmark}, {@link
 * io.telecomllm.examples.benchmarks.LoadingBenchmark}, {@link
 * io.telecomllm.examples.benchmarks.PlanBenchmark} and {@link
 * io.telecomllm.examples.benchmarks.AuditBenchmark} are programs; the last line of each is JSON.
 * Speeds are compared with something measured in the same run: a plain read or write of the same
 * bytes, or the matrix products alone ({@code MatmulBound}).
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.examples.benchmarks;
