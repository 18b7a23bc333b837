package io.telecomllm.inference.audit;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;
import static java.util.Objects.requireNonNull;

import io.telecomllm.BusyException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import io.telecomllm.files.AppendedFile;
import io.telecomllm.files.Disk;
import io.telecomllm.files.LockFile;
import io.telecomllm.inference.audit.AuditFiles.Numbered;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An audit log: records in the files of a folder, each with the hash of the one before it. What a
 * process wrote before it was killed stays; a line that it had only begun is set aside in a file of
 * its own when the log is opened again, and the chain continues.
 *
 * <pre>{@code
 * try (AuditLog log = AuditLog.open(folder);
 *     TelecomAnswerer answerer = TelecomAnswerer.on(model).audit(log).build()) {
 *   answerer.answer(question);
 *   String anchor = log.head(); // keep it elsewhere
 * }
 * AuditReport report = AuditLog.verify(folder, anchor);
 * }</pre>
 *
 * <p>Safe for use by several threads; one log at a time writes in a folder. To append does not wait
 * for the disk unless {@link AuditSettings#force} is 0.
 */
public final class AuditLog implements AutoCloseable {
  private static final String LOCK = "audit.lock";

  private final Path folder;
  private final AuditSettings settings;
  private final Disk disk;
  private final LockFile lock;
  private final AppendedFile out;
  private final Forcing forcing;
  private Numbered file;
  private long size;
  private long next;
  private String head;
  // false while the file is not open, or ends in the middle of a line that could not be written
  private boolean ready;
  private boolean closed;

  private AuditLog(Path folder, AuditSettings settings, Disk disk, LockFile lock, AuditEnd end) {
    this.folder = folder;
    this.settings = settings;
    this.disk = disk;
    this.lock = lock;
    out = new AppendedFile(folder, "the audit log", disk);
    file = end.file();
    size = end.size();
    next = end.next();
    head = end.head();
    begin();
    forcing = new Forcing(disk, settings.force());
  }

  /** Opens the log of a folder with the defaults; see {@link #open(Path, AuditSettings)}. */
  public static AuditLog open(Path folder) {
    return open(folder, AuditSettings.defaults());
  }

  /**
   * Opens the log of a folder, or begins one. Only the last line is checked; {@link #verify} reads
   * all.
   *
   * @param folder created if it does not exist
   * @throws BusyException if another thread or process has opened it
   * @throws InvalidDataException naming file and line, if the last line is damaged, of another
   *     version, or none of a log; nothing is changed then
   * @throws StorageException naming the path, if the disk refuses
   */
  public static AuditLog open(Path folder, AuditSettings settings) {
    return open(folder, settings, Disk.REAL);
  }

  static AuditLog open(Path folder, AuditSettings settings, Disk disk) {
    requireNonNull(folder, "folder is null");
    requireNonNull(settings, "settings is null");
    return Disk.uninterrupted(
        () -> {
          Path real = disk.createFolders(folder);
          LockFile lock = LockFile.take(real.resolve(LOCK), disk, holder -> busy(real, holder));
          try {
            return new AuditLog(real, settings, disk, lock, AuditEnd.of(real, disk));
          } catch (RuntimeException | Error e) {
            lock.closeAfter(e);
            throw e;
          }
        });
  }

  private static String busy(Path folder, String holder) {
    return folder
        + ": another audit log of "
        + holder
        + " writes here; close it, stop it, or take another folder";
  }

  /**
   * Appends the record of an answer. What the settings say is left out or changed of its texts
   * before anything is written.
   *
   * @return the record as it was written
   * @throws IllegalStateException if the log is closed
   * @throws IllegalArgumentException naming its size, if the record takes over 16 MiB
   * @throws StorageException naming the path, if the disk refuses, or has refused to take earlier
   *     records in time; the log can be used again once the disk has space. A record that was
   *     written but could not be forced to the disk stays in the log
   */
  public AuditRecord append(AuditEntry entry) {
    requireNonNull(entry, "entry is null");
    // a program's own code runs without the lock
    AuditEntry kept = settings.kept(entry);
    return Disk.uninterrupted(() -> write(kept));
  }

  private synchronized AuditRecord write(AuditEntry entry) {
    checkState(!closed, "%s: the audit log is closed", folder);
    forcing.check();
    AuditLine line = AuditLine.of(next, settings.clock().instant(), entry, head);
    int bytes = line.utf8().length;
    checkArgument(
        bytes <= AuditLine.MAX_BYTES,
        "the audit record takes %s bytes, at most %s are written",
        bytes,
        AuditLine.MAX_BYTES);
    if (!ready) {
      begin();
    }
    if (size > 0 && size + bytes > settings.bytesPerFile()) {
      rotate();
    }
    write(line.utf8());
    size += bytes;
    next++;
    head = line.record().hash();
    forcing.written(file.path());
    return line.record();
  }

  private void write(byte[] utf8) {
    ready = false;
    try {
      out.write(utf8);
      ready = true;
    } catch (StorageException e) {
      try {
        begin();
      } catch (StorageException second) {
        // the next record tries again
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /** Opens the current file, and cuts off what follows its complete lines. */
  private void begin() {
    out.open(file::path);
    disk.truncate(file.path(), size);
    ready = true;
  }

  private void rotate() {
    Numbered following = AuditFiles.of(folder, file.number() + 1);
    ready = false;
    out.open(following::path);
    ready = true;
    file = following;
    size = 0;
    forcing.written(folder);
  }

  /**
   * Returns the hash of the last record, or {@link AuditRecord#START} if there is none: what {@link
   * #verify(Path, String)} needs to find that the last records were removed.
   */
  public synchronized String head() {
    return head;
  }

  /**
   * Verifies the log of a folder from its first record on; also while it is being written, when the
   * last line may be torn.
   *
   * @throws StorageException naming the path, if it cannot be read
   */
  public static AuditReport verify(Path folder) {
    requireNonNull(folder, "folder is null");
    return new AuditVerifier(folder, Optional.empty()).report();
  }

  /**
   * Verifies the log of a folder from its first record on, and that it still has a record.
   *
   * @param anchor a {@link #head} from earlier
   * @throws StorageException naming the path, if it cannot be read
   */
  public static AuditReport verify(Path folder, String anchor) {
    requireNonNull(folder, "folder is null");
    requireNonNull(anchor, "anchor is null");
    AuditEntry.checkDigest("anchor", anchor);
    return new AuditVerifier(folder, Optional.of(anchor)).report();
  }

  /**
   * Reads the records of a folder in their order, each checked by its own hash; a torn last line is
   * left out.
   *
   * @param reader is given each record
   * @throws InvalidDataException naming file and line, if a line is damaged or of another version
   * @throws StorageException naming the path, if it cannot be read
   */
  public static void read(Path folder, Consumer<AuditRecord> reader) {
    requireNonNull(folder, "folder is null");
    requireNonNull(reader, "reader is null");
    List<Numbered> files = AuditFiles.in(folder, Disk.REAL);
    for (Numbered file : files) {
      boolean last = file.equals(files.get(files.size() - 1));
      AuditFiles.read(
          file.path(),
          line -> {
            if (line.terminated() || !last) {
              reader.accept(AuditLine.read(line, line.object()));
            }
            return true;
          });
    }
  }

  /**
   * Closes the log; if {@link AuditSettings#force} is set, all records are on the disk afterwards.
   * A second call does nothing.
   *
   * @throws StorageException naming the path, if the disk refuses
   */
  @Override
  public void close() {
    Disk.uninterrupted(
        () -> {
          end();
          return folder;
        });
  }

  private synchronized void end() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      out.close();
    } finally {
      try {
        forcing.close();
      } finally {
        lock.close();
      }
    }
  }
}
