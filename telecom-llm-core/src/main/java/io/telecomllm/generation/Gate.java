package io.telecomllm.generation;

import static com.google.common.base.Preconditions.checkState;

import io.telecomllm.generation.constraint.Constraint;
import io.telecomllm.tokenizer.TokenText;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Lets those tokens through whose bytes a {@link Constraint} allows. */
final class Gate {
  private final TokenText text;
  private final BitSet ends;
  private Constraint.State state;
  private boolean begun;

  /**
   * Creates a gate before the first token.
   *
   * @param ends the tokens that end a text, where it may end
   */
  Gate(Constraint constraint, TokenText text, BitSet ends) {
    this.text = text;
    this.ends = ends;
    this.state = constraint.start();
  }

  boolean allows(int id) {
    return ends.get(id) ? state.complete() : after(id) != null;
  }

  /** Goes through with an allowed token. */
  void pass(int id) {
    Constraint.State next = ends.get(id) ? state : after(id);
    checkState(next != null, "token %s is not allowed", id);
    state = next;
    begun = true;
  }

  /** Returns whether the text is complete and nothing may follow. */
  boolean closed() {
    if (!state.complete()) {
      return false;
    }
    for (int octet = 0; octet < 256; octet++) {
      if (state.next(octet) != null) {
        return false;
      }
    }
    return true;
  }

  private Constraint.@Nullable State after(int id) {
    byte[] bytes = text.bytes(id, !begun);
    Constraint.State next = bytes.length == 0 ? null : state;
    for (int i = 0; i < bytes.length && next != null; i++) {
      next = next.next(bytes[i] & 0xff);
    }
    return next;
  }
}
