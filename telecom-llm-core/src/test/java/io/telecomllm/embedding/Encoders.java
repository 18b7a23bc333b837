package io.telecomllm.embedding;

import io.telecomllm.json.StrictJson;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The random encoders of the tests, which {@code tools/make_encoder_goldens.py} made. */
final class Encoders {
  static final EncoderSettings EXACT =
      EncoderSettings.defaults().on(Device.cpu(), DataType.FLOAT32);

  private Encoders() {}

  static Path folder(String name) {
    try {
      return Path.of(Encoders.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<String> texts() {
    return StrictJson.read(folder("texts.json")).strings("texts");
  }

  /** Copies an encoder, to be changed. */
  static Path copy(String name, Path target) throws IOException {
    Path source = folder(name);
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.sorted().toList()) {
        Path to = target.resolve(source.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(to);
        } else {
          Files.copy(file, to);
        }
      }
    }
    return target;
  }

  /** Replaces a part of a text file. */
  static void replace(Path file, String part, String by) throws IOException {
    String text = Files.readString(file);
    if (!text.contains(part)) {
      throw new IllegalStateException(file + " lacks " + part);
    }
    Files.writeString(file, text.replace(part, by));
  }
}
