package io.telecomllm.weights;

import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.files.RandomAccessBytes;
import io.telecomllm.json.JsonView;
import io.telecomllm.text.Quoted;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The checked header of a GGUF file, version 2 or 3, little endian.
 *
 * <p>It holds the magic number, the version, the number of tensors, the number of metadata entries,
 * and the entries; then the name, dimensions (fastest first), type and offset of each tensor. The
 * tensors' data begin at the next multiple of {@code general.alignment}. Source: docs/gguf.md of
 * ggml.
 *
 * @param version 2 or 3
 * @param fields the metadata with its types
 * @param tensors in file order, with row-major shapes
 */
record GgufHeader(int version, JsonView fields, List<TensorInfo> tensors) {
  static final int MAGIC = 0x46554747; // "GGUF", the first letter in the lowest byte

  static final String ALIGNMENT = "general.alignment";
  static final int DEFAULT_ALIGNMENT = 32;
  private static final int MAX_NAME_BYTES = 64;
  static final int MAX_DIMENSIONS = 4;

  /** The size of an empty name, no dimensions, a type and an offset. */
  private static final int LEAST_TENSOR_BYTES = 8 + 4 + 4 + 8;

  GgufHeader {
    tensors = List.copyOf(tensors);
  }

  /** Reads the header of an open file. */
  static GgufHeader read(RandomAccessBytes file) {
    return parse(file.path().toString(), file.size(), file::read);
  }

  /** Reads a header from a source of {@code size} bytes. */
  static GgufHeader parse(String file, long size, ByteSource source) {
    GgufCursor in = new GgufCursor(file, size, source);
    if (size < 4 || in.int32("the magic") != MAGIC) {
      throw new InvalidDataException(file + ": not GGUF: it does not begin with GGUF");
    }
    int version = version(file, in.int32("the version"));
    long tensorCount = in.count(LEAST_TENSOR_BYTES, "the number of tensors");
    Map<String, Object> values = GgufMetadata.read(in);
    JsonView fields = JsonView.of(file, values);
    List<TensorInfo> tensors = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (long i = 0; i < tensorCount; i++) {
      TensorInfo tensor = tensor(file, in);
      if (!names.add(tensor.name())) {
        throw in.invalid("the tensor " + Quoted.line(tensor.name()) + " appears twice");
      }
      tensors.add(tensor);
    }
    return new GgufHeader(version, fields, placed(file, size, in.position(), fields, tensors));
  }

  private static int version(String file, int version) {
    if (version == 2 || version == 3) {
      return version;
    }
    if ((version & 0xFFFF) == 0 && version != 0) {
      throw new UnsupportedModelException(
          file + ": a big-endian GGUF file; only little-endian ones are read");
    }
    throw new UnsupportedModelException(
        file
            + ": GGUF version "
            + Integer.toUnsignedString(version)
            + "; versions 2 and 3 are read");
  }

