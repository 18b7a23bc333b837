package io.telecomllm.lineage;

/** What a caller may accept by name where an adapter and its lineage do not agree. */
public enum Accept {
  /** The base model has another fingerprint; the probes are not replayed then. */
  OTHER_BASE,
  /** The tokenizer has another digest; the probes are not replayed then. */
  OTHER_TOKENIZER,
  /** Questions are written in another way; the probes are not replayed then. */
  OTHER_PROMPT,
  /** The adapted model answers a probe otherwise than when the adapter was saved. */
  OTHER_SCORES
}
