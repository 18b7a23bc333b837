package io.telecomllm.weights;

import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import io.telecomllm.files.RandomAccessBytes;
import java.nio.file.Path;

/**
 * A safetensors file, whose header is checked against every rule of the format when it is opened.
 */
@Internal
public final class SafetensorsFile extends FileTensors {
  private SafetensorsFile(RandomAccessBytes file, SafetensorsHeader header) {
    super(file, header.tensors(), header.metadata());
  }

  /**
   * Opens a file without reading its tensors yet.
   *
   * @throws InvalidDataException naming the file and the tensor, if it breaks a rule of the format
   */
  public static SafetensorsFile open(Path path) {
    RandomAccessBytes file = RandomAccessBytes.open(path);
    try {
      return new SafetensorsFile(file, SafetensorsHeader.read(file));
    } catch (Throwable e) {
      file.close();
      throw e;
    }
  }
}
