package io.telecomllm.lora;

import java.util.List;

/**
 * A linear layer that can be adapted.
 *
 * @param name its full name, such as {@code model.layers.0.self_attn.qkv_proj}
 * @param out output features
 * @param in input features
 * @param slices which rows of its output play which part, first to last
 */
public record AdaptedModule(String name, int out, int in, List<Slice> slices) {
  /**
   * Rows [start, start + out) of a layer's output.
   *
   * @param role what they are
   * @param start the first row
   * @param out the number of rows
   */
  public record Slice(TargetModule role, int start, int out) {}

  /** Keeps a copy of the list. */
  public AdaptedModule {
    slices = List.copyOf(slices);
  }

  /** A layer of which no more is known than its size. */
  public AdaptedModule(String name, int out, int in) {
    this(name, out, in, List.of());
  }
}
