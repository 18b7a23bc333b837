package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Attention that looks back no further than some positions.
 *
 * @param size {@code sliding_window}: positions that a row sees, its own among them
 * @param firstLayer the first layer with it; those below see everything ({@code max_window_layers})
 */
public record SlidingWindow(int size, int firstLayer) {
  /** Checks the ranges. */
  public SlidingWindow {
    checkArgument(size >= 1, "sliding_window is %s, must be at least 1", size);
    checkArgument(firstLayer >= 0, "max_window_layers is %s, must be at least 0", firstLayer);
  }
}
