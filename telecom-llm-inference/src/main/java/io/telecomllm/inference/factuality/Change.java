package io.telecomllm.inference.factuality;

/** What is false about a claim that was made from a true sentence; or nothing. */
public enum Change {
  /** Nothing: the sentence as it is. */
  NONE,
  /** A right answer to its question; nothing is false. */
  RIGHT_OPTION,
  /** A wrong answer to its question. */
  WRONG_OPTION,
  /** Another number. */
  NUMBER,
  /** The same number in another unit. */
  UNIT,
  /** May instead of shall, or the reverse. */
  OBLIGATION,
  /** A denial added or taken away. */
  NEGATION,
  /** Another acronym in place of one. */
  ENTITY,
  /** Another release. */
  RELEASE,
  /** Attributed to a clause that does not exist. */
  INVENTED_CLAUSE,
  /** Words in quotation marks that stand nowhere. */
  INVENTED_QUOTATION,
  /** Words in quotation marks that stand in the knowledge base; nothing is false. */
  TRUE_QUOTATION;

  /** Returns whether the claim holds. */
  public boolean holds() {
    return this == NONE || this == RIGHT_OPTION || this == TRUE_QUOTATION;
  }
}
