package io.telecomllm.lora;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import java.util.List;

/**
 * A linear layer of the base model that can be adapted.
 *
 * @param name its full name, such as {@code model.layers.0.self_attn.qkv_proj}
 * @param out the number of output features
 * @param in the number of input features
 * @param slices the roles of its output rows; empty if they are not known
 */
@Internal
public record AdaptedModule(String name, int out, int in, List<Slice> slices) {
  /**
   * A range of a layer's output rows with one role.
   *
   * @param role their role
   * @param start the first row
   * @param out the number of rows
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

  /** Creates a layer whose roles are not known. */
  public AdaptedModule(String name, int out, int in) {
    this(name, out, in, List.of());
  }

  /** Returns the last part of its name. */
  String lastName() {
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
