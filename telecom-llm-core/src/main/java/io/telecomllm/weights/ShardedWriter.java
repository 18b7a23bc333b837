package io.telecomllm.weights;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.StorageException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.files.AtomicFiles;
import io.telecomllm.json.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes a checkpoint as one safetensors file, or as several with an index if it is larger than a
 * shard.
 *
 * <p>A tensor is asked for its bytes when it is written. A tensor and those whose names extend its
 * own (a packed weight and its scales) are written to the same file.
 */
@Internal
public final class ShardedWriter {
  private static final String SINGLE = "model.safetensors";
  private static final Pattern SHARD = Pattern.compile("model-\\d{5}-of-\\d{5}\\.safetensors");
  private static final int MAX_SHARDS = 1_000;

  private ShardedWriter() {}

  /**
   * Writes {@code model.safetensors}, or {@code model-00001-of-0000N.safetensors} and the index.
   *
   * <p>Every file appears complete or not at all, the index last. If the process dies while it
   * overwrites a checkpoint, the folder holds the old checkpoint or none that can be opened, never
   * a mixture. Files of the old checkpoint that the new one does not have are deleted at the end.
   *
   * @param folder created if it does not exist
   * @param tensors in the order in which they are assigned to files
   * @param metadata the metadata in the header of each file
   * @param shardBytes the most bytes of tensors per file; a larger tensor gets a file of its own
   * @return the files that hold tensors
   * @throws TelecomLlmException if the disk fails
   */
  public static List<Path> write(
      Path folder,
      Map<String, SafetensorsWriter.Tensor> tensors,
      Map<String, String> metadata,
      long shardBytes) {
    checkArgument(shardBytes > 0, "shardBytes is %s, must be positive", shardBytes);
    checkArgument(!tensors.isEmpty(), "there are no tensors to write");
    List<Map<String, SafetensorsWriter.Tensor>> shards = spread(tensors, shardBytes);
    checkArgument(
        shards.size() <= MAX_SHARDS,
        "shardBytes is %s, which makes %s files, at most %s can be read",
        shardBytes,
        shards.size(),
        MAX_SHARDS);
    try {
      Files.createDirectories(folder);
      List<String> written = shards.size() == 1 ? List.of(SINGLE) : names(shards.size());
      if (shards.size() == 1) {
        SafetensorsWriter.write(folder.resolve(SINGLE), tensors, metadata);
      } else {
        writeShards(folder, shards, written, metadata);
      }
      deleteOthers(folder, written);
      return written.stream().map(folder::resolve).toList();
    } catch (IOException e) {
      throw new StorageException(folder + ": the checkpoint cannot be written: " + e, e);
    }
  }

  private static List<Map<String, SafetensorsWriter.Tensor>> spread(
      Map<String, SafetensorsWriter.Tensor> tensors, long shardBytes) {
    List<Map<String, SafetensorsWriter.Tensor>> shards = new ArrayList<>();
    Map<String, SafetensorsWriter.Tensor> shard = new LinkedHashMap<>();
    long filled = 0;
    for (Map<String, SafetensorsWriter.Tensor> group : groups(tensors)) {
      long size = size(group);
      if (!shard.isEmpty() && filled + size > shardBytes) {
        shards.add(shard);
        shard = new LinkedHashMap<>();
        filled = 0;
      }
      shard.putAll(group);
      filled += size;
    }
    shards.add(shard);
    return shards;
  }

  private static List<Map<String, SafetensorsWriter.Tensor>> groups(
      Map<String, SafetensorsWriter.Tensor> tensors) {
    Map<String, Map<String, SafetensorsWriter.Tensor>> groups = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          String head = name;
          for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            if (tensors.containsKey(name.substring(0, dot))) {
              head = name.substring(0, dot);
              break;
            }
          }
          groups.computeIfAbsent(head, key -> new LinkedHashMap<>()).put(name, tensor);
        });
    return List.copyOf(groups.values());
  }

  private static long size(Map<String, SafetensorsWriter.Tensor> tensors) {
    return tensors.values().stream().mapToLong(SafetensorsWriter.Tensor::size).sum();
  }

  private static List<String> names(int count) {
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      names.add(String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i, count));
    }
    return names;
  }

  private static void writeShards(
      Path folder,
      List<Map<String, SafetensorsWriter.Tensor>> shards,
      List<String> files,
      Map<String, String> metadata)
      throws IOException {
    // an old index must not refer to new shards of the same names
    Files.deleteIfExists(folder.resolve(ShardedSafetensors.INDEX));
    Map<String, String> weightMap = new TreeMap<>();
    long total = 0;
    for (int i = 0; i < shards.size(); i++) {
      String file = files.get(i);
      SafetensorsWriter.write(folder.resolve(file), shards.get(i), metadata);
      shards.get(i).keySet().forEach(name -> weightMap.put(name, file));
      total += size(shards.get(i));
    }
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("metadata", Map.of("total_size", total));
    index.put("weight_map", weightMap);
    AtomicFiles.write(folder.resolve(ShardedSafetensors.INDEX), JsonText.file(index));
  }

  /**
   * Deletes the other files of a checkpoint: a single file left over would be opened in place of an
   * index.
   */
  private static void deleteOthers(Path folder, List<String> written) throws IOException {
    List<Path> files;
    try (Stream<Path> list = Files.list(folder)) {
      files = list.toList();
    }
    for (Path file : files) {
      String name = String.valueOf(file.getFileName());
      boolean ours =
          name.equals(SINGLE)
              || SHARD.matcher(name).matches()
              || (written.size() == 1 && name.equals(ShardedSafetensors.INDEX));
      if (ours && !written.contains(name)) {
        Files.delete(file);
      }
    }
  }
}
