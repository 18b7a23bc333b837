package io.telecomllm.tokenizer;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The part of a tokenizer.json that puts special tokens around a text. Of it, this library uses the
 * one in front of a single text, which plain prompts begin with.
 */
final class PostProcessor {
  private PostProcessor() {}

  /** Returns the id of the special token in front of a single text; empty if there is none. */
  static OptionalInt first(JsonElement processor, Map<String, Integer> ids) {
    if (processor == null || !processor.isJsonObject()) {
      return OptionalInt.empty();
    }
    JsonObject object = processor.getAsJsonObject();
    return switch (text(object, "type")) {
      case "TemplateProcessing" -> ofTemplate(object, ids);
      case "Sequence" -> ofSequence(object, ids);
      default -> OptionalInt.empty();
    };
  }

  private static OptionalInt ofSequence(JsonObject sequence, Map<String, Integer> ids) {
    JsonElement parts = sequence.get("processors");
    if (parts != null && parts.isJsonArray()) {
      for (JsonElement part : parts.getAsJsonArray()) {
        // a sequence within a sequence is not published, and could be nested without end
        boolean template =
            part.isJsonObject()
                && text(part.getAsJsonObject(), "type").equals("TemplateProcessing");
        OptionalInt first =
            template ? ofTemplate(part.getAsJsonObject(), ids) : OptionalInt.empty();
        if (first.isPresent()) {
          return first;
        }
      }
    }
    return OptionalInt.empty();
  }

  private static OptionalInt ofTemplate(JsonObject template, Map<String, Integer> ids) {
    JsonElement single = template.get("single");
    if (single == null || !single.isJsonArray() || single.getAsJsonArray().isEmpty()) {
      return OptionalInt.empty();
    }
    JsonElement first = single.getAsJsonArray().get(0);
    JsonElement special = first.isJsonObject() ? first.getAsJsonObject().get("SpecialToken") : null;
    Integer id =
        special != null && special.isJsonObject()
            ? ids.get(text(special.getAsJsonObject(), "id"))
            : null;
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  private static String text(JsonObject object, String field) {
    JsonElement value = object.get(field);
    return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
  }
}
