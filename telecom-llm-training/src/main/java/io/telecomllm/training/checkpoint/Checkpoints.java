package io.telecomllm.training.checkpoint;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import io.telecomllm.BusyException;
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
 * <p>A checkpoint counts once its folder has its name: it is written under another, forced to the
 * disk, and renamed. So whatever stops a save, the folder then holds the checkpoints from before
 * it, or these and the new one, each whole.
 *
 * <pre>{@code
 * try (Checkpoints checkpoints = Checkpoints.open(Path.of("run"), 3)) {
 *   Optional<Checkpoint> last = checkpoints.newest();
 *   ...
 *   checkpoints.save(step, facts, Map.of("adapter", folder -> PeftFolder.save(folder, adapter, base)));
 * }
 * }</pre>
 *
 * <p>The newest is the one that was saved last, even if its step is lower because a run went back.
 * Not safe for use by several threads at once.
 */
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
   * @param folder where it lies
   * @param reason naming file, expected and found
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
   * Opens a folder, creates it if it is not there, and removes what dead runs left half-written in
   * it; everything else in it stays.
   *
   * @param keep how many of the newest checkpoints stay, at least 1; the best stays beside them
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
      // first, as what a dead run left may be what fills the disk
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

  /** A run shall not learn at its first save that it cannot write. */
  private static void requireWritable(Path folder, Disk disk) {
    Path probe = folder.resolve(new CheckpointName(0, 1).temporary());
    disk.createFolder(probe);
    disk.deleteTree(probe);
  }

  private static void removeLeftovers(Path folder, Disk disk) {
    disk.list(folder).stream().filter(CheckpointName::isTemporary).forEach(disk::deleteTree);
  }

  /** Where they lie: the real path, without links. */
  public Path folder() {
    return folder;
  }

  /**
   * The newest whole checkpoint; empty if there is none. Reads the files of each that it looks at;
   * those that are damaged are then among {@link #skipped()}.
   *
   * @throws StorageException naming file and operation, if the disk refuses to read; that is no
   *     proof of damage, so nothing is passed over
   */
  public Optional<Checkpoint> newest() {
    checkOpen();
    return inventory.first(found -> true);
  }

  /** The whole checkpoint of a step, as {@link #newest()}. */
  public Optional<Checkpoint> at(long step) {
    checkOpen();
    return inventory.first(found -> found.name().step() == step);
  }

  /**
   * The whole checkpoint of the step that {@link #protect} last named, as {@link #newest()}; after
   * a restart, the one that the newest manifest names.
   */
  public Optional<Checkpoint> best() {
    checkOpen();
    return best.isPresent() ? at(best.getAsLong()) : Optional.empty();
  }

  /** Every whole checkpoint, the newest first, as {@link #newest()}. */
  public List<Checkpoint> all() {
    checkOpen();
    return inventory.all();
  }

  /**
   * The damaged checkpoints that were met so far. They count for nothing and are not removed,
   * unless their step is saved again.
   */
  public List<Skipped> skipped() {
    return inventory.skipped();
  }

  /**
   * Names the best step, whose checkpoint stays beside the newest until another is named. The next
   * save writes it down, together with the state that knows it; so name a step before it is saved.
   *
   * @param step 0 to 10^15, of a checkpoint that is there or is saved next
   */
  public void protect(long step) {
    checkOpen();
    Manifest.checkStep("step", step);
    best = OptionalLong.of(step);
  }

  /**
   * Writes a checkpoint, and then removes those that are no longer kept. A step that was saved
   * before may be saved again; until the new checkpoint is whole, the old one is there. So the disk
   * needs room for one more than are kept.
   *
   * <p>A thread that is interrupted cannot write: the save fails with an error that says so.
   *
   * @param step the optimizer step it is taken after, 0 to 10^15
   * @param facts what a resumed run must know, at most 1,000,000 characters in all
   * @param contents files or folders of files by name, called in the map's order; a name has at
   *     most 128 letters, digits, _, - and single dots between them
   * @return the new checkpoint, which outlasts a power cut
   * @throws StorageException naming file and operation, if the disk refuses. What could not be
   *     written is removed as far as possible, and the next save may succeed. Where only an old
   *     checkpoint could not be removed, the new one is there.
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

  /** Renames first, as half a checkpoint must not have a checkpoint's name. */
  private void removeOld(long savedStep) {
    Set<Path> old = inventory.old(keep, best, savedStep);
    List<Path> gone = new ArrayList<>();
    for (Path path : disk.list(folder)) {
      Optional<CheckpointName> name = CheckpointName.parse(path);
      // a file or a link is not of a trainer's making
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

  /** Lets another trainer in; a second call does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      lock.close();
    }
  }
}
