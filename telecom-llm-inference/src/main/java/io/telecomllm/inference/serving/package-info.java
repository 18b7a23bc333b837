/**
 * Lets many threads share one model.
 *
 * <p>A scorer serves one thread at a time and keeps the computed instruction in its cache. {@link
 * io.telecomllm.inference.serving.ScorerPool} holds up to as many scorers as passes may run at a
 * time, makes them when they are needed, and gives a thread the scorer that was used last. Threads
 * that wait are served in order. The pool owns its scorers.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.inference.serving;
