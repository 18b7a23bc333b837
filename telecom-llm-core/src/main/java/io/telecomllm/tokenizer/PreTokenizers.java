package io.telecomllm.tokenizer;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.telecomllm.UnsupportedModelException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pre-tokenizers of byte-level GGUF vocabularies, which cut text before the merges, by their
 * names in {@code tokenizer.ggml.pre}. They cut as the checkpoints' own tokenizer.json.
 */
final class PreTokenizers {
  private static final String GPT2 =
      "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":true}";
  private static final String BYTES =
      "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":false}";
  private static final String SINGLE_DIGITS =
      sequence("{\"type\":\"Digits\",\"individual_digits\":true}", GPT2);
  private static final String FALCON =
      sequence(
          "{\"type\":\"Punctuation\",\"behavior\":\"Contiguous\"}",
          GPT2,
          "{\"type\":\"Digits\",\"individual_digits\":false}",
          split("[0-9][0-9][0-9]"));

  private static final ImmutableMap<String, String> BY_NAME =
      ImmutableMap.<String, String>builder()
          .put("gpt2", GPT2)
          .put("gpt-2", GPT2)
          .put("phi-2", GPT2)
          .put("olmo", GPT2)
          .put("smollm", SINGLE_DIGITS)
          .put("starcoder", SINGLE_DIGITS)
          .put("falcon", FALCON)
          .put("llama-bpe", sequence(split(words("\\p{N}{1,3}")), BYTES))
          .put("llama3", sequence(split(words("\\p{N}{1,3}")), BYTES))
          .put("qwen2", sequence(split(words("\\p{N}")), BYTES))
          .buildOrThrow();

  /** One name for each pre-tokenizer: the one that llama.cpp's converters write. */
  private static final ImmutableList<String> WRITTEN =
      ImmutableList.of("gpt-2", "smollm", "falcon", "llama-bpe", "qwen2");

  private PreTokenizers() {}

  /** Returns the pre-tokenizer in tokenizer.json form. */
  static String named(String pre) {
    String json = BY_NAME.get(pre);
    if (json == null) {
      throw new UnsupportedModelException(
          "GGUF vocabulary: tokenizer.ggml.pre '" + pre + "', supported are " + BY_NAME.keySet());
    }
    return json;
  }

  /**
   * Returns llama.cpp's name for the pre-tokenizer of a tokenizer.json, if it has one; the inverse
   * of {@link #named}.
   *
   * @param normalizer its normalizer, or null
   * @param preTokenizer its pre-tokenizer, or null
   */
  static Optional<String> nameOf(
      @Nullable JsonElement normalizer, @Nullable JsonElement preTokenizer, boolean ignoresMerges) {
    boolean composes = normalizer != null && !normalizer.isJsonNull();
    if (preTokenizer == null
        || (normalizer != null && composes && !typeOf(normalizer).equals("NFC"))) {
      return Optional.empty();
    }
    JsonElement cuts = plain(preTokenizer);
    return WRITTEN.stream()
        .filter(
            name ->
                composes(name) == composes
                    && ignoresMerges(name) == ignoresMerges
                    && plain(JsonParser.parseString(named(name))).equals(cuts))
        .findFirst();
  }

  private static String typeOf(JsonElement element) {
    JsonElement type = element.isJsonObject() ? element.getAsJsonObject().get("type") : null;
    return type != null && type.isJsonPrimitive() ? type.getAsString() : "";
  }

  /**
   * Returns the element without what does not affect the ids, and with transformers' defaults for
   * absent fields.
   */
  private static JsonElement plain(JsonElement element) {
    if (element.isJsonArray()) {
      JsonArray array = new JsonArray();
      element.getAsJsonArray().forEach(member -> array.add(plain(member)));
      return array;
    }
    if (!element.isJsonObject()) {
      return element;
    }
    JsonObject object = new JsonObject();
    element.getAsJsonObject().entrySet().stream()
        .filter(member -> !member.getKey().equals("trim_offsets"))
        .forEach(member -> object.add(member.getKey(), plain(member.getValue())));
    if (typeOf(element).equals("ByteLevel") && !object.has("use_regex")) {
      object.addProperty("use_regex", true);
    }
    return object;
  }

  /** Returns whether text is composed (NFC) before it is cut. */
  static boolean composes(String pre) {
    return pre.equals("qwen2");
  }

  /**
   * Returns whether a piece of text that is a token as a whole becomes that token whatever the
   * merges say.
   */
  static boolean ignoresMerges(String pre) {
    return pre.equals("llama-bpe") || pre.equals("llama3");
  }

  // contractions, words with one sign before them, numbers, signs, line ends, white space
  private static String words(String numbers) {
    return "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
        + numbers
        + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  }

  private static String split(String regex) {
    return "{\"type\":\"Split\",\"pattern\":{\"Regex\":\""
        + regex.replace("\\", "\\\\")
        + "\"},\"behavior\":\"Isolated\",\"invert\":false}";
  }

  private static String sequence(String... members) {
    return "{\"type\":\"Sequence\",\"pretokenizers\":[" + String.join(",", members) + "]}";
  }
}
