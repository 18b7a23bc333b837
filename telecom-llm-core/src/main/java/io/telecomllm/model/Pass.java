package io.telecomllm.model;

import io.telecomllm.lora.Deltas;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Segments;
import io.telecomllm.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What every layer of one forward or backward pass shares.
 *
 * @param cos of the rows' positions, (rows, head size / 2)
 * @param sin likewise
 * @param segments which keys each row sees
 * @param cache where keys and values of earlier rows lie; null where there are none
 */
record Pass(
    ModelConfig config,
    Tensor cos,
    Tensor sin,
    Segments segments,
    @Nullable KvCache cache,
    Workspace workspace,
    Deltas deltas) {
  /**
   * The heads of a projected matrix (rows, width) from feature {@code start} on: (rows, heads,
   * size).
   */
  Tensor heads(Operators ops, Tensor x, int start, int heads) {
    Tensor part = ops.narrow(x, 1, start, (long) heads * config.headSize());
    return ops.reshape(part, x.size(0), heads, config.headSize());
  }
}
