package io.telecomllm.training.checkpoint;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import io.telecomllm.BusyException;
import io.telecomllm.Internal;
import io.telecomllm.StorageException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.files.ContentWriter;
import io.telecomllm.files.Disk;
import io.telecomllm.files.FileOperations;
import io.telecomllm.files.FileOperations.Kind;
import io.telecomllm.files.LockFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The checkpoints of a training run in one folder, which belongs to one trainer at a time.
 *
 * <p>A checkpoint is written under a temporary name, forced to disk and then renamed. So whatever
 * stops a save, the folder holds the checkpoints from before it, or those and the new one, each
 * complete.
 *
 * <pre>{@code
 * try (Checkpoints checkpoints = Checkpoints.open(Path.of("run"), 3)) {
 *   Optional<Checkpoint> last = checkpoints.newest();
 *   ...
 *   checkpoints.save(step, facts, Map.of("adapter", folder -> PeftFolder.save(folder, adapter, base)));
 * }
 * }</pre>
 *
 * <p>The newest checkpoint is the one that was saved last, even if its step is lower because a run
 * went back. For one thread at a time.
 */
@Internal
public final class Checkpoints implements AutoCloseable {
  static final String LOCK = "checkpoints.lock";

  private final Path folder;
  private final int keep;
  private final Disk disk;
  private final LockFile lock;
  private final Inventory inventory;
  private OptionalLong best;
  private boolean closed;

  /**
   * A damaged checkpoint.
   *
   * @param folder its folder
   * @param reason what is wrong, naming file, expected and found
   */
  public record Skipped(Path folder, String reason) {}

  private Checkpoints(Path folder, int keep, Disk disk, LockFile lock, Inventory inventory) {
    this.folder = folder;
    this.keep = keep;
    this.disk = disk;
    this.lock = lock;
    this.inventory = inventory;
    this.best = inventory.best();
  }

  /**
   * Opens a folder and creates it if it does not exist. Removes what dead runs left half-written in
   * it; everything else stays.
   *
   * @param keep the number of newest checkpoints to keep, at least 1; the best one is kept in
   *     addition
   * @throws BusyException naming the folder, if another trainer, in this process or another, has it
   *     open
   * @throws StorageException naming the folder, if it is a file, or cannot be created, written or
   *     read
   */
  public static Checkpoints open(Path folder, int keep) {
    return open(folder, keep, FileOperations.real());
  }

  static Checkpoints open(Path folder, int keep, FileOperations operations) {
    checkArgument(keep >= 1, "keep is %s, must be at least 1", keep);
    Disk disk = new Disk(operations);
    Path real = create(folder.toAbsolutePath(), disk);
    LockFile lock =
        LockFile.take(
            real.resolve(LOCK),
            disk,
            holder ->
                real
                    + ": another trainer of "
                    + holder
                    + " writes its checkpoints here; wait for its end, stop it, or take another"
                    + " folder");
    try {
      // first: leftovers may be what fills the disk
      removeLeftovers(real, disk);
      requireWritable(real, disk);
      return new Checkpoints(real, keep, disk, lock, Inventory.of(real, disk));
    } catch (RuntimeException | Error e) {
      lock.closeAfter(e);
      throw e;
    }
  }

  private static Path create(Path folder, Disk disk) {
    if (disk.kind(folder) == Kind.FILE) {
      throw new StorageException(folder + ": expected a folder for checkpoints, found a file");
    }
    List<Path> parents = new ArrayList<>();
    for (Path at = folder; disk.kind(at) == Kind.NOTHING && at.getParent() != null; ) {
      at = at.getParent();
      parents.add(at);
    }
    Path real = disk.createFolders(folder);
    parents.forEach(disk::force);
    return real;
  }

  /** Checks that the folder is writable, so that a run fails at once and not at its first save. */
  private static void requireWritable(Path folder, Disk disk) {
    Path probe = folder.resolve(new CheckpointName(0, 1).temporary());
    disk.createFolder(probe);
    disk.deleteTree(probe);
  }

  private static void removeLeftovers(Path folder, Disk disk) {
    disk.list(folder).stream().filter(CheckpointName::isTemporary).forEach(disk::deleteTree);
  }

  /** Returns the folder as a real path, without links. */
  public Path folder() {
    return folder;
  }

  /**
   * Returns the newest complete checkpoint; empty if there is none. Reads the files of each
   * checkpoint that it examines; damaged ones are then listed by {@link #skipped()}.
   *
   * @throws StorageException naming file and operation, if a file cannot be read; since that does
   *     not prove damage, no checkpoint is skipped for it
   */
  public Optional<Checkpoint> newest() {
    checkOpen();
    return inventory.first(found -> true);
  }

