package io.telecomllm.weights;

import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.files.RandomAccessBytes;
import io.telecomllm.json.JsonView;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A GGUF file of version 2 or 3, whose header is checked when it is opened. Shapes are row-major:
 * GGUF's own order of dimensions is reversed.
 */
@Internal
public final class GgufFile extends FileTensors {
  private final int version;
  private final JsonView fields;

  private GgufFile(RandomAccessBytes file, GgufHeader header) {
    super(file, header.tensors(), text(header.fields()));
    this.version = header.version();
    this.fields = header.fields();
  }

  /**
   * Opens a file without reading its tensors yet.
   *
   * @throws InvalidDataException naming the file and the key or tensor, if it breaks a rule of the
   *     format
   * @throws UnsupportedModelException if its version or a tensor's type is not supported, or if it
   *     is one part of several
   */
  public static GgufFile open(Path path) {
    RandomAccessBytes file = RandomAccessBytes.open(path);
    try {
      GgufHeader header = GgufHeader.read(file);
      int parts = header.fields().optionalInteger("split.count", 0, 65_535).orElse(1);
      if (parts > 1) {
        throw new UnsupportedModelException(
            path + ": one of " + parts + " parts; join them with llama-gguf-split --merge");
      }
      return new GgufFile(file, header);
    } catch (Throwable e) {
      file.close();
      throw e;
    }
  }

  /** Returns the version of the format, 2 or 3. */
  int version() {
    return version;
  }

  /** Returns the metadata with its types, under GGUF's keys such as {@code llama.block_count}. */
  public JsonView fields() {
    return fields;
  }

  private static Map<String, String> text(JsonView fields) {
    Map<String, String> text = new LinkedHashMap<>();
    for (String name : fields.names()) {
      Object value = fields.value(name);
      if (value != null && !(value instanceof List)) {
        text.put(name, value.toString());
      }
    }
    return text;
  }
}
