package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * A limit to how far attention looks back.
 *
 * @param size {@code sliding_window}: the number of positions that a row attends to, with its own
 * @param firstLayer {@code max_window_layers}: the first layer with the limit; those below it have
 *     none
 */
public record SlidingWindow(int size, int firstLayer) {
  /** Checks the ranges. */
  public SlidingWindow {
    checkArgument(size >= 1, "sliding_window is %s, must be at least 1", size);
    checkArgument(firstLayer >= 0, "max_window_layers is %s, must be at least 0", firstLayer);
  }
}
