/**
 * Compares training with transformers, PEFT and bitsandbytes, the peer, and texts with those of
 * transformers and llama.cpp.
 *
 * <p>{@link io.telecomllm.examples.peers.CurveComparison} is the program for training. It reads
 * what the peer's script wrote ({@code PeerRun}), trains on exactly the same tokens in the same
 * order, and compares the loss curves and the accuracy. {@link
 * io.telecomllm.examples.peers.PeerQuestion} and {@link io.telecomllm.examples.peers.PythonRandom}
 * give the peer's questions in the peer's order; the benchmarks use them too. {@link
 * io.telecomllm.examples.peers.GreedyTexts} writes the texts that {@code tools} compare.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.examples.peers;
