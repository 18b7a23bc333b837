package io.telecomllm.training.checkpoint;

import io.telecomllm.InvalidDataException;
import io.telecomllm.files.Disk;
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

/** The checkpoints of a folder: those with a valid manifest, and those that were skipped. */
final class Inventory {
  private final Disk disk;

  /**
   * The checkpoints with a valid manifest, the newest first; their files are verified when they are
   * needed.
   */
  private final List<Found> known = new ArrayList<>();

  private final Map<Path, String> skipped = new LinkedHashMap<>();
  private long nextOrder;

  record Found(CheckpointName name, Path folder, Manifest manifest) {}

  private Inventory(Disk disk) {
    this.disk = disk;
  }

  /** Reads the manifests of a folder's checkpoints. */
  static Inventory of(Path folder, Disk disk) {
    Inventory inventory = new Inventory(disk);
    for (Path path : disk.list(folder)) {
      CheckpointName.parse(path).ifPresent(name -> inventory.examine(name, path));
    }
    inventory.known.sort(
        Comparator.<Found>comparingLong(found -> found.manifest().order())
            .thenComparingLong(found -> found.name().step())
            .thenComparingInt(found -> found.name().version())
            .reversed());
    if (!inventory.known.isEmpty()) {
      inventory.nextOrder = inventory.known.get(0).manifest().order() + 1;
    }
    return inventory;
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

  /** Returns the best step according to the newest manifest. */
  OptionalLong best() {
    return known.isEmpty() ? OptionalLong.empty() : known.get(0).manifest().best();
  }

  /**
   * Returns the order of the next save, which is higher than that of every valid manifest so far.
   */
  long nextOrder() {
    return nextOrder;
  }

  /** Returns the newest complete checkpoint that matches. */
  Optional<Checkpoint> first(Predicate<Found> wanted) {
    return List.copyOf(known).stream()
        .filter(wanted)
        .flatMap(found -> verified(found).stream())
        .findFirst();
  }

  /** Returns all complete checkpoints, the newest first. */
  List<Checkpoint> all() {
    return List.copyOf(known).stream().flatMap(found -> verified(found).stream()).toList();
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

  List<Checkpoints.Skipped> skipped() {
    return skipped.entrySet().stream()
        .map(entry -> new Checkpoints.Skipped(entry.getKey(), entry.getValue()))
        .toList();
  }

  /** Adds a checkpoint that was just written. */
  void add(Found found) {
    known.add(0, found);
    nextOrder = found.manifest().order() + 1;
  }

  void remove(Path folder) {
    known.removeIf(found -> found.folder().equals(folder));
    skipped.remove(folder);
  }

  /**
   * Returns the folders to remove after a step was saved: those that are neither among the newest
   * nor the best, and all others of that step, damaged or not.
   */
  Set<Path> old(int keep, OptionalLong best, long savedStep) {
    // of a step that was saved twice, only the later one is kept
    Map<Long, Path> kept = new LinkedHashMap<>();
    for (Found found : known) {
      long step = found.name().step();
      if (kept.size() < keep || (best.isPresent() && best.getAsLong() == step)) {
        kept.putIfAbsent(step, found.folder());
      }
    }
    Set<Path> old = new HashSet<>();
    known.forEach(found -> old.add(found.folder()));
    skipped.keySet().stream()
        .filter(
            folder ->
                CheckpointName.parse(folder).filter(name -> name.step() == savedStep).isPresent())
        .forEach(old::add);
    old.removeAll(kept.values());
    return old;
  }
}
