package io.telecomllm.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.regex.Pattern;

/** A folder of adapters by name, one of which is in use. */
final class AdapterStore {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  private final Path folder;

  AdapterStore(Path folder) {
    this.folder = folder;
  }

  /** Returns the PEFT folder of a name, which need not exist. */
  Path adapter(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "name is '" + name + "', must be letters, digits, '.', '_' or '-'");
    }
    return folder.resolve("adapters").resolve(name);
  }

  /** Returns the name of the adapter in use; empty before the first. */
  Optional<String> current() {
    try {
      Path file = folder.resolve("current");
      return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts an adapter in use; whoever reads the name meanwhile gets the old one or the new one. */
  void use(String name) {
    if (!Files.isDirectory(adapter(name))) {
      throw new IllegalArgumentException("there is no adapter '" + name + "' in " + folder);
    }
    try {
      Path next = folder.resolve("current.new");
      Files.writeString(next, name + "\n");
      Files.move(
          next,
          folder.resolve("current"),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
