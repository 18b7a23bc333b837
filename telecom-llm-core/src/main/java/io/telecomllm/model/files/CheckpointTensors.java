package io.telecomllm.model.files;

import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.model.Architecture.Wiring;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.quantization.BitsAndBytes;
import io.telecomllm.quantization.BlockWeight;
import io.telecomllm.quantization.MatrixSource;
import io.telecomllm.quantization.Weight;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.weights.Encoding;
import io.telecomllm.weights.GgufFile;
import io.telecomllm.weights.TensorInfo;
import io.telecomllm.weights.TensorReader;
import io.telecomllm.weights.TensorSource;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the weights of a checkpoint, by Hugging Face's names, into tensors piece by piece. */
final class CheckpointTensors {
  private static final int PIECE_BYTES = 1 << 24;
  private static final Set<DataType> HALF = Set.of(DataType.BFLOAT16, DataType.FLOAT16);
  private static final Set<DataType> FLOATING =
      Set.of(DataType.BFLOAT16, DataType.FLOAT16, DataType.FLOAT32, DataType.FLOAT64);

  private final TensorSource source;
  private final @Nullable GgufLayout layout;
  private final ModelConfig config;
  private final TiedHead head;

  CheckpointTensors(TensorSource source, ModelConfig config) {
    this.source = source;
    this.layout = source instanceof GgufFile file ? GgufLayout.of(file) : null;
    this.config = config;
    this.head = new TiedHead(source, config);
  }

  private String stored(String name) {
    return layout == null ? head.stored(name) : layout.tensor(name);
  }

  /**
   * Reads a vector or matrix in a type.
   *
   * @throws InvalidDataException if the checkpoint's tensor has another shape
   */
  Tensor read(String name, DataType type, Scope scope, long... shape) {
    if (shape.length == 2) {
      try (Scope work = scope.child()) {
        int in = Math.toIntExact(shape[1]);
        Weight packed = packed(name, work, Math.toIntExact(shape[0]), in, true);
        if (packed != null) {
          try (Workspace workspace = new Workspace(scope.device(), type)) {
            return packed.copy(workspace, type, scope);
          }
        }
      }
    }
    TensorInfo info = info(name, shape);
    Tensor tensor =
        info.encoding().dataType().equals(Optional.of(type))
            ? TensorReader.read(source, info.name(), type, scope, shape)
            : converted(info, type, scope, shape);
    return unpermuted(name, tensor, scope);
  }

  private Tensor converted(TensorInfo info, DataType type, Scope scope, long... shape) {
    Tensor target = scope.operators().empty(type, shape);
    int rows = Math.toIntExact(shape[0]);
    long rowElements = info.elements() / rows;
    // a block encoding is read as floats; a row holds a whole number of blocks
    DataType staged = info.encoding().dataType().orElse(DataType.FLOAT32);
    int step =
        (int) Math.max(1, Math.min(rows, PIECE_BYTES / Math.max(1, rowElements * staged.bytes())));
    for (int row = 0; row < rows; row += step) {
      int count = Math.min(step, rows - row);
      long first = row * rowElements;
      long[] piece = shape.clone();
      piece[0] = count;
      try (Scope work = scope.child()) {
        Operators ops = work.operators();
        Tensor values = ops.filled(staged, bytes -> read(info, staged, first, bytes), piece);
        ops.copyInPlace(ops.narrow(target, 0, row, count), values);
      }
    }
    return target;
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
    boolean floating = info.encoding().dataType().map(FLOATING::contains).orElse(true);
    if (!floating) {
      throw new UnsupportedModelException(
          source.path()
              + ": tensor "
              + info.name()
              + " holds "
              + info.encoding()
              + ", an unknown packing; dense weights are BF16, F16 or F32");
    }
    return info;
  }

  /**
   * Puts the rows of a tensor of a GGUF file in Hugging Face's order. In files of the LLaMA family
   * the rows of the two halves of a head alternate in query and key; Hugging Face keeps the halves
   * apart.
   */
  private Tensor unpermuted(String name, Tensor tensor, Scope scope) {
    int[] rows = rows(name, tensor.size(0));
    if (rows.length == 0) {
      return tensor;
    }
    Operators ops = scope.operators();
    try (Tensor order = ops.longs(rows);
        Tensor old = tensor) {
      return ops.selectRows(old, order);
    }
  }

