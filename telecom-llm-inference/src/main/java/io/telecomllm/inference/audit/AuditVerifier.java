package io.telecomllm.inference.audit;

import io.telecomllm.InvalidDataException;
import io.telecomllm.files.Disk;
import io.telecomllm.inference.audit.AuditFiles.Numbered;
import io.telecomllm.inference.audit.AuditReport.Break;
import io.telecomllm.inference.audit.AuditReport.Fault;
import io.telecomllm.json.JsonLines;
import io.telecomllm.json.JsonView;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Follows the chain of a log to its end or its first break. For one thread, once. */
final class AuditVerifier {
  private final Path folder;
  private final Optional<String> anchor;
  private final List<Numbered> files;
  private long next;
  private String previous = AuditRecord.START;
  private boolean anchored;
  private int line;
  private Optional<Break> found = Optional.empty();

  /**
   * Creates a verifier of a folder.
   *
   * @param anchor the hash of a record that must be there
   */
  AuditVerifier(Path folder, Optional<String> anchor) {
    this.folder = folder;
    this.anchor = anchor;
    files = AuditFiles.in(folder, Disk.REAL);
    anchored = anchor.isEmpty() || anchor.get().equals(previous);
  }

  AuditReport report() {
    for (int i = 0; i < files.size() && found.isEmpty(); i++) {
      Numbered file = files.get(i);
      line = 0;
      try {
        AuditFiles.read(file.path(), read -> follow(file, read));
      } catch (InvalidDataException e) {
        // longer than any record
        broken(Fault.CHANGED, file.path(), line + 1, String.valueOf(e.getMessage()));
      }
    }
    if (found.isEmpty() && !anchored) {
      broken(
          Fault.REMOVED,
          folder,
          0,
          folder + ": has no record with the hash " + anchor.orElse("") + ", which it once had");
    }
    return new AuditReport(next, found);
  }

  private void broken(Fault fault, Path file, int at, String message) {
    found = Optional.of(new Break(fault, file, at, next, message));
  }

  /** Returns whether the chain goes on after a line. */
  private boolean follow(Numbered file, JsonLines.Line read) {
    line = read.number();
    if (!read.terminated()) {
      return broken(Fault.TORN, file, read, "is not complete");
    }
    JsonView json;
    AuditRecord record;
    try {
      json = read.object();
      if (AuditLine.isOfAnotherVersion(json)) {
        return broken(Fault.ANOTHER_VERSION, file, read, "is of another version of the format");
      }
      record = AuditLine.read(read, json);
    } catch (InvalidDataException e) {
      broken(Fault.CHANGED, file.path(), line, String.valueOf(e.getMessage()));
      return false;
    }
    return record.sequence() == next
        ? linked(file, read, record)
        : misplaced(file, read, record.sequence());
  }

  private boolean broken(Fault fault, Numbered file, JsonLines.Line read, String what) {
    broken(fault, file.path(), read.number(), read.file() + ": " + what);
    return false;
  }

  private boolean linked(Numbered file, JsonLines.Line read, AuditRecord record) {
    if (!record.previous().equals(previous)) {
      return broken(
          Fault.CHANGED, file, read, "does not continue the record before it, which was replaced");
    }
    previous = record.hash();
    anchored |= previous.equals(anchor.orElse(""));
    next++;
    return true;
  }

  private boolean misplaced(Numbered file, JsonLines.Line read, long sequence) {
    String what = "is record " + sequence + ", expected " + next;
    if (sequence < next) {
      return broken(Fault.INSERTED, file, read, what + ": that number was there before");
    }
    if (isSomewhere(next)) {
      return broken(Fault.REORDERED, file, read, what + ", which is at a later place");
    }
    return broken(Fault.REMOVED, file, read, what + ", which is missing" + missingFile(file));
  }

  private String missingFile(Numbered file) {
    Numbered before = AuditFiles.of(folder, file.number() - 1);
    return file.number() == 1 || files.contains(before)
        ? ""
        : ", as is " + before.path().getFileName();
  }

  /** Returns whether some line is the record of a number. */
  private boolean isSomewhere(long sequence) {
    return files.stream().anyMatch(file -> isIn(file, sequence));
  }

  private static boolean isIn(Numbered file, long sequence) {
    AtomicBoolean there = new AtomicBoolean();
    try {
      AuditFiles.read(
          file.path(),
          read -> {
            there.set(isRecord(read, sequence));
            return !there.get();
          });
    } catch (InvalidDataException e) {
      // a line is longer than any record, so the rest of the file is not read
      return false;
    }
    return there.get();
  }

  private static boolean isRecord(JsonLines.Line read, long sequence) {
    try {
      return AuditLine.read(read, read.object()).sequence() == sequence;
    } catch (InvalidDataException e) {
      return false;
    }
  }
}
