package io.telecomllm.data;

import io.telecomllm.data.Rejection.Reason;
import io.telecomllm.json.JsonCursor;
import io.telecomllm.json.JsonCursor.Kind;
import io.telecomllm.text.Quoted;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads one entry, either of the published file ({@code option 1}, {@code option 2}, ..., {@code
 * answer}, {@code category}) or of the Hugging Face hub ({@code choices}, {@code answer} as an
 * index, {@code subject}). The choices become the fields {@code option 1}, {@code option 2}, ...,
 * and an option that is null is left out.
 */
final class EntryJson {
  private static final int MAX_FIELDS = 64;
  private static final Set<String> TEXTS = Set.of("question", "answer", "explanation", "category");
  private static final Pattern OPTION = Pattern.compile("option [1-9][0-9]{0,2}");
  private static final Pattern ALMOST =
      Pattern.compile("question|answer|explanation|category|options?[0-9]*");

  private final boolean named;
  private final JsonCursor json;
  private final Map<String, String> fields = new LinkedHashMap<>();
  private final Map<String, Kind> kinds = new LinkedHashMap<>();
  private final Set<String> seen = new HashSet<>();
  private String id;
  private String subject = "";
  private boolean numbered;
  private @Nullable Rejection defect;

  private EntryJson(String id, boolean named, JsonCursor json) {
    this.id = id;
    this.named = named;
    this.json = json;
  }

  /**
   * Reads the next value; one of the wrong form is returned with its first defect.
   *
   * @param named whether the document gives the entry this id; otherwise a field {@code id} does
   */
  static RawEntry read(String id, boolean named, JsonCursor json) {
    Kind kind = json.peek();
    if (kind != Kind.OBJECT) {
      json.skip();
      return defective(
          id, Reason.WRONG_TYPE, "the entry is " + kind.words() + ", expected an object");
    }
    return new EntryJson(id, named, json).object();
  }

  static RawEntry defective(String id, Reason reason, String detail) {
    return new RawEntry(id, Map.of(), false, Optional.of(new Rejection(id, reason, detail)));
  }

  /** Returns whether a field of this name belongs to an entry rather than to a set of entries. */
  static boolean isField(String name) {
    return TEXTS.contains(name) || OPTION.matcher(name).matches() || isOfHub(name);
  }

  private static boolean isOfHub(String name) {
    return name.equals("choices") || name.equals("subject");
  }

  private RawEntry object() {
    json.enter();
    while (json.hasNext()) {
      field();
    }
    json.leaveObject();
    boolean indexed = kinds.get("choices") == Kind.ARRAY;
    Kind choices = kinds.getOrDefault("choices", Kind.NULL);
    if (numbered && choices != Kind.NULL) {
      refuse(Reason.DUPLICATE_FIELD, "options are in \"choices\" and in \"option k\"");
    } else if (!numbered && choices != Kind.NULL && choices != Kind.ARRAY) {
      wrongType("choices", choices, "an array");
    }
    Kind answer = kinds.getOrDefault("answer", Kind.END);
    Kind expected = indexed ? Kind.NUMBER : Kind.STRING;
    if ((indexed || numbered) && answer != expected && answer != Kind.END) {
      wrongType("answer", answer, indexed ? "a number, the index of a choice" : "a string");
    }
    category();
    // the defect may have been found before the id
    return new RawEntry(
        id,
        fields,
        indexed,
        Optional.ofNullable(defect).map(d -> new Rejection(id, d.reason(), d.detail())));
  }

  private void category() {
    if (fields.containsKey("category") || kinds.containsKey("category")) {
      return;
    }
    Kind kind = kinds.getOrDefault("subject", Kind.NULL);
    if (kind == Kind.STRING) {
      fields.put("category", subject);
    } else if (kind != Kind.NULL) {
      wrongType("subject", kind, "a string");
    }
  }

  private void field() {
    String key = json.name();
    String shown = Quoted.line(key);
    if (seen.size() == MAX_FIELDS) {
      json.skip();
      refuse(Reason.UNKNOWN_FIELD, "more than " + MAX_FIELDS + " fields");
      return;
    }
    if (!seen.add(key)) {
      json.skip();
      refuse(Reason.DUPLICATE_FIELD, "\"" + shown + "\" appears twice");
      return;
    }
    if (key.equals("id") && !named && json.peek() == Kind.STRING) {
      id = json.text();
      return;
    }
    if (!isField(key)) {
      json.skip();
      // silently ignoring "Option 3" or "option 03" would change the question
      if (almostKnown(key)) {
        refuse(Reason.UNKNOWN_FIELD, "\"" + shown + "\"");
      }
      return;
    }
    value(key, json.peek());
  }

  private void value(String key, Kind kind) {
    kinds.put(key, kind);
    boolean option = key.startsWith("option ");
    if (key.equals("choices") && kind == Kind.ARRAY) {
      choices();
    } else if (key.equals("subject") && kind == Kind.STRING) {
      subject = json.text();
    } else if (!isOfHub(key)
        && (kind == Kind.STRING || (kind == Kind.NUMBER && key.equals("answer")))) {
      fields.put(key, json.text());
      numbered |= option;
    } else {
      json.skip();
      // a table with a column for each option holds null where an entry has fewer
      boolean absent = kind == Kind.NULL && (option || key.equals("explanation"));
      boolean judgedAtTheEnd = isOfHub(key) || key.equals("answer");
      if (!absent && !judgedAtTheEnd) {
        wrongType(key, kind, "a string");
      }
    }
  }

  private void choices() {
    json.enter();
    for (int number = 1; json.hasNext(); number++) {
      Kind kind = json.peek();
      if (kind == Kind.STRING && number <= MAX_FIELDS) {
        fields.put("option " + number, json.text());
      } else {
        json.skip();
        if (number > MAX_FIELDS) {
          refuse(Reason.TOO_MANY_OPTIONS, "more than " + MAX_FIELDS + " choices");
        } else if (kind != Kind.NULL) {
          refuse(
              Reason.WRONG_TYPE, "\"choices\" holds " + kind.words() + ", expected strings only");
        }
      }
    }
    json.leaveArray();
  }

  private static boolean almostKnown(String key) {
    String bare = key.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    return ALMOST.matcher(bare).matches();
  }

  private void wrongType(String key, Kind found, String expected) {
    refuse(Reason.WRONG_TYPE, "\"" + key + "\" is " + found.words() + ", expected " + expected);
  }

  private void refuse(Reason reason, String detail) {
    if (defect == null) {
      defect = new Rejection(id, reason, detail);
    }
  }
}
