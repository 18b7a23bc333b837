package io.telecomllm.facts;

/** What the knowledge base says of a claim. */
public enum Verdict {
  /** It says the same. */
  SUPPORTED,
  /** It says otherwise. */
  REFUTED,
  /** It says nothing of it, or not enough to decide. That does not make the claim false. */
  NOT_ENOUGH_INFO
}
