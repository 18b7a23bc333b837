package io.telecomllm.training.checkpoint;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import io.telecomllm.InvalidDataException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.training.checkpoint.FileOperations.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

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
 *   checkpoints.save(step, facts, Map.of("adapter", folder -> adapter.save(folder, base)));
 * }
 * }</pre>
 *
 * <p>The newest is the one that was saved last, even if its step is lower because a run went back.
 * Not safe for use by several threads at once.
 */
public final class Checkpoints implements AutoCloseable {
  private final Path folder;
  private final int keep;
  private final Disk disk;
  private final FolderLock lock;

  /** Whose manifest is sound, the newest first. */
  private final List<Found> known = new ArrayList<>();

  private final Map<Path, String> skipped = new LinkedHashMap<>();
  private OptionalLong best = OptionalLong.empty();
  private long nextOrder;
  private boolean closed;

  /**
   * A damaged checkpoint.
   *
   * @param folder where it lies
   * @param reason naming file, expected and found
   */
  public record Skipped(Path folder, String reason) {}

  private record Found(CheckpointName name, Path folder, Manifest manifest) {}

  private Checkpoints(Path folder, int keep, Disk disk, FolderLock lock) {
    this.folder = folder;
    this.keep = keep;
    this.disk = disk;
    this.lock = lock;
  }

  /**
   * Opens a folder, creates it if it is not there, and removes what dead runs left half-written in
   * it; everything else in it stays.
   *
   * @param keep how many of the newest checkpoints stay, at least 1; the best stays beside them
   * @throws TelecomLlmException naming the folder, if another trainer, in this process or another,
   *     has it open; if it is a file, or cannot be created, written or read
   */
  public static Checkpoints open(Path folder, int keep) {
    return open(folder, keep, new DiskOperations());
  }

  static Checkpoints open(Path folder, int keep, FileOperations operations) {
    checkArgument(keep >= 1, "keep is %s, must be at least 1", keep);
    Disk disk = new Disk(operations);
    Path real = create(folder.toAbsolutePath().normalize(), disk);
    FolderLock lock = FolderLock.take(real, disk);
    try {
      Checkpoints checkpoints = new Checkpoints(real, keep, disk, lock);
      checkpoints.begin();
      return checkpoints;
    } catch (RuntimeException | Error e) {
      lock.closeAfter(e);
      throw e;
    }
  }