  /** Reads a tensor's entry; its offset counts from the start of the tensors' data. */
  private static TensorInfo tensor(String file, GgufCursor in) {
    String name = in.string(MAX_NAME_BYTES, "a tensor's name");
    String what = "tensor " + Quoted.line(name) + ": ";
    int rank = in.int32(what + "the number of dimensions");
    if (rank < 0 || rank > MAX_DIMENSIONS) {
      throw in.invalid(
          what + Integer.toUnsignedString(rank) + " dimensions, at most " + MAX_DIMENSIONS);
    }
    List<Long> shape = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      shape.add(in.int64(what + "a dimension"));
    }
    int number = in.int32(what + "the type");
    Encoding encoding =
        Encoding.ofGguf(number)
            .orElseThrow(
                () ->
                    new UnsupportedModelException(
                        file
                            + ", "
                            + what
                            + "type "
                            + typeName(number)
                            + " is not read; llama-quantize makes such a file a Q4_K_M or Q8_0 one"
                            + " from its original"));
    long offset = in.int64(what + "the offset");
    if (offset < 0) {
      throw in.invalid(what + "offset " + Long.toUnsignedString(offset) + " is out of range");
    }
    if (rank > 0 && shape.get(0) % encoding.blockValues() != 0) {
      throw in.invalid(
          what
              + "rows of "
              + shape.get(0)
              + " values, "
              + encoding
              + " has blocks of "
              + encoding.blockValues());
    }
    Collections.reverse(shape); // row-major from here on
    try {
      long bytes = TensorInfo.bytes(encoding, TensorInfo.elements(shape));
      return new TensorInfo(name, encoding, shape, offset, bytes);
    } catch (ArithmeticException e) {
      throw new InvalidDataException(
          file + ", " + what + encoding + " of shape " + shape + ": " + e.getMessage(), e);
    }
  }

  private static List<TensorInfo> placed(
      String file, long size, long headerEnd, JsonView fields, List<TensorInfo> tensors) {
    long alignment = DEFAULT_ALIGNMENT;
    if (fields.has(ALIGNMENT)) {
      alignment = fields.longInteger(ALIGNMENT, 8, 1L << 31);
      if (Long.bitCount(alignment) != 1) {
        throw fields.invalid(ALIGNMENT, "a power of two");
      }
    }
    long start = (headerEnd + alignment - 1) / alignment * alignment;
    long room = Math.max(0, size - start);
    List<TensorInfo> placed = new ArrayList<>();
    for (TensorInfo tensor : tensors) {
      String what = file + ", tensor " + Quoted.line(tensor.name()) + ": ";
      if (tensor.offset() % alignment != 0) {
        throw new InvalidDataException(
            what
                + "offset "
                + tensor.offset()
                + " is not a multiple of the alignment "
                + alignment);
      }
      if (tensor.bytes() > room || tensor.offset() > room - tensor.bytes()) {
        throw new InvalidDataException(
            what
                + tensor.bytes()
                + " bytes at offset "
                + tensor.offset()
                + " end outside the file, which has "
                + room
                + " bytes of tensors");
      }
      placed.add(
          new TensorInfo(
              tensor.name(),
              tensor.encoding(),
              tensor.shape(),
              start + tensor.offset(),
              tensor.bytes()));
    }
    placed.sort(Comparator.comparingLong(TensorInfo::offset).thenComparingLong(TensorInfo::bytes));
    checkFilled(file, start, alignment, placed);
    return placed;
  }

  /**
   * Checks that each tensor begins where the one before it ends, after padding, as ggml requires.
   */
  private static void checkFilled(
      String file, long start, long alignment, List<TensorInfo> tensors) {
    long end = start;
    for (TensorInfo tensor : tensors) {
      long expected = (end + alignment - 1) / alignment * alignment;
      if (tensor.offset() != expected) {
        throw new InvalidDataException(
            file
                + ", tensor "
                + Quoted.line(tensor.name())
                + ": begins at byte "
                + tensor.offset()
                + (tensor.offset() < expected ? ", overlapping" : ", leaving a hole after")
                + " what ends at byte "
                + end);
      }
      end = tensor.offset() + tensor.bytes();
    }
  }

  /** Returns the number of a ggml type that is not supported, with its name if it has one. */
  private static String typeName(int number) {
    String name =
        switch (number) {
          case 9 -> "Q8_1";
          case 15 -> "Q8_K";
          case 16 -> "IQ2_XXS";
          case 17 -> "IQ2_XS";
          case 18 -> "IQ3_XXS";
          case 19 -> "IQ1_S";
          case 20 -> "IQ4_NL";
          case 21 -> "IQ3_S";
          case 22 -> "IQ2_S";
          case 23 -> "IQ4_XS";
          case 29 -> "IQ1_M";
          case 34 -> "TQ1_0";
          case 35 -> "TQ2_0";
          case 39 -> "MXFP4";
          default -> "";
        };
    return Integer.toUnsignedString(number) + (name.isEmpty() ? "" : " (" + name + ")");
  }
}
