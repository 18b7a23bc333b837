package io.telecomllm.data;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.telecomllm.InvalidDataException;
import io.telecomllm.data.Rejection.Reason;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Strict reading of {@code {"question 0": {"question": ..., "option 1": ..., "answer": ...}, ...}}.
 * A document that is not JSON is refused; an entry of the wrong form gets its defect.
 */
final class TeleQnAJson {
  /** Entries of a document; more would fill the memory with reasons for their rejection. */
  static final int MAX_ENTRIES = 1_000_000;

  private static final Pattern PLACE = Pattern.compile("line [0-9]+ column [0-9]+");
  private static final int MAX_FIELDS = 64;
  private static final int MAX_ID = 200;
  private static final Set<String> TEXTS = Set.of("question", "answer", "explanation", "category");
  private static final Pattern OPTION = Pattern.compile("option [1-9][0-9]{0,2}");
  private static final Pattern ALMOST =
      Pattern.compile("question|answer|explanation|category|options?[0-9]*");

  private final String name;
  private final JsonReader json;

  private TeleQnAJson(String name, JsonReader json) {
    this.name = name;
    this.json = json;
  }

  static List<RawEntry> parse(byte[] bytes, String name) {
    JsonLimits.check(bytes, name);
    // malformed input is reported, not replaced
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    var text = new InputStreamReader(new ByteArrayInputStream(bytes), decoder);
    try (JsonReader json = new JsonReader(text)) {
      json.setStrictness(Strictness.STRICT);
      return new TeleQnAJson(name, json).document();
    } catch (CharacterCodingException e) {
      throw new InvalidDataException(name + ": not UTF-8", e);
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      // of Gson's message only the place is of use: the rest is advice to call its setters
      Matcher place = PLACE.matcher(String.valueOf(e.getMessage()));
      String at = place.find() ? " at " + place.group() : "";
      String what = e instanceof EOFException ? "ends too early" : "not valid JSON";
      throw new InvalidDataException(name + ": " + what + at, e);
    }
  }

  private List<RawEntry> document() throws IOException {
    if (json.peek() != JsonToken.BEGIN_OBJECT) {
      throw new InvalidDataException(
          name + ": holds " + words(json.peek()) + ", expected an object of questions by name");
    }
    List<RawEntry> entries = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    json.beginObject();
    while (json.hasNext()) {
      String id = json.nextName();
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
    json.endObject();
    if (json.peek() != JsonToken.END_DOCUMENT) {
      throw new InvalidDataException(name + ": " + words(json.peek()) + " after the last entry");
    }
    return entries;
  }

  private RawEntry entry(String id) throws IOException {
    JsonToken token = json.peek();
    if (token != JsonToken.BEGIN_OBJECT) {
      json.skipValue();
      return defective(
          id, Reason.WRONG_TYPE, "the entry is " + words(token) + ", expected an object");
    }
    Map<String, String> fields = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    @Nullable Rejection defect = null;
    json.beginObject();
    while (json.hasNext()) {
      @Nullable Rejection found = field(id, seen, fields);
      defect = defect == null ? found : defect;
    }
    json.endObject();
    return new RawEntry(id, fields, Optional.ofNullable(defect));
  }

  private @Nullable Rejection field(String id, Set<String> seen, Map<String, String> fields)
      throws IOException {
    String key = json.nextName();
    String shown = Texts.shortened(key);
    if (seen.size() == MAX_FIELDS) {
      json.skipValue();
      return new Rejection(id, Reason.UNKNOWN_FIELD, "more than " + MAX_FIELDS + " fields");
    }
    if (!seen.add(key)) {
      json.skipValue();
      return new Rejection(id, Reason.DUPLICATE_FIELD, "\"" + shown + "\" comes twice");
    }
    if (!TEXTS.contains(key) && !OPTION.matcher(key).matches()) {
      json.skipValue();
      // "Option 3" or "option 03" left out in silence would change the question
      return almostKnown(key) ? new Rejection(id, Reason.UNKNOWN_FIELD, "\"" + shown + "\"") : null;
    }
    JsonToken token = json.peek();
    if (token != JsonToken.STRING) {
      json.skipValue();
      return new Rejection(
          id, Reason.WRONG_TYPE, "\"" + shown + "\" is " + words(token) + ", expected a string");
    }
    fields.put(key, json.nextString());
    return null;
  }

  private static boolean almostKnown(String key) {
    String bare = key.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    return ALMOST.matcher(bare).matches();
  }

  private static RawEntry defective(String id, Reason reason, String detail) {
    return new RawEntry(id, Map.of(), Optional.of(new Rejection(id, reason, detail)));
  }

  private static String words(JsonToken token) {
    return switch (token) {
      case BEGIN_OBJECT -> "an object";
      case BEGIN_ARRAY -> "an array";
      case STRING -> "a string";
      case NUMBER -> "a number";
      case BOOLEAN -> "a boolean";
      case NULL -> "null";
      case END_DOCUMENT -> "nothing";
      case NAME, END_OBJECT, END_ARRAY -> "a bracket or name";
    };
  }
}
