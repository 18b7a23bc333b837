package io.telecomllm.generation.schema;

import static com.google.common.base.Preconditions.checkNotNull;

import com.google.common.math.LongMath;
import io.telecomllm.generation.constraint.Constraint.State;
import org.jspecify.annotations.Nullable;

/** An array; its position is the number of elements. */
final class ArrayGrammar extends Container {
  /** The number of elements that stands for no upper limit. */
  static final int UNLIMITED = Integer.MAX_VALUE;

  private final @Nullable Grammar items;
  private final int min;
  private final int max;
  private final int counted;

  /**
   * Creates the grammar of arrays of {@code min} to {@code max} elements.
   *
   * @param items the elements; null if there is none that fits in, and none is needed
   */
  ArrayGrammar(@Nullable Grammar items, int min, int max, int depth) {
    super('[', ']', depth);
    this.items = items;
    this.min = min;
    this.max = items == null ? 0 : max;
    // beyond the minimum all counts are alike
    this.counted = max == UNLIMITED ? min : max;
  }

  @Override
  boolean mayEnd(int position) {
    return position >= min;
  }

  @Override
  boolean mayGoOn(int position) {
    return position < max;
  }

  @Override
  State element(int position, State after) {
    return checkNotNull(items).start(behind(Math.min(position + 1, counted), after));
  }

  @Override
  public long shortest() {
    long elements = items == null ? 0 : LongMath.saturatedMultiply(min, items.shortest());
    return LongMath.saturatedAdd(elements, 2L + Math.max(0, min - 1));
  }
}
