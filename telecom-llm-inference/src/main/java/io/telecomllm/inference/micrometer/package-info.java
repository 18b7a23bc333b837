/**
 * Measures an answerer with Micrometer.
 *
 * <p>{@link io.telecomllm.inference.micrometer.AnswererMetrics} binds timers, counters and a gauge
 * of a {@link io.telecomllm.inference.TelecomAnswerer} to a registry.
 *
 * <p>Micrometer is an optional dependency: a program that uses this package brings {@code
 * micrometer-core} itself.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.inference.micrometer;
