package io.telecomllm.tokenizer;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.telecomllm.InvalidDataException;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads untrusted files as trees that can be changed for the native library. */
final class JsonTrees {
  private static final int MAX_DEPTH = 32;

  private JsonTrees() {}

  /**
   * Reads the object in {@code file} as strictly as {@link StrictJson}.
   *
   * @throws InvalidDataException if it is damaged, nested deeper than 32 or longer than {@code
   *     maxBytes}
   */
  static JsonObject read(Path file, int maxBytes) {
    JsonView view = StrictJson.read(file, maxBytes, MAX_DEPTH);
    JsonObject object = new JsonObject();
    view.names().forEach(name -> object.add(name, tree(view.value(name))));
    return object;
  }

  /** Returns a member of an object as text; empty if there is no object or no such text. */
  static String text(@Nullable JsonElement object, String field) {
    JsonElement value =
        object != null && object.isJsonObject() ? object.getAsJsonObject().get(field) : null;
    return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
  }

  private static JsonElement tree(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      JsonObject object = new JsonObject();
      map.forEach((name, member) -> object.add((String) name, tree(member)));
      return object;
    }
    if (value instanceof List<?> list) {
      JsonArray array = new JsonArray(list.size());
      list.forEach(element -> array.add(tree(element)));
      return array;
    }
    if (value instanceof String text) {
      return new JsonPrimitive(text);
    }
    if (value instanceof Number number) {
      return new JsonPrimitive(number);
    }
    return value instanceof Boolean truth ? new JsonPrimitive(truth) : JsonNull.INSTANCE;
  }
}
