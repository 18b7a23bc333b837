package io.telecomllm.weights;

import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.files.RandomAccessBytes;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import io.telecomllm.text.Quoted;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The checked header of a safetensors file.
 *
 * <p>A file begins with a length N (8 bytes, unsigned, little endian) and N bytes of JSON. The
 * tensors must fill the rest of the file without overlaps or gaps. Source: "Format" in the README
 * of huggingface/safetensors.
 *
 * @param tensors in file order
 * @param metadata the content of {@code __metadata__}; may be empty
 */
record SafetensorsHeader(List<TensorInfo> tensors, Map<String, String> metadata) {
  /** The number of bytes before the JSON. */
  static final int LENGTH_BYTES = 8;

  /** The format's limit on N. */
  static final int MAX_BYTES = 100_000_000;

  static final String METADATA = "__metadata__";

  /** Types of the format that the library does not read; the error says so. */
  private static final Set<String> OTHER_TYPES =
      Set.of(
          "U16",
          "U32",
          "U64",
          "C64",
          "F4",
          "F6_E2M3",
          "F6_E3M2",
          "F8_E5M2",
          "F8_E4M3",
          "F8_E8M0",
          "F8_E4M3FNUZ",
          "F8_E5M2FNUZ");

  SafetensorsHeader {
    tensors = List.copyOf(tensors);
  }

  /** Reads the header of an open file. */
  static SafetensorsHeader read(RandomAccessBytes file) {
    return read(file.path().toString(), file.size(), file::read);
  }

  /** Reads a header from a source of {@code size} bytes. */
  static SafetensorsHeader read(String file, long size, ByteSource source) {
    if (size < LENGTH_BYTES) {
      throw new InvalidDataException(
          file + ": not safetensors: " + size + " bytes, the header's length takes 8");
    }
    ByteBuffer first = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    source.read(0, first, "the header's length");
    long length = first.getLong(0);
    // checked before anything of this size is allocated
    if (length < 0 || length > MAX_BYTES) {
      throw new InvalidDataException(
          file
              + ": the header claims "
              + Long.toUnsignedString(length)
              + " bytes, the format allows "
              + MAX_BYTES);
    }
    long left = size - LENGTH_BYTES;
    if (length > left) {
      throw new InvalidDataException(
          file + ": the header claims " + length + " bytes, the file has " + left + " left");
    }
    byte[] json = new byte[(int) length];
    source.read(LENGTH_BYTES, ByteBuffer.wrap(json), "the header");
    return parse(file, json, left - length);
  }

  /** Parses the JSON of a header that is followed by {@code dataBytes} bytes of tensors. */
  static SafetensorsHeader parse(String file, byte[] json, long dataBytes) {
    if (json.length == 0 || json[0] != '{') {
      throw new InvalidDataException(file + ": not safetensors: the header must begin with {");
    }
    JsonView header = StrictJson.parseObject(file, json);
    Map<String, String> metadata = Map.of();
    List<TensorInfo> tensors = new ArrayList<>();
    for (String name : header.names()) {
      if (name.equals(METADATA)) {
        metadata = header.object(name).stringMap();
      } else {
        tensors.add(tensor(header, name, LENGTH_BYTES + (long) json.length, dataBytes));
      }
    }
    // an empty tensor comes before the one that begins at the same position
    tensors.sort(Comparator.comparingLong(TensorInfo::offset).thenComparingLong(TensorInfo::bytes));
    checkFilled(file, tensors, LENGTH_BYTES + (long) json.length, dataBytes);
    return new SafetensorsHeader(tensors, metadata);
  }

  private static TensorInfo tensor(JsonView header, String name, long start, long dataBytes) {
    JsonView entry = header.object(name);
    String type = entry.string("dtype");
    Encoding encoding =
        Encoding.ofSafetensors(type).orElseThrow(() -> unknownType(header.file(), name, type));
    List<Long> shape = entry.integers("shape", 0, Long.MAX_VALUE);
    List<Long> offsets = entry.integers("data_offsets", 0, dataBytes);
    if (offsets.size() != 2) {
      throw entry.invalid("data_offsets", "begin and end");
    }
    long length = offsets.get(1) - offsets.get(0);
    if (length < 0) {
      throw invalid(header.file(), name, "ends before it begins: data_offsets " + offsets);
    }
    long expected;
    try {
      expected = TensorInfo.bytes(encoding, TensorInfo.elements(shape));
    } catch (ArithmeticException e) {
      throw invalid(header.file(), name, "the product of shape " + list(shape) + " overflows");
    }
    if (length != expected) {
      throw invalid(
          header.file(),
          name,
          type + " of shape " + list(shape) + " takes " + expected + " bytes, it has " + length);
    }
    return new TensorInfo(name, encoding, shape, start + offsets.get(0), length);
  }

  private static void checkFilled(
      String file, List<TensorInfo> tensors, long start, long dataBytes) {
    long filled = start;
    for (TensorInfo tensor : tensors) {
      if (tensor.offset() != filled) {
        throw invalid(
            file,
            tensor.name(),
            "begins at byte "
                + (tensor.offset() - start)
                + (tensor.offset() < filled ? ", overlapping" : ", leaving a hole after")
                + " what ends at byte "
                + (filled - start));
      }
      filled += tensor.bytes();
    }
    if (filled != start + dataBytes) {
      throw new InvalidDataException(
          file
              + ": the tensors end at byte "
              + (filled - start)
              + ", the data has "
              + dataBytes
              + " bytes");
    }
  }

  private static RuntimeException unknownType(String file, String name, String type) {
    String what = file + ", tensor " + Quoted.line(name) + ": dtype \"" + Quoted.line(type) + "\" ";
    return OTHER_TYPES.contains(type)
        ? new UnsupportedModelException(what + "is not read by this library; convert it to BF16")
        : new InvalidDataException(what + "is not a type of the format");
  }

  private static InvalidDataException invalid(String file, String tensor, String what) {
    return new InvalidDataException(file + ", tensor " + Quoted.line(tensor) + ": " + what);
  }

  /** Returns a shape for an error message; a hostile file may have millions of dimensions. */
  private static String list(List<Long> shape) {
    return Quoted.line(shape.size() > 16 ? shape.subList(0, 16) + "..." : shape.toString());
  }
}
