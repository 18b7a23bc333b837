package io.telecomllm.tokenizer;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The part of a tokenizer.json that puts special tokens around a text. Of it, this library uses the
 * one in front of a single text, which plain prompts begin with.
 */
final class PostProcessor {
  private PostProcessor() {}

  /** Returns the id of the special token in front of a single text; empty if there is none. */
  static OptionalInt first(@Nullable JsonElement processor, Map<String, Integer> ids) {
    if (!JsonTrees.text(processor, "type").equals("Sequence")) {
      return ofTemplate(processor, ids);
    }
    // a sequence within a sequence is not published, and could be nested without end
    for (JsonElement part : elements(processor, "processors")) {
      OptionalInt first = ofTemplate(part, ids);
      if (first.isPresent()) {
        return first;
      }
    }
    return OptionalInt.empty();
  }

  private static OptionalInt ofTemplate(@Nullable JsonElement processor, Map<String, Integer> ids) {
    JsonArray single = elements(processor, "single");
    if (!JsonTrees.text(processor, "type").equals("TemplateProcessing") || single.isEmpty()) {
      return OptionalInt.empty();
    }
    JsonElement first = single.get(0);
    JsonElement special = first.isJsonObject() ? first.getAsJsonObject().get("SpecialToken") : null;
    Integer id =
        special != null && special.isJsonObject() ? ids.get(JsonTrees.text(special, "id")) : null;
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** Returns an array of an object; empty if there is no object or no such array. */
  private static JsonArray elements(@Nullable JsonElement object, String field) {
    JsonElement value =
        object != null && object.isJsonObject() ? object.getAsJsonObject().get(field) : null;
    return value != null && value.isJsonArray() ? value.getAsJsonArray() : new JsonArray();
  }
}
