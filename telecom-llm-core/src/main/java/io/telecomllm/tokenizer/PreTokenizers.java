package io.telecomllm.tokenizer;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.telecomllm.UnsupportedModelException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pre-tokenizers of byte-level GGUF vocabularies, which cut text before the merges, by their
 * names in {@code tokenizer.ggml.pre}. They cut as the checkpoints' own tokenizer.json, also where
 * llama.cpp approximates it: capital letters outside ASCII and combining marks with {@code gpt-4o}
 * and {@code tekken}, composition with {@code qwen2}.
 */
final class PreTokenizers {
  private static final String CONTRACTIONS = "'s|'t|'re|'ve|'m|'ll|'d";
  private static final String SIGN = "[^\\r\\n\\p{L}\\p{N}]?";
  private static final String SIGNS = " ?[^\\s\\p{L}\\p{N}]+";
  private static final String SPACE = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

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

  private static final String LLAMA_3 = sequence(split(words("\\p{N}{1,3}")), BYTES);
  private static final String QWEN_2 = sequence(split(words("\\p{N}")), BYTES);

  /** What llama.cpp takes for a file that names none; no checkpoint cuts like this. */
  private static final String DEFAULT =
      sequence(
          split("[\\p{P}$+<=>^~|]+"),
          split(CONTRACTIONS + "| ?\\p{L}+| ?\\p{N}+|" + SIGNS + "|\\s+(?!\\S)|\\s+"),
          split("\\p{N}+"),
          split("[0-9][0-9][0-9]"),
          BYTES);

  private static final ImmutableMap<String, String> BY_NAME =
      ImmutableMap.<String, String>builder()
          .put("", DEFAULT)
          .put("default", DEFAULT)
          .put("gpt2", GPT2)
          .put("gpt-2", GPT2)
          .put("phi-2", GPT2)
          .put("olmo", GPT2)
          .put("smollm", SINGLE_DIGITS)
          .put("starcoder", SINGLE_DIGITS)
          .put("falcon", FALCON)
          .put("llama-bpe", LLAMA_3)
          .put("llama3", LLAMA_3)
          .put("llama-v3", LLAMA_3)
          .put("dbrx", LLAMA_3)
          .put("qwen2", QWEN_2)
          .put("deepseek-r1-qwen", QWEN_2)
          .put(
              "gpt-4o",
              sequence(split(casedWords("(?i:" + CONTRACTIONS + ")?", "\\p{N}{1,3}")), BYTES))
          .put("tekken", sequence(split(casedWords("", "\\p{N}")), BYTES))
          .buildOrThrow();

  /** They take whole words of the vocabulary, and put bos in front unless the file says not to. */
  private static final ImmutableSet<String> IGNORE_MERGES =
      ImmutableSet.of("llama-bpe", "llama3", "llama-v3", "tekken");

  /** One name for each pre-tokenizer: the one that llama.cpp's converters write. */
  private static final ImmutableList<String> WRITTEN =
      ImmutableList.of(
          "gpt-2",
          "smollm",
          "falcon",
          "llama-bpe",
          "qwen2",
          "deepseek-r1-qwen",
          "dbrx",
          "gpt-4o",
          "tekken",
          "default");

  private PreTokenizers() {}

  /**
   * Returns the pre-tokenizer in tokenizer.json form.
   *
   * @param pre its name; empty if the file has none
   */
  static String named(String pre) {
    String json = BY_NAME.get(pre);
    if (json == null) {
      List<String> known = BY_NAME.keySet().stream().filter(name -> !name.isEmpty()).toList();
      throw new UnsupportedModelException(
          "GGUF vocabulary: tokenizer.ggml.pre '" + pre + "', supported are " + known);
    }
    return json;
  }

  /** Returns whether llama.cpp puts bos in front of a text if a file does not say. */
  static boolean addsBos(String pre) {
    return IGNORE_MERGES.contains(pre);
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
        || (normalizer != null && composes && !JsonTrees.text(normalizer, "type").equals("NFC"))) {
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
    if (JsonTrees.text(element, "type").equals("ByteLevel") && !object.has("use_regex")) {
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
    return IGNORE_MERGES.contains(pre);
  }

  // contractions, words with one sign before them, numbers, signs, line ends, white space
  private static String words(String numbers) {
    return String.join(
        "|", "(?i:" + CONTRACTIONS + ")", SIGN + "\\p{L}+", numbers, SIGNS + "[\\r\\n]*", SPACE);
  }

  /**
   * Returns an expression for words that end before the next capital letter.
   *
   * @param contraction an expression for what may follow a word and belongs to it; may be empty
   */
  private static String casedWords(String contraction, String numbers) {
    String capital = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    String small = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
    return String.join(
        "|",
        SIGN + capital + "*" + small + "+" + contraction,
        SIGN + capital + "+" + small + "*" + contraction,
        numbers,
        SIGNS + "[\\r\\n/]*",
        SPACE);
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
