package io.telecomllm.inference.audit;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The result of verifying an audit log. Immutable.
 *
 * @param records the number of records whose chain is whole: those before the first break
 * @param firstBreak the first place where the log is not as it was written; empty if there is none
 */
public record AuditReport(long records, Optional<Break> firstBreak) {
  /** What is wrong at a place. */
  public enum Fault {
    /** A record is not as it was written, or is none. */
    CHANGED,
    /** Records are missing. */
    REMOVED,
    /** The record that belongs here is at a later place. */
    REORDERED,
    /** A record was there before, or another one with its number. */
    INSERTED,
    /** The last line is not complete: a process that wrote it was killed, or writes it now. */
    TORN,
    /** The line is of another version of the format. */
    ANOTHER_VERSION
  }

  /**
   * A place where a log is not as it was written.
   *
   * @param fault what is wrong
   * @param file the file; the folder if it has none
   * @param line the number of the line, from 1; 0 if the file or the folder has none
   * @param sequence the number of the record that belongs there, from 0
   * @param message one line that names the place and what is wrong
   */
  public record Break(Fault fault, Path file, int line, long sequence, String message) {}

  /** Returns whether there is no break. */
  public boolean intact() {
    return firstBreak.isEmpty();
  }
}
