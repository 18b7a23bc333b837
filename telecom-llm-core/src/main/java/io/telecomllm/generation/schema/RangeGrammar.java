package io.telecomllm.generation.schema;

import io.telecomllm.generation.constraint.Constraint.State;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A number from a least to a greatest value, without exponent: an integer, or one with up to a
 * number of decimals. A digit is allowed if some number in the range begins with the digits so far.
 *
 * <p>Zero has no sign, as Java's integers have it.
 */
final class RangeGrammar implements Grammar {
  private final @Nullable Magnitudes negative;
  private final @Nullable Magnitudes positive;

  /**
   * Creates the grammar of a range that is not empty.
   *
   * @param decimals the most digits behind the point; 0 for integers
   * @param least the least value, times 10 to the power of {@code decimals}
   * @param greatest the greatest value, times 10 to the power of {@code decimals}
   */
  RangeGrammar(int decimals, long least, long greatest) {
    // the magnitude of the least long is right if read without sign
    negative = least < 0 ? new Magnitudes(decimals, Math.max(1, -greatest), -least) : null;
    positive = greatest >= 0 ? new Magnitudes(decimals, Math.max(0, least), greatest) : null;
  }

  @Override
  public State start(State after) {
    return new Start(this, after);
  }

  @Override
  public long shortest() {
    List<Integer> lengths = new ArrayList<>();
    if (positive != null) {
      lengths.add(positive.shortest());
    }
    if (negative != null) {
      lengths.add(1 + negative.shortest());
    }
    return lengths.stream().mapToInt(length -> length).min().orElseThrow();
  }

  private record Start(RangeGrammar range, State after) implements State {
    @Override
    public @Nullable State next(int octet) {
      Magnitudes side = octet == '-' ? range.negative : range.positive;
      if (side == null) {
        return null;
      }
      Read none = new Read(side, 0, 0, Magnitudes.NO_POINT, after);
      return octet == '-' ? none : none.next(octet);
    }

    @Override
    public boolean complete() {
      return false;
    }
  }

  /**
   * Digits that were read.
   *
   * @param digits all of them as one number
   * @param whole how many of them are before the point
   * @param places how many are behind it
   */
  private record Read(Magnitudes side, long digits, int whole, int places, State after)
      implements State {
    @Override
    public @Nullable State next(int octet) {
      if (octet >= '0' && octet <= '9') {
        boolean leadingZero = places == Magnitudes.NO_POINT && whole > 0 && digits == 0;
        long longer = digits * 10 + (octet - '0');
        return leadingZero
            ? null
            : places == Magnitudes.NO_POINT
                ? to(longer, whole + 1, places)
                : to(longer, whole, places + 1);
      } else if (octet == '.') {
        return whole > 0 && places == Magnitudes.NO_POINT ? to(digits, whole, 0) : null;
      }
      return ends() ? after.next(octet) : null;
    }

    private @Nullable State to(long longer, int more, int behind) {
      return side.reaches(longer, more, behind)
          ? new Read(side, longer, more, behind, after)
          : null;
    }

    private boolean ends() {
      return whole > 0 && places != 0 && side.holds(digits, places);
    }

    @Override
    public boolean complete() {
      return ends() && after.complete();
    }
  }
}
