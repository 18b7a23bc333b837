package io.telecomllm.model.files;

import io.telecomllm.model.DecoderBuilder;
import io.telecomllm.model.WeightType;
import io.telecomllm.quantization.BlockWeight;
import io.telecomllm.quantization.ByteTable;
import io.telecomllm.quantization.DenseWeight;
import io.telecomllm.quantization.GroupPacking;
import io.telecomllm.quantization.GroupWeight;
import io.telecomllm.quantization.Int8Packing;
import io.telecomllm.quantization.Int8Weight;
import io.telecomllm.quantization.MatrixSource;
import io.telecomllm.quantization.Table;
import io.telecomllm.quantization.Weight;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lays the linear layers of another source out for answering, as far as their sizes allow.
 *
 * @param source where the weights come from
 * @param type INT4 or INT8
 */
record AnsweringWeights(DecoderBuilder.Source source, WeightType type)
    implements DecoderBuilder.Source {
  @Override
  public Tensor dense(String name, DataType type, Scope scope, long... shape) {
    return source.dense(name, type, scope, shape);
  }

  @Override
  public @Nullable Weight packed(String name, Scope scope, int out, int in) {
    if (type == WeightType.INT8) {
      return int8(Map.of(name, out), in, scope);
    }
    if (!GroupWeight.fits(out, in)) {
      return source.packed(name, scope, out, in);
    }
    try (Scope work = scope.child()) {
      return GroupPacking.pack(name, stored(name, work, out, in), scope);
    }
  }

  @Override
  public @Nullable Int8Weight together(Map<String, Integer> names, Scope scope, int in) {
    return type == WeightType.INT8 ? int8(names, in, scope) : null;
  }

  /** Returns matrices (out, in) one below the other, given the number of outputs of each. */
  private Int8Weight int8(Map<String, Integer> names, int in, Scope scope) {
    int all = names.values().stream().mapToInt(out -> out).sum();
    try (Int8Packing packing = new Int8Packing(all, in, scope.device())) {
      names.forEach(
          (name, out) -> {
            try (Scope work = scope.child()) {
              packing.add(name, stored(name, work, out, in));
            }
          });
      return packing.pack(scope);
    }
  }

  private Weight stored(String name, Scope scope, int out, int in) {
    Weight stored = source.packed(name, scope, out, in);
    return stored == null
        ? new DenseWeight(source.dense(name, DataType.FLOAT32, scope, out, in), DataType.FLOAT32)
        : stored;
  }

  @Override
  public @Nullable Table table(String name, Scope scope, int rows, int features) {
    return source.table(name, scope, rows, features);
  }

  @Override
  public @Nullable Table head(String name, Scope scope, int rows, int features) {
    Table stored = source.table(name, scope, rows, features);
    if (type == WeightType.INT4 && stored instanceof BlockWeight blocks && ByteTable.fits(blocks)) {
      ByteTable bytes = ByteTable.of(blocks, scope);
      blocks.raw().close();
      return bytes;
    }
    return stored;
  }

  /** Text needs the logits of all tokens, one row at a time. */
  @Override
  public @Nullable Int8Weight wholeHead(String name, Table table, Scope scope) {
    if (type != WeightType.INT8) {
      return null;
    }
    try (Int8Packing packing = new Int8Packing(table.out(), table.in(), scope.device())) {
      packing.add(name, table);
      return packing.pack(scope);
    }
  }

  @Override
  public @Nullable MatrixSource matrix(String name, int out, int in) {
    return source.matrix(name, out, in);
  }
}
