package io.telecomllm.model;

import io.telecomllm.InvalidDataException;
import io.telecomllm.quantization.BlockScales;
import io.telecomllm.quantization.FourBitCode;
import io.telecomllm.quantization.FourBitWeight;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.weights.GgufFile;
import io.telecomllm.weights.JsonView;
import io.telecomllm.weights.StrictJson;
import io.telecomllm.weights.TensorInfo;
import io.telecomllm.weights.TensorSource;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The tensors of a checkpoint by Hugging Face's names, read into tensors piece by piece. */
final class CheckpointTensors {
  private static final int PIECE_BYTES = 1 << 26;

  private final TensorSource source;
  private final boolean gguf;
  private final ModelConfig config;

  CheckpointTensors(TensorSource source, ModelConfig config) {
    this.source = source;
    this.gguf = source instanceof GgufFile;
    this.config = config;
  }

  private String stored(String name) {
    return gguf ? GgufNames.of(name) : name;
  }

  /** A vector or matrix in that type; the shape must be the expected one. */
  Tensor read(String name, DataType type, Scope scope, long... shape) {
    TensorInfo info = info(name, shape);
    Tensor target = scope.operators().empty(type, shape);
    Optional<DataType> plain = info.encoding().dataType();
    int rows = Math.toIntExact(shape[0]);
    long rowElements = info.elements() / rows;
    // a block encoding is read as floats; whole rows are whole blocks
    DataType staged = plain.orElse(DataType.FLOAT32);
    int step =
        (int) Math.max(1, Math.min(rows, PIECE_BYTES / Math.max(1, rowElements * staged.bytes())));
    for (int row = 0; row < rows; row += step) {
      int count = Math.min(step, rows - row);
      long first = row * rowElements;
      long[] piece = shape.clone();
      piece[0] = count;
      BiConsumer<TensorSource, ByteBuffer> reader =
          plain.isPresent()
              ? (s, bytes) -> s.read(info.name(), first * staged.bytes(), bytes)
              : (s, bytes) -> s.readFloats(info.name(), first, bytes.asFloatBuffer());
      try (Scope work = scope.child()) {
        Operators ops = work.operators();
        Tensor values = ops.filled(staged, bytes -> reader.accept(source, bytes), piece);
        ops.copyInPlace(ops.narrow(target, 0, row, count), values);
      }
    }
    return gguf ? unpermuted(name, target, scope) : target;
  }

  private TensorInfo info(String name, long... shape) {
    TensorInfo info = source.info(stored(name));
    List<Long> expected = java.util.Arrays.stream(shape).boxed().toList();
    if (!info.shape().equals(expected)) {
      throw new InvalidDataException(
          source.path()
              + ": tensor "
              + info.name()
              + " has shape "
              + info.shape()
              + ", the configuration needs "
              + expected);
    }
    return info;
  }

  /**
   * GGUF files of the LLaMA family hold the rows of query and key so that the two halves of a head
   * alternate; Hugging Face keeps the halves apart.
   */
  private Tensor unpermuted(String name, Tensor matrix, Scope scope) {
    int heads =
        name.endsWith("q_proj.weight")
            ? config.heads()
            : name.endsWith("k_proj.weight") ? config.keyValueHeads() : 0;
    if (heads == 0) {
      return matrix;
    }
    int size = config.headSize();
    int[] rows = new int[heads * size];
    for (int row = 0; row < rows.length; row++) {
      int within = row % size;
      int half = within / (size / 2);
      rows[row] = row - within + 2 * (within % (size / 2)) + half;
    }
    Operators ops = scope.operators();
    try (Tensor order = ops.longs(rows);
        Tensor old = matrix) {
      return ops.selectRows(old, order);
    }
  }

  /** The weight as bitsandbytes packed it, or null if the checkpoint holds it dense. */
  @Nullable FourBitWeight packed(String name, Scope scope, int out, int in) {
    Optional<String> state =
        source.names().stream().filter(n -> n.startsWith(name + ".quant_state.")).findFirst();
    if (state.isEmpty()) {
      return null;
    }
    byte[] json = new byte[Math.toIntExact(source.info(state.get()).bytes())];
    source.read(state.get(), ByteBuffer.wrap(json));
    JsonView view = StrictJson.parseObject(source.path() + ", tensor " + state.get(), json);
    if (!view.integers("shape", 1, Integer.MAX_VALUE).equals(List.of((long) out, (long) in))) {
      throw view.invalid("shape", "[" + out + ", " + in + "] as the configuration has it");
    }
    FourBitCode code =
        switch (view.string("quant_type")) {
          case "nf4" -> FourBitCode.NF4;
          case "fp4" -> FourBitCode.FP4;
          default -> throw view.invalid("quant_type", "nf4 or fp4");
        };
    int block = view.integer("blocksize", 4, 1 << 16);
    long blocks = (long) out * in / block;
    Tensor packed = read(name, DataType.UINT8, scope, (long) out * in / 2, 1);
    BlockScales scales;
    if (view.has("nested_blocksize")) {
      int nestedBlock = view.integer("nested_blocksize", 256, 256);
      scales =
          new BlockScales.Nested(
              read(name + ".absmax", DataType.UINT8, scope, blocks),
              read(
                  name + ".nested_absmax",
                  DataType.FLOAT32,
                  scope,
                  (blocks + nestedBlock - 1) / nestedBlock),
              read(name + ".nested_quant_map", DataType.FLOAT32, scope, 256),
              (float) view.number("nested_offset"));
    } else {
      scales = new BlockScales.Plain(read(name + ".absmax", DataType.FLOAT32, scope, blocks));
    }
    Tensor flat = scope.operators().reshape(packed, packed.elements());
    return new FourBitWeight(code, out, in, block, flat, scales);
  }
}
