package io.telecomllm.lora;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.List;

/**
 * A linear layer that can be adapted.
 *
 * @param name its full name, such as {@code model.layers.0.self_attn.qkv_proj}
 * @param out output features
 * @param in input features
 * @param slices which rows of its output play which role; empty where that is not known
 */
public record AdaptedModule(String name, int out, int in, List<Slice> slices) {
  /**
   * Some rows of a layer's output.
   *
   * @param role what they are
   * @param start the first row
   * @param out how many rows
   */
  public record Slice(TargetModule role, int start, int out) {}

  /** Checks that the slices lie within the layer. */
  public AdaptedModule {
    slices = List.copyOf(slices);
    for (Slice slice : slices) {
      checkArgument(
          slice.start() >= 0 && slice.out() > 0 && (long) slice.start() + slice.out() <= out,
          "%s lies outside the %s rows of %s",
          slice,
          out,
          name);
    }
  }

  /** A layer of unknown roles. */
  public AdaptedModule(String name, int out, int in) {
    this(name, out, in, List.of());
  }

  /** The last part of its name. */
  String lastName() {
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
