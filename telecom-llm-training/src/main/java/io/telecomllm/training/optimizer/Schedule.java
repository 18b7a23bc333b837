package io.telecomllm.training.optimizer;

/**
 * How the learning rate changes after its warm-up. Each schedule is the one of that name in
 * transformers, {@code get_..._schedule_with_warmup}.
 */
public enum Schedule {
  /** Stays at its peak. */
  CONSTANT,
  /** Falls in a straight line. */
  LINEAR,
  /** Falls along half a cosine. */
  COSINE,
  /** Falls along half a cosine several times, each time from the peak. */
  COSINE_WITH_RESTARTS
}
