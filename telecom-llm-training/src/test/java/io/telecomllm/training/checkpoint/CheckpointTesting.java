package io.telecomllm.training.checkpoint;

import io.telecomllm.files.ContentWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Small checkpoints whose files all say the same word. */
final class CheckpointTesting {
  private CheckpointTesting() {}

  /** A file {@code state} and a folder {@code adapter} of two files. */
  static Map<String, ContentWriter> contents(String adapter, String state) {
    Map<String, ContentWriter> contents = new LinkedHashMap<>();
    contents.put("state", path -> Files.writeString(path, state));
    contents.put(
        "adapter",
        path -> {
          Files.createDirectory(path);
          Files.writeString(path.resolve("config.json"), adapter);
          Files.writeString(path.resolve("weights.bin"), adapter);
        });
    return contents;
  }

  static Checkpoint save(Checkpoints checkpoints, long step, String word) {
    return checkpoints.save(step, Map.of("word", word), contents(word, word));
  }

  /** The word, if it is the only one in the checkpoint. */
  static String text(Checkpoint checkpoint) {
    List<String> words =
        Stream.concat(
                Stream.of(checkpoint.fact("word")),
                checkpoint.files().values().stream().map(CheckpointTesting::read))
            .distinct()
            .toList();
    if (words.size() != 1 || checkpoint.files().size() != 3) {
      throw new AssertionError("a mixture: " + words + " in " + checkpoint.files());
    }
    return words.get(0);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Long> steps(Checkpoints checkpoints) {
    return checkpoints.all().stream().map(Checkpoint::step).toList();
  }

  /** What lies directly in a folder, in order. */
  static List<String> names(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
