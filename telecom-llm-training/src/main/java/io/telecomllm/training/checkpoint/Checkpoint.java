package io.telecomllm.training.checkpoint;

import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import io.telecomllm.files.Disk;
import io.telecomllm.files.FileOperations.Kind;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A checkpoint that was complete when it was read or written: every file had the size and digest of
 * its manifest. Immutable; a later save may remove its folder.
 */
@Internal
public final class Checkpoint {
  private final Path folder;
  private final Manifest manifest;

  private Checkpoint(Path folder, Manifest manifest) {
    this.folder = folder;
    this.manifest = manifest;
  }

  /**
   * Reads the folder of a checkpoint, which may be anywhere and have any name. Takes no lock, so a
   * run under way may remove it. Follows no links in it.
   *
   * @throws InvalidDataException naming file, expected and found, if it is damaged
   * @throws io.telecomllm.StorageException naming file and operation, if it cannot be read
   */
  public static Checkpoint read(Path folder) {
    Disk disk = Disk.REAL;
    requireFolder(folder, disk);
    return verified(folder, ManifestFile.read(folder, disk), disk);
  }

  /** Returns a checkpoint that was just written. */
  static Checkpoint written(Path folder, Manifest manifest) {
    return new Checkpoint(folder, manifest);
  }

  /** Returns a checkpoint after comparing every file with the manifest. */
  static Checkpoint verified(Path folder, Manifest manifest, Disk disk) {
    for (Manifest.Entry entry : manifest.files()) {
      verify(folder, entry, disk);
    }
    return new Checkpoint(folder, manifest);
  }

  private static void verify(Path folder, Manifest.Entry entry, Disk disk) {
    // a linked folder would lead out of the checkpoint
    for (int slash = entry.path().indexOf('/');
        slash > 0;
        slash = entry.path().indexOf('/', slash + 1)) {
      requireFolder(folder.resolve(entry.path().substring(0, slash)), disk);
    }
    Path file = folder.resolve(entry.path());
    Disk.Digest found = disk.digest(file, entry.size());
    if (found.size() != entry.size()) {
      throw new InvalidDataException(
          file
              + ": expected "
              + entry.size()
              + " bytes, found "
              + (found.size() > entry.size() ? "more" : String.valueOf(found.size())));
    }
    if (!found.sha256().equals(entry.sha256())) {
      throw new InvalidDataException(
          file + ": expected sha256 " + entry.sha256() + ", found " + found.sha256());
    }
  }

  static void requireFolder(Path folder, Disk disk) {
    Kind kind = disk.kind(folder);
    if (kind != Kind.FOLDER) {
      throw new InvalidDataException(
          folder
              + ": expected a folder, found "
              + switch (kind) {
                case NOTHING -> "nothing";
                case FILE -> "a file";
                default -> "a link or a device";
              });
    }
  }

  /** Returns the folder of the checkpoint. */
  public Path folder() {
    return folder;
  }

  /** Returns the optimizer step after which it was written. */
  public long step() {
    return manifest.step();
  }

  /** Returns the facts about the run, in the order in which they were given. */
  public Map<String, String> facts() {
    return manifest.facts();
  }

  /**
   * Returns one of the facts.
   *
   * @throws InvalidDataException naming the manifest and the fact, if it is absent
   */
  String fact(String name) {
    String value = manifest.facts().get(name);
    if (value == null) {
      throw new InvalidDataException(
          folder.resolve(ManifestFile.NAME)
              + ": expected a fact "
              + name
              + ", found "
              + manifest.facts().keySet());
    }
    return value;
  }

  /** Returns every file by its path below the folder, with / as the separator. */
  public Map<String, Path> files() {
    Map<String, Path> files = new LinkedHashMap<>();
    manifest.files().forEach(file -> files.put(file.path(), folder.resolve(file.path())));
    return Collections.unmodifiableMap(files);
  }

  /**
   * Returns the path of the file or folder that was saved under a name.
   *
   * @throws InvalidDataException naming folder and name, if the manifest has no such file or folder
   */
  public Path path(String name) {
    boolean there =
        manifest.files().stream()
            .anyMatch(file -> file.path().equals(name) || file.path().startsWith(name + "/"));
    if (!there) {
      throw new InvalidDataException(folder + ": expected " + name + ", found " + files().keySet());
    }
    return folder.resolve(name);
  }

  /** Returns the folder and the step, for messages. */
  @Override
  public String toString() {
    return folder + " of step " + step();
  }
}
