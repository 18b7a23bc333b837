package io.telecomllm.training.optimizer;

/**
 * How the learning rate goes on after its warm-up; each is transformers' {@code
 * get_..._schedule_with_warmup} of that name.
 */
public enum Schedule {
  /** It stays. */
  CONSTANT,
  /** It falls in a straight line. */
  LINEAR,
  /** It falls along half a cosine. */
  COSINE,
  /** It falls along half a cosine several times, each time from the top. */
  COSINE_WITH_RESTARTS
}
