package io.telecomllm.generation.schema;

import io.telecomllm.generation.constraint.Constraint.State;
import org.jspecify.annotations.Nullable;

/** The end of a document. */
enum End implements State {
  DOCUMENT;

  @Override
  public @Nullable State next(int octet) {
    return null;
  }

  @Override
  public boolean complete() {
    return true;
  }
}
