package io.telecomllm.inference.audit;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.inference.audit.AuditEntry.Text;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Settings of an {@link AuditLog}. Immutable.
 *
 * @param bytesPerFile the size after which the next record begins a new file, 1 to 2^50 bytes; a
 *     file has at least one record, of any size
 * @param force how long a record stays at most with the operating system before it is forced to the
 *     disk, by a thread of the log's: 1 ms to 1 hour, or 0 to force each record before its answer
 *     is returned; empty, the default, leaves it to the system, which keeps what a killed process
 *     wrote, but not through a power cut
 * @param texts whether the texts of questions and options are kept; otherwise only their digests
 * @param redaction changes each text before it is written; one that throws leaves the digest only
 * @param promptIds whether token ids of prompts are kept; otherwise only their digests. A tokenizer
 *     turns ids back into text
 * @param clock gives records their time
 */
public record AuditSettings(
    long bytesPerFile,
    Optional<Duration> force,
    boolean texts,
    Optional<UnaryOperator<String>> redaction,
    boolean promptIds,
    Clock clock) {
  private static final long DEFAULT_BYTES = 1L << 26;
  private static final long MOST_BYTES = 1L << 50;
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofHours(1);

  /** Checks the ranges, and that a redaction has texts to change. */
  public AuditSettings {
    checkArgument(
        bytesPerFile >= 1 && bytesPerFile <= MOST_BYTES,
        "bytesPerFile is %s, must be 1 to %s",
        bytesPerFile,
        MOST_BYTES);
    force.ifPresent(
        every ->
            checkArgument(
                every.isZero() || (every.compareTo(SHORTEST) >= 0 && every.compareTo(LONGEST) <= 0),
                "force is %s, must be 0, or 1 ms to 1 hour",
                every));
    checkArgument(texts || redaction.isEmpty(), "a redaction of texts that are not kept");
  }

  /**
   * Returns the defaults: 64 MiB a file, forced to the disk when the system does so, texts and ids
   * kept, the system's clock.
   */
  public static AuditSettings defaults() {
    return new AuditSettings(
        DEFAULT_BYTES, Optional.empty(), true, Optional.empty(), true, Clock.systemUTC());
  }

  /** Returns a copy with this size of a file. */
  public AuditSettings withBytesPerFile(long value) {
    return new AuditSettings(value, force, texts, redaction, promptIds, clock);
  }

  /** Returns a copy that forces records to the disk after this time, or each at once if it is 0. */
  public AuditSettings withForce(Duration value) {
    return new AuditSettings(bytesPerFile, Optional.of(value), texts, redaction, promptIds, clock);
  }

  /** Returns a copy that keeps only digests, of texts and of prompts' ids. */
  public AuditSettings withoutTexts() {
    return new AuditSettings(bytesPerFile, force, false, Optional.empty(), false, clock);
  }

  /** Returns a copy that keeps texts as this changes them, and only digests of prompts' ids. */
  public AuditSettings withRedaction(UnaryOperator<String> value) {
    return new AuditSettings(bytesPerFile, force, true, Optional.of(value), false, clock);
  }

  /** Returns a copy that keeps the ids of prompts, or only their digests. */
  public AuditSettings withPromptIds(boolean value) {
    return new AuditSettings(bytesPerFile, force, texts, redaction, value, clock);
  }

  /** Returns a copy with this clock. */
  public AuditSettings withClock(Clock value) {
    return new AuditSettings(bytesPerFile, force, texts, redaction, promptIds, value);
  }

  /** Returns what may be written of an entry. */
  AuditEntry kept(AuditEntry entry) {
    return new AuditEntry(
        entry.setup(),
        kept(entry.question()),
        entry.options().stream().map(this::kept).toList(),
        promptIds ? entry.prompt() : entry.prompt().withoutIds(),
        entry.references(),
        entry.choice(),
        entry.written());
  }

  private Text kept(Text original) {
    if (original.text().isEmpty()) {
      return original;
    }
    if (!texts) {
      return new Text(Optional.empty(), original.sha256(), Text.Form.DIGEST);
    }
    return redaction.map(hook -> redacted(hook, original)).orElse(original);
  }

  private static Text redacted(UnaryOperator<String> hook, Text original) {
    Optional<String> changed;
    try {
      changed = original.text().map(hook);
    } catch (RuntimeException | StackOverflowError e) {
      // a regular expression overflows the stack on a long text; the record says that it failed
      changed = Optional.empty();
    }
    return new Text(
        changed,
        original.sha256(),
        changed.isPresent() ? Text.Form.REDACTED : Text.Form.REDACTION_FAILED);
  }
}
