package io.telecomllm.weights;

import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import io.telecomllm.text.Quoted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Opens the weights of a model in any supported format. */
@Internal
public final class Checkpoint {
  private static final List<String> PICKLE = List.of(".bin", ".pt", ".pth", ".ckpt", ".pkl");

  private Checkpoint() {}

  /**
   * Opens a file, or the weights in a folder: {@code model.safetensors}, else {@code
   * model.safetensors.index.json}, else its only GGUF file.
   *
   * @throws InvalidDataException if there are no weights, or only a pickle file, which is a program
   *     and is never read
   */
  public static TensorSource open(Path folderOrFile) {
    if (!Files.exists(folderOrFile)) {
      throw new InvalidDataException(folderOrFile + ": no such file or folder");
    }
    return Files.isDirectory(folderOrFile) ? inFolder(folderOrFile) : file(folderOrFile);
  }

  /**
   * Returns the GGUF file that {@link #open} would read; empty if it would read another file, none,
   * or could not choose between several.
   */
  public static Optional<Path> gguf(Path folderOrFile) {
    Optional<Path> weights =
        Files.isDirectory(folderOrFile) ? weights(folderOrFile) : Optional.of(folderOrFile);
    return weights.filter(Checkpoint::isGguf);
  }

  private static TensorSource inFolder(Path folder) {
    return weights(folder).map(Checkpoint::file).orElseThrow(() -> without(folder));
  }

  /** Returns the file in that folder that is read; empty if none can be. */
  private static Optional<Path> weights(Path folder) {
    for (String name : List.of("model.safetensors", ShardedSafetensors.INDEX)) {
      Path file = folder.resolve(name);
      if (Files.exists(file)) {
        return Optional.of(file);
      }
    }
    List<Path> gguf = list(folder).stream().filter(Checkpoint::isGguf).toList();
    return gguf.size() == 1 ? Optional.of(gguf.get(0)) : Optional.empty();
  }

  private static InvalidDataException without(Path folder) {
    List<Path> files = list(folder);
    List<Path> gguf = files.stream().filter(Checkpoint::isGguf).toList();
    if (gguf.size() > 1) {
      return new InvalidDataException(
          folder + ": " + gguf.size() + " GGUF files, name one: " + Quoted.line(names(gguf)));
    }
    files.stream().filter(Checkpoint::isPickle).findFirst().ifPresent(Checkpoint::refusePickle);
    return new InvalidDataException(
        folder + ": holds no model.safetensors, no " + ShardedSafetensors.INDEX + ", no GGUF file");
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new InvalidDataException(folder + ": cannot be listed: " + e, e);
    }
  }

  private static TensorSource file(Path file) {
    if (isPickle(file)) {
      refusePickle(file);
    }
    if (suffix(file, ".index.json")) {
      return ShardedSafetensors.open(file);
    }
    if (suffix(file, ".safetensors")) {
      return SafetensorsFile.open(file);
    }
    if (isGguf(file)) {
      return GgufFile.open(file);
    }
    throw new InvalidDataException(
        file + ": expected a name that ends in .safetensors, .safetensors.index.json or .gguf");
  }

  private static void refusePickle(Path file) {
    throw new InvalidDataException(
        file + ": a pickle file is a program and is not read; convert to safetensors");
  }

  private static boolean isGguf(Path file) {
    return suffix(file, ".gguf");
  }

  private static boolean isPickle(Path file) {
    return PICKLE.stream().anyMatch(ending -> suffix(file, ending));
  }

  private static boolean suffix(Path file, String ending) {
    Path name = file.getFileName();
    return name != null && name.toString().toLowerCase(Locale.ROOT).endsWith(ending);
  }

  private static String names(List<Path> files) {
    return String.join(", ", files.stream().map(f -> String.valueOf(f.getFileName())).toList());
  }
}
