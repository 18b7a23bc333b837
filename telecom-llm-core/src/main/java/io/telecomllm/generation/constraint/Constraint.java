package io.telecomllm.generation.constraint;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a generated text may be, as an automaton over the bytes of its UTF-8 form: bytes, since a
 * token may hold a part of a character only. Immutable.
 */
public interface Constraint {
  /** Returns the state before the first byte. */
  State start();

  /**
   * Returns the constraint that a text is exactly one of the options. One may be the beginning of
   * another.
   *
   * @param options at least one, none of them blank, no two equal
   */
  static Constraint options(List<String> options) {
    return Options.of(options);
  }

  /** What has been read so far. Immutable, so that a state can be tried and dropped. */
  interface State {
    /**
     * Returns the state after one more byte; null if the text must not go on with it.
     *
     * @param octet the byte, 0 to 255
     */
    @Nullable State next(int octet);

    /** Returns whether the text may end here. */
    boolean complete();
  }
}
