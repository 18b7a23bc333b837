package io.telecomllm.data;

import io.telecomllm.InvalidDataException;
import io.telecomllm.data.Rejection.Reason;
import io.telecomllm.json.JsonCursor;
import io.telecomllm.json.JsonCursor.Kind;
import io.telecomllm.json.JsonLimits;
import io.telecomllm.text.Quoted;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code {"question 0": {"question": ..., "option 1": ..., "answer": ...}, ...}} strictly. A
 * document that is not JSON is refused; an entry of the wrong form is returned with its defect.
 */
final class TeleQnAJson {
  /** The most entries in a document; more could fill the memory with rejections. */
  static final int MAX_ENTRIES = 1_000_000;

  /** Generous: the format has two levels of nesting and texts of a few kilobytes. */
  private static final JsonLimits LIMITS = new JsonLimits(16, 1 << 20);

  private static final int MAX_FIELDS = 64;
  private static final int MAX_ID = 200;
  private static final Set<String> TEXTS = Set.of("question", "answer", "explanation", "category");
  private static final Pattern OPTION = Pattern.compile("option [1-9][0-9]{0,2}");
  private static final Pattern ALMOST =
      Pattern.compile("question|answer|explanation|category|options?[0-9]*");

  private final String name;
  private final JsonCursor json;

  private TeleQnAJson(String name, JsonCursor json) {
    this.name = name;
    this.json = json;
  }

  static List<RawEntry> parse(byte[] bytes, String name) {
    // some editors on Windows write a byte order mark before the JSON
    byte[] json = startsWithMark(bytes) ? Arrays.copyOfRange(bytes, 3, bytes.length) : bytes;
    return new TeleQnAJson(name, JsonCursor.over(name, json, LIMITS)).document();
  }

  private static boolean startsWithMark(byte[] bytes) {
    return bytes.length >= 3
        && bytes[0] == (byte) 0xEF
        && bytes[1] == (byte) 0xBB
        && bytes[2] == (byte) 0xBF;
  }

  private List<RawEntry> document() {
    if (json.peek() != Kind.OBJECT) {
      throw new InvalidDataException(
          name + ": holds " + json.peek().words() + ", expected an object of questions by name");
    }
    List<RawEntry> entries = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    json.enter();
    while (json.hasNext()) {
      String id = json.name();
      if (id.length() > MAX_ID) {
        throw new InvalidDataException(
            name + ": an entry's name has " + id.length() + " characters, at most " + MAX_ID);
      }
      if (entries.size() == MAX_ENTRIES) {
        throw new InvalidDataException(name + ": more than " + MAX_ENTRIES + " entries");
      }
      RawEntry entry = entry(id);
      entries.add(
          ids.add(id)
              ? entry
              : defective(id, Reason.DUPLICATE_ID, "an entry of this name came before"));
    }
    json.leaveObject();
    if (json.peek() != Kind.END) {
      throw new InvalidDataException(name + ": " + json.peek().words() + " after the last entry");
    }
    return entries;
  }

  private RawEntry entry(String id) {
    Kind kind = json.peek();
    if (kind != Kind.OBJECT) {
      json.skip();
      return defective(
          id, Reason.WRONG_TYPE, "the entry is " + kind.words() + ", expected an object");
    }
    Map<String, String> fields = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    @Nullable Rejection defect = null;
    json.enter();
    while (json.hasNext()) {
      @Nullable Rejection found = field(id, seen, fields);
      defect = defect == null ? found : defect;
    }
    json.leaveObject();
    return new RawEntry(id, fields, Optional.ofNullable(defect));
  }

  private @Nullable Rejection field(String id, Set<String> seen, Map<String, String> fields) {
    String key = json.name();
    String shown = Quoted.line(key);
    if (seen.size() == MAX_FIELDS) {
      json.skip();
      return new Rejection(id, Reason.UNKNOWN_FIELD, "more than " + MAX_FIELDS + " fields");
    }
    if (!seen.add(key)) {
      json.skip();
      return new Rejection(id, Reason.DUPLICATE_FIELD, "\"" + shown + "\" appears twice");
    }
    if (!TEXTS.contains(key) && !OPTION.matcher(key).matches()) {
      json.skip();
      // silently ignoring "Option 3" or "option 03" would change the question
      return almostKnown(key) ? new Rejection(id, Reason.UNKNOWN_FIELD, "\"" + shown + "\"") : null;
    }
    Kind kind = json.peek();
    if (kind != Kind.STRING) {
      json.skip();
      return new Rejection(
          id, Reason.WRONG_TYPE, "\"" + shown + "\" is " + kind.words() + ", expected a string");
    }
    fields.put(key, json.text());
    return null;
  }

  private static boolean almostKnown(String key) {
    String bare = key.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    return ALMOST.matcher(bare).matches();
  }

  private static RawEntry defective(String id, Reason reason, String detail) {
    return new RawEntry(id, Map.of(), Optional.of(new Rejection(id, reason, detail)));
  }
}
