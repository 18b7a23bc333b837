package io.telecomllm.tokenizer;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Converts a GGUF vocabulary to the form of a tokenizer.json. */
final class VocabularyDefinition {
  private static final String SOURCE = "GGUF vocabulary";

  private VocabularyDefinition() {}

  static TokenizerDefinition of(Vocabulary vocabulary) {
    Map<String, Integer> ids = ids(vocabulary);
    ImmutableList<AddedToken> added = added(vocabulary);
    JsonObject root =
        switch (vocabulary.model()) {
          case "gpt2" -> byteLevel(vocabulary, ids);
          case "llama" -> sentencePiece(vocabulary, ids, added);
          default ->
              throw new UnsupportedModelException(
                  SOURCE
                      + ": tokenizer.ggml.model '"
                      + vocabulary.model()
                      + "', supported are gpt2 and llama");
        };
    TokenizerChecks.vocabulary(root.getAsJsonObject("model"), SOURCE);
    return new TokenizerDefinition(
        SOURCE,
        root,
        added,
        ImmutableMap.copyOf(ids),
        vocabulary.bos(),
        vocabulary.eos(),
        vocabulary.padding(),
        vocabulary.addsBos(),
        Optional.of(vocabulary.chatTemplate()).filter(template -> !template.isEmpty()));
  }

  /** Returns the id of each token; empty tokens, which no text becomes, are left out. */
  private static Map<String, Integer> ids(Vocabulary vocabulary) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (int id = 0; id < vocabulary.tokens().size(); id++) {
      String token = vocabulary.tokens().get(id);
      Integer other = token.isEmpty() ? null : ids.putIfAbsent(token, id);
      if (other != null) {
        throw new InvalidDataException(
            SOURCE + ": token '" + token + "' with id " + id + " is token " + other + " again");
      }
    }
    return ids;
  }

  private static ImmutableList<AddedToken> added(Vocabulary vocabulary) {
    Set<Integer> special = new HashSet<>();
    for (OptionalInt id :
        new OptionalInt[] {
          vocabulary.bos(), vocabulary.eos(), vocabulary.unknown(), vocabulary.padding()
        }) {
      id.ifPresent(special::add);
    }
    int[] types = vocabulary.types();
    boolean phi3 =
        vocabulary.model().equals("llama") && vocabulary.tokens().contains("<|assistant|>");
    ImmutableList.Builder<AddedToken> added = ImmutableList.builder();
    for (int id = 0; id < vocabulary.tokens().size(); id++) {
      String token = vocabulary.tokens().get(id);
      int type = types.length == 0 ? 0 : types[id];
      boolean marked = token.length() > 4 && token.startsWith("<|") && token.endsWith("|>");
      boolean control =
          type == Vocabulary.CONTROL
              || type == Vocabulary.UNKNOWN
              || special.contains(id)
              || marked
              || (type == Vocabulary.USER_DEFINED && AddedToken.looksLikeControl(token));
      if (!token.isEmpty() && (control || type == Vocabulary.USER_DEFINED)) {
        // GGUF has no field for it: Phi-3's turn markers remove the line end after them
        boolean stripsAfter =
            phi3 && (marked ? !token.equals("<|endoftext|>") : token.equals("</s>"));
        added.add(new AddedToken(id, token, false, false, stripsAfter, false, control));
      }
    }
    return added.build();
  }

  private static JsonObject byteLevel(Vocabulary vocabulary, Map<String, Integer> ids) {
    String pre = vocabulary.pre();
    JsonObject model = model(ids);
    model.addProperty("ignore_merges", PreTokenizers.ignoresMerges(pre));
    JsonArray merges = new JsonArray(vocabulary.merges().size());
    vocabulary.merges().forEach(merges::add);
    model.add("merges", merges);
    String normalizer = PreTokenizers.composes(pre) ? "{\"type\":\"NFC\"}" : "null";
    return root(
        normalizer,
        PreTokenizers.named(pre),
        "{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":true,"
            + "\"use_regex\":true}",
        model);
  }

  private static JsonObject sentencePiece(
      Vocabulary vocabulary, Map<String, Integer> ids, ImmutableList<AddedToken> added) {
    if (vocabulary.scores().length == 0) {
      throw new InvalidDataException(
          SOURCE + ": tokenizer.ggml.scores: found none, model llama needs one for each token");
    }
    Set<String> apart = new HashSet<>();
    added.forEach(token -> apart.add(token.content()));
    JsonObject model = model(ids);
    model.addProperty("byte_fallback", ids.containsKey("<0x00>"));
    model.addProperty("fuse_unk", true);
    vocabulary.unknown().stream()
        .mapToObj(vocabulary.tokens()::get)
        .filter(token -> !token.isEmpty())
        .forEach(token -> model.addProperty("unk_token", token));
    model.add("merges", ScoredMerges.of(ids, vocabulary.scores(), apart));
    String replace = "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"\u2581\"}";
    String back = "{\"type\":\"Replace\",\"pattern\":{\"String\":\"\u2581\"},\"content\":\" \"}";
    String prepend = "{\"type\":\"Prepend\",\"prepend\":\"\u2581\"},";
    String strip = ",{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}";
    boolean prefix = vocabulary.spacePrefix();
    return root(
        "{\"type\":\"Sequence\",\"normalizers\":[" + (prefix ? prepend : "") + replace + "]}",
        "null",
        "{\"type\":\"Sequence\",\"decoders\":["
            + back
            + ",{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"}"
            + (prefix ? strip : "")
            + "]}",
        model);
  }

  private static JsonObject model(Map<String, Integer> ids) {
    JsonObject model = new JsonObject();
    model.addProperty("type", "BPE");
    model.add("unk_token", JsonNull.INSTANCE);
    JsonObject vocab = new JsonObject();
    ids.forEach(vocab::addProperty);
    model.add("vocab", vocab);
    return model;
  }

  private static JsonObject root(
      String normalizer, String preTokenizer, String decoder, JsonObject model) {
    JsonObject root = new JsonObject();
    root.addProperty("version", "1.0");
    root.add("normalizer", parse(normalizer));
    root.add("pre_tokenizer", parse(preTokenizer));
    root.add("decoder", parse(decoder));
    root.add("model", model);
    return root;
  }

  private static JsonElement parse(String json) {
    return JsonParser.parseString(json);
  }
}
