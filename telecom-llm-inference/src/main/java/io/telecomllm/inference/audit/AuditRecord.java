package io.telecomllm.inference.audit;

import static com.google.common.base.Preconditions.checkArgument;

import java.time.Instant;

/**
 * A record of an audit log. Immutable.
 *
 * @param sequence its number in the log, from 0
 * @param time when it was written
 * @param entry what was answered, and by what
 * @param previous the hash of the record before it; {@link #START} for the first
 * @param hash the SHA-256 of its line without this hash: 64 hexadecimal digits in lower case
 */
public record AuditRecord(
    long sequence, Instant time, AuditEntry entry, String previous, String hash) {
  /** The hash before the first record of a log: 64 zeros. */
  public static final String START = "0".repeat(64);

  /** Checks the number and the digests. */
  public AuditRecord {
    checkArgument(sequence >= 0, "sequence is %s, must be at least 0", sequence);
    AuditEntry.checkDigest("previous", previous);
    AuditEntry.checkDigest("hash", hash);
  }
}
