package io.telecomllm.weights;

import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import io.telecomllm.text.Quoted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A checkpoint in several safetensors files with an index such as {@code
 * model.safetensors.index.json}. Index and files must name the same tensors, and every file must be
 * in the folder of the index; in a Hugging Face cache it may be a link to a blob of the same
 * repository.
 */
@Internal
public final class ShardedSafetensors implements TensorSource {
  /** The usual name of the index. */
  public static final String INDEX = "model.safetensors.index.json";

  private static final int MAX_SHARDS = 1_000;
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  private final Path index;
  private final Map<String, SafetensorsFile> shards;
  private final Map<String, SafetensorsFile> shardOf;
  private final Map<String, String> disputed;
  private final Map<String, String> metadata;

  private ShardedSafetensors(
      Path index,
      Map<String, SafetensorsFile> shards,
      Map<String, String> weightMap,
      Map<String, String> metadata) {
    this.index = index;
    this.shards = shards;
    Map<String, SafetensorsFile> found = new LinkedHashMap<>();
    this.disputed = new LinkedHashMap<>();
    locate(weightMap, shards, found, disputed);
    this.shardOf = Collections.unmodifiableMap(found);
    this.metadata = Collections.unmodifiableMap(metadata);
  }

  /**
   * Opens an index, or {@link #INDEX} in a folder, and all its files.
   *
   * <p>Where index and files disagree about a tensor, it counts as missing, and asking for it is an
   * error that says so: checkpoints are about with leftovers that no layer needs.
   *
   * @throws InvalidDataException if a file breaks a rule of the format
   */
  static ShardedSafetensors open(Path indexOrFolder) {
    Path index = Files.isDirectory(indexOrFolder) ? indexOrFolder.resolve(INDEX) : indexOrFolder;
    JsonView json = StrictJson.read(index, SafetensorsHeader.MAX_BYTES);
    Map<String, String> weightMap = json.object("weight_map").stringMap();
    Set<String> names = new TreeSet<>(weightMap.values());
    if (names.isEmpty() || names.size() > MAX_SHARDS) {
      throw new InvalidDataException(
          index + ", field weight_map: names " + names.size() + " files, 1 to " + MAX_SHARDS);
    }
    Map<String, SafetensorsFile> shards = new LinkedHashMap<>();
    try {
      for (String name : names) {
        shards.put(name, SafetensorsFile.open(inFolder(index, name)));
      }
      return new ShardedSafetensors(index, shards, weightMap, metadata(json, shards));
    } catch (Throwable e) {
      closeAll(shards.values());
      throw e;
    }
  }

  /** Returns the path of a shard, whose name must be plain and must not link to another folder. */
  private static Path inFolder(Path index, String name) {
    boolean plain =
        name.endsWith(".safetensors")
            && !name.contains("/")
            && !name.contains("\\")
            && !name.contains("..")
            && name.chars().noneMatch(c -> Character.isISOControl(c) || c == ':');
    if (!plain) {
      throw new InvalidDataException(
          index
              + ", field weight_map: \""
              + Quoted.line(name)
              + "\" is not the plain name of a safetensors file");
    }
    Path shard = index.resolveSibling(name);
    try {
      Path folder = shard.toAbsolutePath().getParent();
      if (folder != null
          && Files.exists(shard)
          && !shard.toRealPath().startsWith(folder.toRealPath())
          && !isBlobOfSnapshot(folder.toRealPath(), shard.toRealPath())) {
        throw new InvalidDataException(
            index + ", field weight_map: " + name + " is a link that leaves the folder");
      }
    } catch (IOException e) {
      throw new InvalidDataException(shard + ": cannot be opened: " + e, e);
    }
    return shard;
  }

  /**
   * Returns whether a file is a blob, {@code REPOSITORY/blobs/ETAG}, of the repository that the
   * folder {@code REPOSITORY/snapshots/COMMIT} belongs to.
   */
  private static boolean isBlobOfSnapshot(Path folder, Path file) {
    Path snapshots = folder.getParent();
    Path repository = snapshots == null ? null : snapshots.getParent();
    return snapshots != null
        && repository != null
        && snapshots.endsWith("snapshots")
        && String.valueOf(repository.getFileName()).startsWith("models--")
        && COMMIT.matcher(String.valueOf(folder.getFileName())).matches()
        && repository.resolve("blobs").equals(file.getParent());
  }

  /** Finds the shard of each tensor, and says of others what index and shards disagree about. */
  private static void locate(
      Map<String, String> weightMap,
      Map<String, SafetensorsFile> shards,
      Map<String, SafetensorsFile> found,
      Map<String, String> disputed) {
    for (Map.Entry<String, SafetensorsFile> shard : shards.entrySet()) {
      for (String tensor : shard.getValue().names()) {
        String listed = weightMap.get(tensor);
        if (shard.getKey().equals(listed)) {
          found.put(tensor, shard.getValue());
        } else {
          disputed.put(
              tensor,
              "is in "
                  + shard.getKey()
                  + ", the index "
                  + (listed == null ? "does not list it" : "says " + listed));
        }
      }
    }
    weightMap.forEach(
        (tensor, file) -> {
          if (!found.containsKey(tensor)) {
            disputed.putIfAbsent(tensor, "is not in " + file);
          }
        });
  }

  /** Returns the metadata of the files, then those that the index adds. */
  private static Map<String, String> metadata(JsonView index, Map<String, SafetensorsFile> shards) {
    Map<String, String> text = new LinkedHashMap<>();
    shards.values().forEach(shard -> shard.metadata().forEach(text::putIfAbsent));
    index
        .optionalObject("metadata")
        .ifPresent(
            fields -> {
              for (String name : fields.names()) {
                Object value = fields.value(name);
                if (value instanceof String || value instanceof Number) {
                  text.putIfAbsent(name, value.toString());
                }
              }
            });
    return text;
  }

  /** Returns the names of the files in order. */
  Set<String> shards() {
    return Collections.unmodifiableSet(shards.keySet());
  }

  @Override
  public Path path() {
    return index;
  }

  @Override
  public Set<String> names() {
    return shardOf.keySet();
  }

  /** Returns a tensor's type, shape and position in its own shard. */
  @Override
  public TensorInfo info(String name) {
    return shard(name).info(name);
  }

  @Override
  public Map<String, String> metadata() {
    return metadata;
  }

  @Override
  public void read(String name, long from, ByteBuffer into) {
    shard(name).read(name, from, into);
  }

  @Override
  public void readFloats(String name, long from, FloatBuffer into) {
    shard(name).readFloats(name, from, into);
  }

  private SafetensorsFile shard(String name) {
    SafetensorsFile shard = shardOf.get(name);
    if (shard == null && disputed.containsKey(name)) {
      throw new InvalidDataException(
          index + ": tensor " + Quoted.line(name) + " " + disputed.get(name));
    }
    if (shard == null) {
      throw new InvalidDataException(
          index + ": no tensor " + Quoted.line(name) + " among " + shardOf.size());
    }
    return shard;
  }

  @Override
  public void close() {
    closeAll(shards.values());
  }

  /** Closes all files, even if closing one fails. */
  private static void closeAll(Iterable<SafetensorsFile> files) {
    RuntimeException failure = null;
    for (SafetensorsFile file : files) {
      try {
        file.close();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