  /**
   * Returns the complete checkpoint of a step; empty if there is none. Reads its files as {@link
   * #newest()} does.
   */
  Optional<Checkpoint> at(long step) {
    checkOpen();
    return inventory.first(found -> found.name().step() == step);
  }

  /**
   * Returns the complete checkpoint of the step that {@link #protect} named last or, after a
   * restart, that the newest manifest names; empty if there is none.
   */
  Optional<Checkpoint> best() {
    checkOpen();
    return best.isPresent() ? at(best.getAsLong()) : Optional.empty();
  }

  /**
   * Returns every complete checkpoint, the newest first. Reads their files as {@link #newest()}
   * does.
   */
  public List<Checkpoint> all() {
    checkOpen();
    return inventory.all();
  }

  /**
   * Returns the damaged checkpoints found so far. They are ignored, and are removed only if their
   * step is saved again.
   */
  public List<Skipped> skipped() {
    return inventory.skipped();
  }

  /**
   * Names the best step, whose checkpoint is kept in addition to the newest until another step is
   * named. The next save records it, so name a step before saving it.
   *
   * @param step 0 to 10^15, of a checkpoint that exists or is saved next
   */
  void protect(long step) {
    checkOpen();
    Manifest.checkStep("step", step);
    best = OptionalLong.of(step);
  }

  /**
   * Writes a checkpoint, and then removes those that are no longer kept. A step may be saved again;
   * its old checkpoint stays until the new one is complete. So the disk needs room for one
   * checkpoint more than are kept.
   *
   * <p>An interrupted thread cannot write: the save fails with an error that says so.
   *
   * @param step the optimizer step after which it is written, 0 to 10^15
   * @param facts what a resumed run must know, at most 1,000,000 characters in all
   * @param contents the writers of files or folders of files by name, called in the map's order; a
   *     name has at most 128 letters, digits, _, - and single dots between them
   * @return the new checkpoint, which survives a power cut
   * @throws StorageException naming file and operation, if a disk operation fails. An incomplete
   *     checkpoint is removed as far as possible, and the next save may succeed. If only an old
   *     checkpoint could not be removed, the new one is complete.
   */
  public Checkpoint save(
      long step, Map<String, String> facts, Map<String, ContentWriter> contents) {
    checkOpen();
    Manifest.checkStep("step", step);
    Manifest.checkFacts(facts);
    checkArgument(!contents.isEmpty(), "contents is empty, must name at least one file");
    for (String name : contents.keySet()) {
      checkArgument(
          Manifest.isName(name), "the name of a file is %s, must be %s", name, Manifest.A_NAME);
    }
    if (inventory.nextOrder() > Manifest.MAX_ORDER) {
      throw new TelecomLlmException(
          folder + ": its newest manifest claims too many saves; take another folder");
    }
    removeLeftovers(folder, disk);
    CheckpointName name = nextName(step);
    Manifest manifest =
        new CheckpointWriter(disk, folder)
            .write(
                name,
                new CheckpointWriter.Head(step, inventory.nextOrder(), best, facts),
                contents);
    Path target = folder.resolve(name.toString());
    inventory.add(new Inventory.Found(name, target, manifest));
    disk.force(folder);
    removeOld(step);
    return Checkpoint.written(target, manifest);
  }

  private CheckpointName nextName(long step) {
    int version = 1;
    for (Path path : disk.list(folder)) {
      Optional<CheckpointName> taken = CheckpointName.parse(path);
      if (taken.isPresent() && taken.get().step() == step) {
        version = Math.max(version, taken.get().version() + 1);
      }
    }
    if (version > CheckpointName.MAX_VERSION) {
      throw new TelecomLlmException(
          folder + ": step " + step + " was saved too often; take another folder");
    }
    return new CheckpointName(step, version);
  }

  /**
   * Removes old checkpoints; renames them first, so that a partly removed one has no checkpoint's
   * name.
   */
  private void removeOld(long savedStep) {
    Set<Path> old = inventory.old(keep, best, savedStep);
    List<Path> gone = new ArrayList<>();
    for (Path path : disk.list(folder)) {
      Optional<CheckpointName> name = CheckpointName.parse(path);
      // a trainer makes only folders, no files or links
      if (name.isPresent() && old.contains(path) && disk.kind(path) == Kind.FOLDER) {
        Path temporary = folder.resolve(name.get().temporary());
        disk.rename(path, temporary);
        inventory.remove(path);
        gone.add(temporary);
      }
    }
    if (!gone.isEmpty()) {
      disk.force(folder);
      gone.forEach(disk::deleteTree);
    }
  }

  private void checkOpen() {
    checkState(!closed, "the checkpoints of %s are closed", folder);
  }

  /** Releases the folder for other trainers; a second call does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      lock.close();
    }
  }
}
