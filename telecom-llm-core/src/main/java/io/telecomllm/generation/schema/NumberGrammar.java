package io.telecomllm.generation.schema;

import io.telecomllm.generation.constraint.Constraint.State;
import org.jspecify.annotations.Nullable;

/**
 * Any number in JSON's grammar (RFC 8259, section 6) with at most 20 digits before and 20 behind
 * the point and an exponent of at most 2, so that it ends and a double can hold it.
 */
enum NumberGrammar implements Grammar {
  ANY;

  @Override
  public State start(State after) {
    return new Read(Phase.START, 0, after);
  }

  @Override
  public long shortest() {
    return 1;
  }

  /** The part of a number that was read last. */
  private enum Phase {
    START(0, false),
    MINUS(1, false),
    ZERO(1, true),
    WHOLE(20, true),
    POINT(1, false),
    PLACES(20, true),
    E(1, false),
    SIGN(1, false),
    EXPONENT(2, true);

    private final int limit;
    private final boolean last;

    /**
     * Creates a part.
     *
     * @param limit the most bytes of it
     * @param last whether a number may end with it
     */
    Phase(int limit, boolean last) {
      this.limit = limit;
      this.last = last;
    }

    private @Nullable Phase next(int octet) {
      boolean digit = octet >= '0' && octet <= '9';
      return switch (this) {
        case START, MINUS ->
            digit ? octet == '0' ? ZERO : WHOLE : this == START && octet == '-' ? MINUS : null;
        case ZERO -> octet == '.' ? POINT : exponent(octet);
        case WHOLE -> digit ? WHOLE : octet == '.' ? POINT : exponent(octet);
        case POINT -> digit ? PLACES : null;
        case PLACES -> digit ? PLACES : exponent(octet);
        case E -> digit ? EXPONENT : octet == '+' || octet == '-' ? SIGN : null;
        case SIGN, EXPONENT -> digit ? EXPONENT : null;
      };
    }

    private static @Nullable Phase exponent(int octet) {
      return octet == 'e' || octet == 'E' ? E : null;
    }
  }

  private record Read(Phase phase, int bytes, State after) implements State {
    @Override
    public @Nullable State next(int octet) {
      Phase next = phase.next(octet);
      if (next == null) {
        return phase.last ? after.next(octet) : null;
      }
      int length = next == phase ? bytes + 1 : 1;
      return length > next.limit ? null : new Read(next, length, after);
    }

    @Override
    public boolean complete() {
      return phase.last && after.complete();
    }
  }
}
