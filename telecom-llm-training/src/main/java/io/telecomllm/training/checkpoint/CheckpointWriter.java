package io.telecomllm.training.checkpoint;

import io.telecomllm.TelecomLlmException;
import io.telecomllm.files.ContentWriter;
import io.telecomllm.files.Disk;
import io.telecomllm.files.FileOperations.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Writes a checkpoint into a temporary folder and renames it once it is complete. */
final class CheckpointWriter {
  private static final int MAX_DEPTH = 4;

  private final Disk disk;
  private final Path parent;

  CheckpointWriter(Disk disk, Path parent) {
    this.disk = disk;
    this.parent = parent;
  }

  /** The parts of the manifest that are known before the files are written. */
  record Head(long step, long order, OptionalLong best, Map<String, String> facts) {}

  /**
   * Writes the files, forces them to disk and renames the folder. A failure before the rename
   * leaves nothing under the name. The name survives a power cut only after the parent folder was
   * forced to disk too.
   */
  Manifest write(CheckpointName name, Head head, Map<String, ContentWriter> contents) {
    Path temporary = parent.resolve(name.temporary());
    try {
      disk.createFolder(temporary);
      contents.forEach((content, writer) -> write(temporary.resolve(content), writer));
      List<Manifest.Entry> files = new ArrayList<>();
      finish(temporary, "", 1, files);
      Manifest manifest = new Manifest(head.step(), head.order(), head.best(), head.facts(), files);
      Path file = temporary.resolve(ManifestFile.NAME);
      disk.write(file, path -> Files.write(path, ManifestFile.bytes(manifest)));
      disk.force(file);
      disk.force(temporary);
      disk.rename(temporary, parent.resolve(name.toString()));
      return manifest;
    } catch (RuntimeException | Error e) {
      disk.deleteAfter(e, temporary);
      throw e;
    }
  }

  private void write(Path path, ContentWriter content) {
    disk.write(path, content);
    if (disk.kind(path) == Kind.NOTHING) {
      throw new TelecomLlmException(path + ": its writer wrote nothing there");
    }
  }

  /** Forces everything in a folder to disk, and lists the files. */
  private void finish(Path folder, String prefix, int depth, List<Manifest.Entry> files) {
    for (Path path : disk.list(folder)) {
      String name = String.valueOf(path.getFileName());
      if (!Manifest.isName(name)) {
        throw new TelecomLlmException(path + ": a writer's file must be called " + Manifest.A_NAME);
      }
      switch (disk.kind(path)) {
        case FILE -> {
          disk.force(path);
          Disk.Digest digest = disk.digest(path, Long.MAX_VALUE - 1);
          files.add(new Manifest.Entry(prefix + name, digest.size(), digest.sha256()));
        }
        case FOLDER -> {
          if (depth == MAX_DEPTH) {
            throw new TelecomLlmException(path + ": a folder at depth " + MAX_DEPTH);
          }
          finish(path, prefix + name + "/", depth + 1, files);
          disk.force(path);
        }
        default -> throw new TelecomLlmException(path + ": a writer left a link or a device");
      }
    }
  }
}
