package io.telecomllm.inference.audit;

import io.telecomllm.InvalidDataException;
import io.telecomllm.files.Disk;
import io.telecomllm.json.JsonLines;
import io.telecomllm.json.JsonRecords;
import io.telecomllm.json.JsonText;
import io.telecomllm.json.JsonView;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record and its line; the format is that of the package's description.
 *
 * @param utf8 the line with its line break
 */
@SuppressWarnings("ArrayRecordComponent") // written once, never compared
record AuditLine(AuditRecord record, byte[] utf8) {
  /** A longer line is neither written nor read, so that memory stays bounded. */
  static final int MAX_BYTES = 1 << 24;

  /** What each line begins with. */
  static final String BEGINNING = "{\"audit\":";

  private static final long VERSION = 1;
  private static final String HASH = ",\"hash\":\"";
  private static final String END = "\"}";
  private static final int TAIL = HASH.length() + 64 + END.length();

  /** Writes the line of a new record. */
  static AuditLine of(long sequence, Instant time, AuditEntry entry, String previous) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("audit", VERSION);
    fields.put("sequence", sequence);
    fields.put("time", time.toString());
    fields.put("kind", entry.kind());
    fields.putAll(JsonRecords.of(entry));
    fields.put("previous", previous);
    byte[] canonical = JsonText.line(fields).getBytes(StandardCharsets.UTF_8);
    String hash = hash(canonical);
    byte[] tail = (HASH + hash + END + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] utf8 = Arrays.copyOf(canonical, canonical.length - 1 + tail.length);
    System.arraycopy(tail, 0, utf8, canonical.length - 1, tail.length);
    return new AuditLine(new AuditRecord(sequence, time, entry, previous, hash), utf8);
  }

  /** Returns whether an object is a line of another version of the format. */
  static boolean isOfAnotherVersion(JsonView json) {
    return json.value("audit") instanceof Long version && version != VERSION;
  }

  /**
   * Reads a record.
   *
   * @throws InvalidDataException naming file and line, if the line was changed or is of another
   *     version
   */
  static AuditRecord read(JsonLines.Line line, JsonView json) {
    if (isOfAnotherVersion(json)) {
      throw line.invalid(
          "is of version " + json.value("audit") + " of the format, expected " + VERSION, null);
    }
    String hash = verified(line);
    try {
      AuditEntry entry = JsonRecords.read(json, AuditEntry.class);
      return new AuditRecord(
          json.longInteger("sequence", 0, Long.MAX_VALUE),
          Instant.parse(json.string("time")),
          entry,
          json.string("previous"),
          hash);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw line.invalid("is no audit record: " + e.getMessage(), e);
    }
  }

  /** Returns the hash at the end of a line, which is that of the rest. */
  private static String verified(JsonLines.Line line) {
    byte[] utf8 = line.utf8();
    int cut = utf8.length - TAIL;
    String tail = cut < 1 ? "" : new String(utf8, cut, TAIL, StandardCharsets.ISO_8859_1);
    if (!tail.startsWith(HASH) || !tail.endsWith(END)) {
      throw line.invalid("is no audit record: it does not end with its hash", null);
    }
    byte[] canonical = Arrays.copyOf(utf8, cut + 1);
    canonical[cut] = '}';
    String hash = hash(canonical);
    if (!tail.equals(HASH + hash + END)) {
      throw line.invalid("was changed: its hash is not that of its content", null);
    }
    return hash;
  }

  private static String hash(byte[] bytes) {
    return HexFormat.of().formatHex(Disk.sha256().digest(bytes));
  }
}
