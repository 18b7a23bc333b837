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
 * @param cache where keys and values of earlier rows lie; null where there are none
 */
record Pass(
    ModelConfig config,
    Tensor cos,
    Tensor sin,
    Map<Integer, Segments> segments,
    @Nullable KvCache cache,
    Workspace workspace,
    Deltas deltas) {
  /** Which keys each row of that layer sees. */
  Segments segments(int layer) {
    return Objects.requireNonNull(segments.get(config.window(layer)));
  }

  /** What the adapter puts in a parameter's place, or else the base's own. */
  Tensor parameter(String name, Tensor own) {
    Tensor replaced = deltas.parameter(name);
    return replaced == null ? own : replaced;
  }
}
