/**
 * Measures the library: training steps, loading, the memory plan, audit records, knowledge bases
 * and look-ups of terms.
 *
 * <p>{@link io.telecomllm.examples.benchmarks.TrainingBenchmark}, {@link
 * io.telecomllm.examples.benchmarks.LoadingBenchmark}, {@link
 * io.telecomllm.examples.benchmarks.PlanBenchmark}, {@link
 * io.telecomllm.examples.benchmarks.AuditBenchmark}, {@link
 * io.telecomllm.examples.benchmarks.KnowledgeBenchmark} and {@link
 * io.telecomllm.examples.benchmarks.LexiconBenchmark} are programs; the last line of each is JSON.
 * Speeds are compared with something measured in the same run: a plain read or write of the same
 * bytes, or the matrix products alone ({@code MatmulBound}).
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.examples.benchmarks;
