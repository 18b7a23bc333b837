/**
 * Programs to copy, each about a page long and run by the tests.
 *
 * <p>{@link io.telecomllm.examples.Quickstart} is where to start: it runs without any download.
 * {@link io.telecomllm.examples.FineTuneOnTeleQnA} and {@link
 * io.telecomllm.examples.SweepOnTeleQnA} are command lines for your own model; {@link
 * io.telecomllm.examples.ReadmeExample}, {@code LongRun} and {@code SettingsSearch} are the
 * README's code.
 *
 * <p>{@code benchmarks} measures speed and memory, {@code peers} compares with the Python stack,
 * and {@code pretraining} makes the tiny model that the quickstart trains.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.examples;
