package io.telecomllm.lora;

/** The values that a new adapter begins with. */
public enum LoraInitialization {
  /** a uniform in +-1/sqrt(in), b zero: nothing changes at first. */
  KAIMING,
  /**
   * a and b from the weight's largest singular values, which are taken out of the frozen weight in
   * exchange: nothing changes at first, but the largest directions are trained (Meng et al. 2024).
   */
  PISSA,
  /**
   * a and b from the largest singular values of what quantisation took away: at first the adapter
   * repairs some of its error (Li et al. 2023, one iteration). Of dense weights it took nothing.
   */
  LOFTQ
}
