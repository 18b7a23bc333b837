package io.telecomllm.model;

import io.telecomllm.lora.Deltas;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.Segments;
import io.telecomllm.tensor.Tensor;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What every layer of one forward or backward pass shares.
 *
 * @param cos of the rows' positions, (rows, rotated features / 2)
 * @param sin likewise
 * @param segments which keys each row sees, by the size of the window (0: all)
 * @param wanted what of the last layer's result is read; null: all of it
 * @param cache where keys and values of earlier rows lie; null where there are none
 * @param recorded whether a backward follows
 */
record Pass(
    ModelConfig config,
    Tensor cos,
    Tensor sin,
    Map<Integer, Segments> segments,
    @Nullable Wanted wanted,
    @Nullable KvCache cache,
    Workspace workspace,
    Deltas deltas,
    boolean recorded) {
  /** The same with another workspace. */
  Pass with(Workspace other) {
    return new Pass(config, cos, sin, segments, wanted, cache, other, deltas, recorded);
  }

  /** What of that layer's result is read; null: all of it, since attention reads the others'. */
  @Nullable Wanted wanted(int layer) {
    return layer == config.layers() - 1 ? wanted : null;
  }

  /** Which keys each querying row of that layer sees. */
  Segments segments(int layer) {
    Wanted few = wanted(layer);
    return few != null
        ? few.segments()
        : Objects.requireNonNull(segments.get(config.window(layer)));
  }

  /** What the adapter puts in a parameter's place, or else the base's own. */
  Tensor parameter(String name, Tensor own) {
    Tensor replaced = deltas.parameter(name);
    return replaced == null ? own : replaced;
  }
}
