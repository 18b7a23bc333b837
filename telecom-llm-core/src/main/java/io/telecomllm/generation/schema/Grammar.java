package io.telecomllm.generation.schema;

import io.telecomllm.generation.constraint.Constraint.State;

/**
 * The texts that a value may have at one place of a document. Immutable.
 *
 * <p>States are compared, so that equal ways to read a text count once. They are records; a grammar
 * is compared by identity.
 */
interface Grammar {
  /**
   * Returns the state before the first byte of the value.
   *
   * @param after the state behind its last byte, which never goes on with a byte that could still
   *     belong to a value
   */
  State start(State after);

  /** Returns the number of bytes of the shortest text. */
  long shortest();
}
