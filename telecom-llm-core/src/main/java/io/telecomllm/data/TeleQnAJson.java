package io.telecomllm.data;

import io.telecomllm.InvalidDataException;
import io.telecomllm.data.Rejection.Reason;
import io.telecomllm.json.JsonCursor;
import io.telecomllm.json.JsonCursor.Kind;
import io.telecomllm.json.JsonLimits;
import io.telecomllm.json.JsonLines;
import io.telecomllm.json.JsonLines.Line;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads entries strictly: an object of entries by name, as TeleQnA is published, an array of
 * entries, or one on each line. A document that is not JSON is refused; an entry of the wrong form
 * is returned with its defect.
 */
final class TeleQnAJson {
  /** The most entries in a document; more could fill the memory with rejections. */
  static final int MAX_ENTRIES = 1_000_000;

  /** Generous: the format has two levels of nesting and texts of a few kilobytes. */
  private static final JsonLimits LIMITS = new JsonLimits(16, 1 << 20);

  private static final int MAX_ID = 200;
  private static final int MAX_LINE = 1 << 24;

  /** The most fields whose names are read to tell an entry from a set of entries. */
  private static final int LOOKED_AT = 64;

  private final String name;
  private final List<RawEntry> entries = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();

  private TeleQnAJson(String name) {
    this.name = name;
  }

  static List<RawEntry> parse(byte[] bytes, String name) {
    // some editors on Windows write a byte order mark before the JSON
    byte[] json = startsWithMark(bytes) ? Arrays.copyOfRange(bytes, 3, bytes.length) : bytes;
    return new TeleQnAJson(name).document(json);
  }

  private static boolean startsWithMark(byte[] bytes) {
    return bytes.length >= 3
        && bytes[0] == (byte) 0xEF
        && bytes[1] == (byte) 0xBB
        && bytes[2] == (byte) 0xBF;
  }

  private List<RawEntry> document(byte[] bytes) {
    JsonCursor json = JsonCursor.over(name, bytes, LIMITS);
    Kind kind = json.peek();
    if (kind == Kind.ARRAY) {
      array(json);
    } else if (kind != Kind.OBJECT) {
      throw new InvalidDataException(
          name
              + ": holds "
              + kind.words()
              + ", expected an object of questions by name, an array of questions, or one on each"
              + " line");
    } else if (isEntry(JsonCursor.over(name, bytes, LIMITS))) {
      lines(bytes);
    } else {
      byName(json);
    }
    return entries;
  }

  /** Returns whether the object that comes next is an entry: it has a field of one. */
  private static boolean isEntry(JsonCursor json) {
    json.enter();
    for (int i = 0; i < LOOKED_AT && json.hasNext(); i++) {
      if (EntryJson.isField(json.name()) && json.peek() != Kind.OBJECT) {
        return true;
      }
      json.skip();
    }
    return false;
  }

  private void byName(JsonCursor json) {
    json.enter();
    while (json.hasNext()) {
      String id = json.name();
      // an entry with a long name is not read first
      checkName(id);
      checkRoom();
      add(EntryJson.read(id, true, json));
    }
    json.leaveObject();
    requireEnd(json, name);
  }

  private void array(JsonCursor json) {
    json.enter();
    while (json.hasNext()) {
      addNext(json);
    }
    json.leaveArray();
    requireEnd(json, name);
  }

  private void lines(byte[] bytes) {
    JsonLines lines = JsonLines.of(name, new ByteArrayInputStream(bytes), MAX_LINE);
    try {
      for (Optional<Line> line = lines.next(); line.isPresent(); line = lines.next()) {
        byte[] utf8 = line.get().utf8();
        if (!isBlank(utf8)) {
          JsonCursor json = JsonCursor.over(line.get().file(), utf8, LIMITS);
          addNext(json);
          requireEnd(json, line.get().file());
        }
      }
    } catch (IOException e) {
      throw new InvalidDataException(name + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Adds an entry; without an id it gets the name that TeleQnA gives to its place. */
  private void addNext(JsonCursor json) {
    checkRoom();
    RawEntry entry = EntryJson.read("question " + entries.size(), false, json);
    checkName(entry.id());
    add(entry);
  }

  private void add(RawEntry entry) {
    entries.add(
        ids.add(entry.id())
            ? entry
            : EntryJson.defective(
                entry.id(), Reason.DUPLICATE_ID, "an entry of this name came before"));
  }

  private void checkName(String id) {
    if (id.length() > MAX_ID) {
      throw new InvalidDataException(
          name + ": an entry's name has " + id.length() + " characters, at most " + MAX_ID);
    }
  }

  private void checkRoom() {
    if (entries.size() == MAX_ENTRIES) {
      throw new InvalidDataException(name + ": more than " + MAX_ENTRIES + " entries");
    }
  }

  private static void requireEnd(JsonCursor json, String place) {
    if (json.peek() != Kind.END) {
      throw new InvalidDataException(place + ": " + json.peek().words() + " after the last entry");
    }
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }
}
