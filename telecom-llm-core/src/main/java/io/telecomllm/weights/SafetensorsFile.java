package io.telecomllm.weights;

import io.telecomllm.InvalidDataException;
import io.telecomllm.files.RandomAccessBytes;
import java.nio.file.Path;

/** A safetensors file, its header checked against every rule of the format when it is opened. */
public final class SafetensorsFile extends FileTensors {
  private SafetensorsFile(RandomAccessBytes file, SafetensorsHeader header) {
    super(file, header.tensors(), header.metadata());
  }

  /**
   * Opens a file; the tensors themselves are not read yet.
   *
   * @throws InvalidDataException if it breaks a rule, naming the file and the tensor
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
