package io.telecomllm.embedding;

import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * The network: embeddings, layers, pooling. Immutable; the scope owns its weights.
 *
 * @param words (vocabulary, hidden) in the compute type
 * @param positions (positions, hidden), fp32: position and token type 0
 */
record Encoder(
    Scope scope,
    EncoderConfig config,
    DataType type,
    Tensor words,
    Tensor positions,
    EncoderLayer.LayerNorm norm,
    List<EncoderLayer> layers) {
  /** Returns the pooled rows (texts, hidden), one text after the other, not yet of length 1. */
  float[] pooled(TextBatch texts) {
    Device device = scope.device();
    try (Scope result = Scope.open(device)) {
      Tensor x = embedded(texts, result);
      for (EncoderLayer layer : layers) {
        Tensor before = x;
        try (Scope work = result.child()) {
          x = result.adopt(layer.forward(work.operators(), x, texts));
        }
        before.close();
      }
      return result.operators().toFloats(pooled(result.operators(), x, texts));
    }
  }

  private Tensor embedded(TextBatch texts, Scope owner) {
    try (Scope work = owner.child()) {
      Operators ops = work.operators();
      Tensor x = ops.embed(words, ops.longs(texts.ids()), DataType.FLOAT32);
      ops.addInPlace(x, ops.selectRows(positions, ops.longs(texts.positions())), 1);
      return owner.adopt(ops.to(norm.of(ops, x), type));
    }
  }

  private Tensor pooled(Operators ops, Tensor x, TextBatch texts) {
    Tensor exact = ops.to(x, DataType.FLOAT32);
    return switch (config.pooling()) {
      case CLS -> ops.selectRows(exact, ops.longs(texts.starts()));
      case MEAN -> ops.matmul(means(ops, texts), exact);
    };
  }

  /** Returns the matrix (texts, rows) whose product with the rows is the mean of each text. */
  private static Tensor means(Operators ops, TextBatch texts) {
    int[] starts = texts.starts();
    int rows = texts.texts().stream().mapToInt(text -> text.length).sum();
    return ops.filled(
        DataType.FLOAT32,
        bytes -> {
          FloatBuffer share = bytes.asFloatBuffer();
          for (int i = 0; i < starts.length; i++) {
            int length = texts.texts().get(i).length;
            for (int row = 0; row < rows; row++) {
              boolean own = row >= starts[i] && row < starts[i] + length;
              share.put(own ? 1f / length : 0);
            }
          }
        },
        starts.length,
        rows);
  }
}
