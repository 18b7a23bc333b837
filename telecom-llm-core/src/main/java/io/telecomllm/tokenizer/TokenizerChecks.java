package io.telecomllm.tokenizer;

import com.google.common.collect.ImmutableSet;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.text.Quoted;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks a tokenizer.json before the native library reads it. */
final class TokenizerChecks {
  private static final Pattern INTEGER = Pattern.compile("0|[1-9][0-9]{0,8}");
  private static final int MAX_ID = 1 << 22;

  // the components whose behaviour this library's tests cover
  private static final ImmutableSet<String> NORMALIZERS =
      ImmutableSet.of(
          "Sequence",
          "Prepend",
          "Replace",
          "NFC",
          "NFD",
          "NFKC",
          "NFKD",
          "Lowercase",
          "Strip",
          "StripAccents",
          "BertNormalizer");
  private static final ImmutableSet<String> PRE_TOKENIZERS =
      ImmutableSet.of(
          "Sequence",
          "ByteLevel",
          "Digits",
          "Split",
          "Punctuation",
          "Metaspace",
          "Whitespace",
          "WhitespaceSplit",
          "BertPreTokenizer");
  private static final ImmutableSet<String> DECODERS =
      ImmutableSet.of(
          "Sequence",
          "ByteLevel",
          "ByteFallback",
          "Fuse",
          "Strip",
          "Replace",
          "Metaspace",
          "WordPiece");

  private TokenizerChecks() {}

  static void components(JsonObject root, String source) {
    component(root.get("normalizer"), "normalizer", NORMALIZERS, source);
    component(root.get("pre_tokenizer"), "pre_tokenizer", PRE_TOKENIZERS, source);
    component(root.get("decoder"), "decoder", DECODERS, source);
  }

  private static void component(
      @Nullable JsonElement element, String field, Set<String> known, String source) {
    if (element == null || element.isJsonNull()) {
      return;
    }
    String type = string(object(element, field, source).get("type"), field + ".type", source);
    if (!known.contains(type)) {
      throw new UnsupportedModelException(
          source + ": " + field + " of type " + type + ", supported are " + known);
    }
    if (type.equals("Sequence")) {
      for (Map.Entry<String, JsonElement> member : element.getAsJsonObject().entrySet()) {
        if (member.getValue().isJsonArray()) {
          for (JsonElement inner : member.getValue().getAsJsonArray()) {
            component(inner, field, known, source);
          }
        }
      }
    }
  }

  /** Checks the model and returns the id of each token of its vocabulary. */
  static Map<String, Integer> vocabulary(JsonObject model, String source) {
    String type = model.has("type") ? string(model.get("type"), "model.type", source) : "BPE";
    if (!type.equals("BPE") && !type.equals("WordPiece")) {
      throw new UnsupportedModelException(
          source + ": model of type " + type + ", supported are BPE and WordPiece");
    }
    Map<String, Integer> ids = new HashMap<>();
    Set<Integer> seen = new HashSet<>();
    JsonObject vocab = object(model.get("vocab"), "model.vocab", source);
    for (Map.Entry<String, JsonElement> entry : vocab.entrySet()) {
      int id = id(entry.getValue(), "model.vocab['" + entry.getKey() + "']", source);
      if (!seen.add(id)) {
        throw new InvalidDataException(source + ": model.vocab: id " + id + " twice");
      }
      ids.put(entry.getKey(), id);
    }
    if (ids.isEmpty()) {
      throw new InvalidDataException(source + ": model.vocab is empty");
    }
    if (type.equals("BPE")) {
      checkMerges(model, ids, source);
    }
    return ids;
  }

  private static void checkMerges(JsonObject model, Map<String, Integer> ids, String source) {
    for (String affix : new String[] {"continuing_subword_prefix", "end_of_word_suffix"}) {
      JsonElement value = model.get(affix);
      if (value != null && !value.isJsonNull() && !string(value, affix, source).isEmpty()) {
        throw new UnsupportedModelException(
            source + ": model." + affix + " '" + value.getAsString() + "', supported is none");
      }
    }
    JsonArray merges = array(model.get("merges"), "model.merges", source);
    for (int rank = 0; rank < merges.size(); rank++) {
      String[] pair = merge(merges.get(rank), rank, source);
      for (String token : new String[] {pair[0], pair[1], pair[0] + pair[1]}) {
        if (!ids.containsKey(token)) {
          throw new InvalidDataException(
              source + ": model.merges[" + rank + "]: token '" + token + "' is not in the vocab");
        }
      }
    }
  }

  /** Returns the two tokens of a merge, which is written {@code "a b"} or {@code ["a", "b"]}. */
  static String[] merge(JsonElement element, int rank, String source) {
    String[] pair = new String[0];
    if (element.isJsonArray() && element.getAsJsonArray().size() == 2) {
      JsonArray two = element.getAsJsonArray();
      String field = "model.merges[" + rank + "]";
      pair = new String[] {string(two.get(0), field, source), string(two.get(1), field, source)};
    } else if (element.isJsonPrimitive()) {
      pair = element.getAsString().split(" ", -1);
    }
    if (pair.length != 2 || pair[0].isEmpty() || pair[1].isEmpty()) {
      throw new InvalidDataException(
          source + ": model.merges[" + rank + "]: expected two tokens, found " + element);
    }
    return pair;
  }

  static JsonObject object(@Nullable JsonElement element, String field, String source) {
    if (element == null || !element.isJsonObject()) {
      throw unlike(field, "an object", element, source);
    }
    return element.getAsJsonObject();
  }

  static JsonArray array(@Nullable JsonElement element, String field, String source) {
    if (element == null || !element.isJsonArray()) {
      throw unlike(field, "an array", element, source);
    }
    return element.getAsJsonArray();
  }

  static String string(@Nullable JsonElement element, String field, String source) {
    if (element == null || !element.isJsonPrimitive() || !element.getAsJsonPrimitive().isString()) {
      throw unlike(field, "a string", element, source);
    }
    return element.getAsString();
  }

  static boolean flag(@Nullable JsonElement element, String field, String source) {
    if (element == null || element.isJsonNull()) {
      return false;
    }
    if (!element.isJsonPrimitive() || !element.getAsJsonPrimitive().isBoolean()) {
      throw unlike(field, "true or false", element, source);
    }
    return element.getAsBoolean();
  }

  static int id(@Nullable JsonElement element, String field, String source) {
    if (element == null
        || !element.isJsonPrimitive()
        || !element.getAsJsonPrimitive().isNumber()
        || !INTEGER.matcher(element.getAsString()).matches()
        || element.getAsInt() > MAX_ID) {
      throw unlike(field, "an id from 0 to " + MAX_ID, element, source);
    }
    return element.getAsInt();
  }

  private static InvalidDataException unlike(
      String field, String expected, @Nullable JsonElement found, String source) {
    String text = found == null ? "nothing" : found.toString();
    return new InvalidDataException(
        source + ": " + field + ": expected " + expected + ", found " + Quoted.line(text));
  }
}
