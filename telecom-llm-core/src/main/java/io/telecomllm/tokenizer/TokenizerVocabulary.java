package io.telecomllm.tokenizer;

import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.telecomllm.UnsupportedModelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/** Converts a tokenizer.json to a GGUF vocabulary; the inverse of {@link VocabularyDefinition}. */
final class TokenizerVocabulary {
  private static final Pattern BYTE = Pattern.compile("<0x[0-9A-F]{2}>");
  private static final String SPACE = "\u2581";

  private TokenizerVocabulary() {}

  /**
   * Returns the vocabulary of a tokenizer.
   *
   * @throws UnsupportedModelException if GGUF cannot express how it cuts or merges text
   */
  static Vocabulary of(TokenizerDefinition definition) {
    JsonObject model = definition.root().getAsJsonObject("model");
    if (model.has("type") && !model.get("type").getAsString().equals("BPE")) {
      throw unsupported(definition, "a model of type " + model.get("type").getAsString());
    }
    String components =
        definition.root().get("pre_tokenizer") + " " + definition.root().get("decoder");
    return components.contains("\"ByteLevel\"")
        ? byteLevel(definition, model)
        : sentencePiece(definition, model);
  }

  private static Vocabulary byteLevel(TokenizerDefinition definition, JsonObject model) {
    boolean ignoresMerges =
        TokenizerChecks.flag(model.get("ignore_merges"), "ignore_merges", definition.source());
    String pre =
        PreTokenizers.nameOf(
                definition.root().get("normalizer"),
                definition.root().get("pre_tokenizer"),
                ignoresMerges)
            .orElseThrow(
                () ->
                    unsupported(
                        definition, "the pre-tokenizer " + definition.root().get("pre_tokenizer")));
    List<String> tokens = tokens(definition);
    return vocabulary(
        definition,
        "gpt2",
        pre,
        tokens,
        merges(definition, model),
        new float[0],
        unknown(definition, model),
        false);
  }

  private static Vocabulary sentencePiece(TokenizerDefinition definition, JsonObject model) {
    String normalizer = String.valueOf(definition.root().get("normalizer"));
    String preTokenizer = String.valueOf(definition.root().get("pre_tokenizer"));
    boolean replaces = normalizer.contains(SPACE) || preTokenizer.contains("\"Metaspace\"");
    if (!replaces) {
      throw unsupported(definition, "neither bytes nor " + SPACE + " in place of spaces");
    }
    boolean prefix =
        normalizer.contains("\"Prepend\"")
            || (preTokenizer.contains("\"Metaspace\"")
                && !preTokenizer.contains("\"prepend_scheme\":\"never\""));
    List<String> tokens = tokens(definition);
    return vocabulary(
        definition,
        "llama",
        "",
        tokens,
        List.of(),
        scores(definition, model, tokens),
        unknown(definition, model),
        prefix);
  }

  private static Vocabulary vocabulary(
      TokenizerDefinition definition,
      String kind,
      String pre,
      List<String> tokens,
      List<String> merges,
      float[] scores,
      OptionalInt unknown,
      boolean prefix) {
    return new Vocabulary(
        kind,
        pre,
        tokens,
        merges,
        scores,
        types(definition, tokens, unknown),
        definition.bos(),
        definition.eos(),
        unknown,
        definition.padding(),
        definition.addsBos(),
        prefix,
        definition.chatTemplate().orElse(""));
  }

  /** Returns the tokens by id; an id without a token gets an unused one. */
  private static List<String> tokens(TokenizerDefinition definition) {
    int size = 1 + definition.ids().values().stream().mapToInt(id -> id).max().orElse(0);
    List<String> tokens = new ArrayList<>();
    for (int id = 0; id < size; id++) {
      tokens.add(unused(id));
    }
    definition.ids().forEach((token, id) -> tokens.set(id, token));
    return tokens;
  }

  private static String unused(int id) {
    return "[PAD" + id + "]";
  }

  private static int[] types(
      TokenizerDefinition definition, List<String> tokens, OptionalInt unknown) {
    int[] types = new int[tokens.size()];
    Arrays.fill(types, Vocabulary.NORMAL);
    ImmutableMap<String, Integer> ids = definition.ids();
    for (int id = 0; id < types.length; id++) {
      if (!ids.containsKey(tokens.get(id))) {
        types[id] = Vocabulary.UNUSED;
      } else if (BYTE.matcher(tokens.get(id)).matches()) {
        types[id] = Vocabulary.BYTE;
      }
    }
    for (AddedToken token : definition.added()) {
      types[token.id()] = token.control() ? Vocabulary.CONTROL : Vocabulary.USER_DEFINED;
    }
    unknown.ifPresent(id -> types[id] = Vocabulary.UNKNOWN);
    return types;
  }

  private static OptionalInt unknown(TokenizerDefinition definition, JsonObject model) {
    JsonElement token = model.get("unk_token");
    Integer id =
        token == null || token.isJsonNull()
            ? null
            : definition.ids().get(TokenizerChecks.string(token, "unk_token", definition.source()));
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  private static List<String> merges(TokenizerDefinition definition, JsonObject model) {
    List<String> merges = new ArrayList<>();
    for (JsonElement merge : model.getAsJsonArray("merges")) {
      merges.add(
          String.join(" ", TokenizerChecks.merge(merge, merges.size(), definition.source())));
    }
    return merges;
  }

  /**
   * Returns a score for each token: the earlier its merges, the higher; tokens whose merges are
   * interleaved share a score. SentencePiece merges by scores alone, so the merges that the scores
   * imply must be those of the file.
   */
  private static float[] scores(
      TokenizerDefinition definition, JsonObject model, List<String> tokens) {
    List<String> merges = merges(definition, model);
    Map<String, Integer> last = new HashMap<>();
    for (int i = 0; i < merges.size(); i++) {
      last.put(merges.get(i).replace(" ", ""), i);
    }
    Map<String, Integer> places = new HashMap<>();
    int end = -1;
    int place = -1;
    for (int i = 0; i < merges.size(); i++) {
      String made = merges.get(i).replace(" ", "");
      place += i > end ? 1 : 0; // no token that was made before is made again from here on
      places.put(made, place);
      end = Math.max(end, last.getOrDefault(made, i));
    }
    float[] scores = new float[tokens.size()];
    for (int id = 0; id < scores.length; id++) {
      Integer found = places.get(tokens.get(id));
      scores[id] = found == null ? Vocabulary.UNUSED_SCORE : -found;
    }
    Set<String> apart = new HashSet<>();
    definition.added().forEach(token -> apart.add(token.content()));
    JsonArray implied = ScoredMerges.of(definition.ids(), scores, apart);
    for (int i = 0; i < Math.max(implied.size(), merges.size()); i++) {
      String one = i < merges.size() ? merges.get(i) : "none";
      String other = i < implied.size() ? implied.get(i).getAsString() : "none";
      if (!one.equals(other)) {
        throw unsupported(
            definition,
            "no scores of tokens imply its merges: number "
                + i
                + " is '"
                + one
                + "', not '"
                + other
                + "'");
      }
    }
    return scores;
  }

  private static UnsupportedModelException unsupported(
      TokenizerDefinition definition, String what) {
    return new UnsupportedModelException(
        definition.source() + ": cannot be written as a GGUF vocabulary: " + what);
  }
}
