package io.telecomllm.lineage;

/** The differences between an adapter's lineage and its use that a program may accept by name. */
public enum Accept {
  /** The base model has another fingerprint; the probes are then not asked. */
  OTHER_BASE,
  /** The tokenizer has another digest; the probes are then not asked. */
  OTHER_TOKENIZER,
  /** The prompt of questions has another digest; the probes are then not asked. */
  OTHER_PROMPT,
  /** The adapted model answers a probe differently from when the adapter was saved. */
  OTHER_SCORES
}
