package io.telecomllm.inference.audit;

import io.telecomllm.InvalidDataException;
import io.telecomllm.files.Disk;
import io.telecomllm.inference.audit.AuditFiles.Numbered;
import io.telecomllm.json.JsonLines;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a log ends, and its next record begins.
 *
 * @param file the last file, which need not exist yet
 * @param size the bytes of its complete lines
 * @param next the number of the next record
 * @param head the hash of the last record
 */
record AuditEnd(Numbered file, long size, long next, String head) {
  private static final int DIGEST_DIGITS = 16;

  /** The lines at the end of a file; what is not there is null. */
  private static final class Lines {
    JsonLines.@Nullable Line complete;
    JsonLines.@Nullable Line torn;

    static Lines of(Path file) {
      Lines lines = new Lines();
      AuditFiles.read(
          file,
          line -> {
            if (line.terminated()) {
              lines.complete = line;
            } else {
              lines.torn = line;
            }
            return true;
          });
      return lines;
    }
  }

  /**
   * Finds the end of the log in a folder. A line that a killed process had begun is copied to a
   * file of its own; the caller cuts it off.
   *
   * @throws InvalidDataException naming file and line, if the last line is not one of a log;
   *     nothing is changed then
   */
  static AuditEnd of(Path folder, Disk disk) {
    List<Numbered> files = AuditFiles.in(folder, disk);
    if (files.isEmpty()) {
      return new AuditEnd(AuditFiles.of(folder, 1), 0, 0, AuditRecord.START);
    }
    Numbered last = files.get(files.size() - 1);
    Lines end = Lines.of(last.path());
    Optional<AuditRecord> record = record(end);
    // a file whose first record was not completed
    for (int i = files.size() - 2; i >= 0 && record.isEmpty(); i--) {
      record = whole(Lines.of(files.get(i).path()));
    }
    JsonLines.Line complete = end.complete;
    long size = complete == null ? 0 : complete.end();
    JsonLines.Line torn = end.torn;
    if (torn != null) {
      setAside(last.path(), size, torn, disk);
    }
    return new AuditEnd(
        last,
        size,
        record.map(r -> r.sequence() + 1).orElse(0L),
        record.map(AuditRecord::hash).orElse(AuditRecord.START));
  }

  private static Optional<AuditRecord> record(Lines lines) {
    return Optional.ofNullable(lines.complete).map(line -> AuditLine.read(line, line.object()));
  }

  private static Optional<AuditRecord> whole(Lines lines) {
    JsonLines.Line torn = lines.torn;
    if (torn != null) {
      throw torn.invalid("is not complete, and another file follows", null);
    }
    return record(lines);
  }

  private static void setAside(Path file, long at, JsonLines.Line torn, Disk disk) {
    if (!isBeginning(torn.utf8())) {
      throw torn.invalid("is no audit record, nor the beginning of one", null);
    }
    String digest = HexFormat.of().formatHex(Disk.sha256().digest(torn.utf8()));
    // named by what it holds: a process that is killed here does the same again, and loses nothing
    Path side =
        file.resolveSibling(
            file.getFileName() + ".torn-" + at + "-" + digest.substring(0, DIGEST_DIGITS));
    disk.write(side, path -> Files.write(path, torn.utf8()));
    disk.force(side);
  }

  /** Returns whether bytes begin as a record does, or with the zeros that a power cut leaves. */
  private static boolean isBeginning(byte[] utf8) {
    byte[] expected = AuditLine.BEGINNING.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < Math.min(utf8.length, expected.length) && utf8[i] != 0; i++) {
      if (utf8[i] != expected[i]) {
        return false;
      }
    }
    return true;
  }
}