  private static Path create(Path folder, Disk disk) {
    if (disk.kind(folder) == Kind.FILE) {
      throw new TelecomLlmException(folder + ": expected a folder for checkpoints, found a file");
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

  private void begin() {
    // a run shall not learn at its first save that it cannot write here
    Path probe = folder.resolve(new CheckpointName(0, 1).temporary());
    disk.createFolder(probe);
    removeLeftovers();
    for (Path path : disk.list(folder)) {
      CheckpointName.parse(path).ifPresent(name -> examine(name, path));
    }
    sort();
    if (!known.isEmpty()) {
      best = known.get(0).manifest().best();
      nextOrder = known.get(0).manifest().order() + 1;
    }
  }

  private void removeLeftovers() {
    disk.list(folder).stream().filter(CheckpointName::isTemporary).forEach(disk::deleteTree);
  }

  private void examine(CheckpointName name, Path path) {
    try {
      Checkpoint.requireFolder(path, disk);
      Manifest manifest = ManifestFile.read(path, disk);
      if (manifest.step() != name.step()) {
        throw new InvalidDataException(
            path.resolve(ManifestFile.NAME)
                + ", field step: expected "
                + name.step()
                + " as in the folder's name, found "
                + manifest.step());
      }
      known.add(new Found(name, path, manifest));
    } catch (InvalidDataException e) {
      skipped.put(path, String.valueOf(e.getMessage()));
    }
  }

  private void sort() {
    known.sort(
        Comparator.<Found>comparingLong(found -> found.manifest().order())
            .thenComparingLong(found -> found.name().step())
            .thenComparingInt(found -> found.name().version())
            .reversed());
  }

  /** Where they lie: the real path, without links. */
  public Path folder() {
    return folder;
  }

  /**
   * The newest whole checkpoint; empty if there is none. Reads the files of each that it looks at;
   * those that are damaged are then among {@link #skipped()}.
   *
   * @throws TelecomLlmException naming file and operation, if the disk refuses to read; that is no
   *     proof of damage, so nothing is passed over
   */
  public Optional<Checkpoint> newest() {
    return first(found -> true);
  }

  /** The whole checkpoint of a step, as {@link #newest()}. */
  public Optional<Checkpoint> at(long step) {
    return first(found -> found.name().step() == step);
  }

  /**
   * The whole checkpoint of the step that {@link #protect} last named, as {@link #newest()}; after
   * a restart, the one that the newest manifest names.
   */
  public Optional<Checkpoint> best() {
    return best.isPresent() ? at(best.getAsLong()) : Optional.empty();
  }

  /** Every whole checkpoint, the newest first, as {@link #newest()}. */
  public List<Checkpoint> all() {
    checkOpen();
    return List.copyOf(known).stream().flatMap(found -> verified(found).stream()).toList();
  }

  private Optional<Checkpoint> first(Predicate<Found> wanted) {
    checkOpen();
    return List.copyOf(known).stream()
        .filter(wanted)
        .flatMap(found -> verified(found).stream())
        .findFirst();
  }

  private Optional<Checkpoint> verified(Found found) {
    try {
      return Optional.of(Checkpoint.verified(found.folder(), found.manifest(), disk));
    } catch (InvalidDataException e) {
      known.remove(found);
      skipped.put(found.folder(), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /**
   * The damaged checkpoints that were met so far. They count for nothing and are not removed,
   * unless their step is saved again.
   */
  public List<Skipped> skipped() {
    return skipped.entrySet().stream()
        .map(entry -> new Skipped(entry.getKey(), entry.getValue()))
        .toList();
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
   * before may be saved again; until the new checkpoint is whole, the old one is there.
   *
   * <p>A thread that is interrupted cannot write: the save fails with an error that says so.
   *
   * @param step the optimizer step it is taken after, 0 to 10^15
   * @param facts what a resumed run must know, at most 1,000,000 characters in all
   * @param contents files or folders of files by name, called in the map's order; a name has at
   *     most 128 letters, digits, _, - and single dots between them
   * @throws TelecomLlmException naming file and operation, if the disk refuses; a checkpoint that
   *     could not be written is removed as far as possible, and the next save may succeed
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
    removeLeftovers();
    CheckpointName name = nextName(step);
    if (nextOrder > Manifest.MAX_ORDER) {
      throw new TelecomLlmException(
          folder + ": its newest manifest claims too many saves; take another folder");
    }
    CheckpointWriter.Head head = new CheckpointWriter.Head(step, nextOrder, best, facts);
    Path target = folder.resolve(name.toString());
    new CheckpointWriter(disk, folder)
        .write(
            name,
            head,
            contents,
            manifest -> {
              known.add(0, new Found(name, target, manifest));
              nextOrder++;
            });
    Manifest written = known.get(0).manifest();
    removeOld(name);
    return Checkpoint.written(target, written);
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
  private void removeOld(CheckpointName saved) {
    Set<CheckpointName> kept = kept();
    List<Path> gone = new ArrayList<>();
    for (Path path : disk.list(folder)) {
      Optional<CheckpointName> name = CheckpointName.parse(path);
      if (name.isPresent()
          && !kept.contains(name.get())
          && (isKnown(path) || name.get().step() == saved.step())
          && disk.kind(path) == Kind.FOLDER) {
        Path temporary = folder.resolve(name.get().temporary());
        disk.rename(path, temporary);
        known.removeIf(found -> found.folder().equals(path));
        skipped.remove(path);
        gone.add(temporary);
      }
    }
    if (!gone.isEmpty()) {
      disk.force(folder);
      gone.forEach(disk::deleteTree);
    }
  }

  private boolean isKnown(Path path) {
    return known.stream().anyMatch(found -> found.folder().equals(path));
  }

  /** Of a step that was saved twice, the later one only. */
  private Set<CheckpointName> kept() {
    Map<Long, CheckpointName> steps = new LinkedHashMap<>();
    known.forEach(found -> steps.putIfAbsent(found.name().step(), found.name()));
    Set<CheckpointName> kept = new HashSet<>();
    steps.values().stream().limit(keep).forEach(kept::add);
    best.ifPresent(step -> kept.addAll(Optional.ofNullable(steps.get(step)).stream().toList()));
    return kept;
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
