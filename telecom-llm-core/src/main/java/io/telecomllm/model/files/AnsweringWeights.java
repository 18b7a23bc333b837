package io.telecomllm.model.files;

import io.telecomllm.model.DecoderBuilder;
import io.telecomllm.quantization.BlockWeight;
import io.telecomllm.quantization.ByteTable;
import io.telecomllm.quantization.DenseWeight;
import io.telecomllm.quantization.GroupPacking;
import io.telecomllm.quantization.GroupWeight;
import io.telecomllm.quantization.MatrixSource;
import io.telecomllm.quantization.Table;
import io.telecomllm.quantization.Weight;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Lays the linear layers of another source out for answering, as far as their sizes allow.
 *
 * @param source where the weights come from
 */
record AnsweringWeights(DecoderBuilder.Source source) implements DecoderBuilder.Source {
  @Override
  public Tensor dense(String name, DataType type, Scope scope, long... shape) {
    return source.dense(name, type, scope, shape);
  }

  @Override
  public @Nullable Weight packed(String name, Scope scope, int out, int in) {
    if (!GroupWeight.fits(out, in)) {
      return source.packed(name, scope, out, in);
    }
    try (Scope work = scope.child()) {
      Weight stored = source.packed(name, work, out, in);
      if (stored == null) {
        Tensor matrix = source.dense(name, DataType.FLOAT32, work, out, in);
        stored = new DenseWeight(matrix, DataType.FLOAT32);
      }
      return GroupPacking.pack(name, stored, scope);
    }
  }

  @Override
  public @Nullable Table table(String name, Scope scope, int rows, int features) {
    return source.table(name, scope, rows, features);
  }

  @Override
  public @Nullable Table head(String name, Scope scope, int rows, int features) {
    Table stored = source.table(name, scope, rows, features);
    if (stored instanceof BlockWeight blocks && ByteTable.fits(blocks)) {
      ByteTable bytes = ByteTable.of(blocks, scope);
      blocks.raw().close();
      return bytes;
    }
    return stored;
  }

  @Override
  public @Nullable MatrixSource matrix(String name, int out, int in) {
    return source.matrix(name, out, in);
  }
}