  /** Returns the row in the file of each row, if the file has them in another order; else empty. */
  private int[] rows(String name, int count) {
    if (layout == null || !layout.reorders(name)) {
      return new int[0];
    }
    return IntStream.range(0, count)
        .map(row -> (int) GgufLayout.toFileRow(row, config.headSize()))
        .toArray();
  }

  /**
   * Reads a weight as bitsandbytes packed it, or as the blocks of a GGUF file, (out, in) values;
   * null if the checkpoint holds it dense.
   *
   * @param blocks whether the blocks of a GGUF file stay as they are; otherwise null is returned
   *     for them
   */
  @Nullable Weight packed(String name, Scope scope, int out, int in, boolean blocks) {
    if (layout == null) {
      return BitsAndBytes.isPacked(source, name)
          ? BitsAndBytes.read(source, name, out, in, scope)
          : null;
    }
    return blocks ? blocks(name, scope, out, in) : null;
  }

  /**
   * Reads a matrix in the blocks of a GGUF file, its rows in Hugging Face's order; null if the
   * checkpoint is another or holds it dense.
   */
  @Nullable BlockWeight blocks(String name, Scope scope, int out, int in) {
    if (layout == null) {
      return null;
    }
    TensorInfo info = info(name, out, in);
    if (info.encoding().dataType().isPresent()) {
      return null;
    }
    Tensor flat = TensorReader.readBytes(source, info.name(), info.bytes(), scope);
    Tensor raw = scope.operators().reshape(flat, out, BlockWeight.rowBytes(info.encoding(), in));
    flat.close();
    return new BlockWeight(info.encoding(), out, in, unpermuted(name, raw, scope));
  }

  /** Returns the encodings of all matrices that {@link #blocks} finds, by name. */
  Map<String, Encoding> blocks() {
    Map<String, Encoding> found = new LinkedHashMap<>();
    if (layout != null) {
      Wiring wiring = config.architecture().wiring();
      Stream<String> tables =
          config.tiedEmbeddings()
              ? Stream.of(wiring.embeddingWeight())
              : Stream.of(wiring.embeddingWeight(), wiring.headWeight());
      Stream<String> layers = config.linearLayers().stream().map(m -> m.name() + ".weight");
      Stream.concat(tables, layers)
          .forEach(
              name -> {
                Encoding encoding = source.info(stored(name)).encoding();
                if (encoding.dataType().isEmpty()) {
                  found.put(name, encoding);
                }
              });
    }
    return found;
  }

  /** Returns a dense matrix, (out, in), that is packed while it is read. */
  MatrixSource matrix(String name, int out, int in) {
    TensorInfo info = info(name, out, in);
    DataType type = info.encoding().dataType().filter(HALF::contains).orElse(DataType.FLOAT32);
    return new MatrixSource(
        source.path() + ", tensor " + info.name(), type, out, in, reader(name, info, type, in));
  }

  private MatrixSource.Reader reader(String name, TensorInfo info, DataType type, int in) {
    MatrixSource.Reader plain = (first, into) -> read(info, type, first, into);
    int[] rows = rows(name, Math.toIntExact(info.shape().get(0)));
    if (rows.length == 0) {
      return plain;
    }
    return (first, into) -> {
      int limit = into.limit();
      long at = first;
      while (into.position() < limit) {
        long column = at % in;
        long wanted = Math.min(in - column, (limit - into.position()) / type.bytes());
        int end = into.position() + Math.toIntExact(wanted * type.bytes());
        plain.read(rows[(int) (at / in)] * (long) in + column, into.limit(end));
        into.position(end).limit(limit);
        at += wanted;
      }
    };
  }

  /** Reads values from the one at {@code first} on, raw or decoded, up to the buffer's limit. */
  private void read(TensorInfo info, DataType type, long first, ByteBuffer into) {
    if (info.encoding().dataType().equals(Optional.of(type))) {
      source.read(info.name(), first * type.bytes(), into);
    } else {
      source.readFloats(info.name(), first, into.slice().order(into.order()).asFloatBuffer());
      into.position(into.limit());
    }
  }
}
