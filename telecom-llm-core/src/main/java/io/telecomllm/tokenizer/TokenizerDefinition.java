package io.telecomllm.tokenizer;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A checked tokenizer, not yet in the native library: the content of a tokenizer.json or a GGUF
 * vocabulary.
 *
 * @param source the file, for messages
 * @param root the tokenizer.json content: model, added tokens, normalizer, pre-tokenizer, decoder
 * @param added every added token
 * @param ids the id of each token, including the added ones
 * @param addsBos whether plain text begins with {@code bos}
 */
record TokenizerDefinition(
    String source,
    JsonObject root,
    ImmutableList<AddedToken> added,
    ImmutableMap<String, Integer> ids,
    OptionalInt bos,
    OptionalInt eos,
    OptionalInt padding,
    boolean addsBos,
    Optional<String> chatTemplate) {

  /** Returns a copy without {@code root}, which the native library holds once it is built. */
  TokenizerDefinition withoutContent() {
    return new TokenizerDefinition(
        source, new JsonObject(), added, ids, bos, eos, padding, addsBos, chatTemplate);
  }

  /** Returns the whole tokenizer in tokenizer.json form. */
  JsonObject complete() {
    return withTokens(added, root.getAsJsonObject("model"));
  }

  /**
   * Returns a tokenizer for text alone, in tokenizer.json form. It has no control tokens, so no
   * text becomes one; other text keeps its ids, since its merges involve no control token.
   *
   * @param continued for text after another piece: without the prefix space that only the beginning
   *     of a text has ({@code Metaspace} with the scheme {@code first})
   */
  JsonObject forText(boolean continued) {
    Set<String> controls = new HashSet<>();
    List<AddedToken> kept = new ArrayList<>();
    for (AddedToken token : added) {
      if (token.control()) {
        controls.add(token.content());
      } else {
        kept.add(token);
      }
    }
    JsonObject text = withTokens(kept, modelForText(controls));
    if (continued) {
      text.add("pre_tokenizer", withoutFirstPrefix(root.get("pre_tokenizer")));
    }
    return text;
  }

  /** Returns whether text after another piece is read differently from text at the beginning. */
  boolean distinguishesBeginning() {
    return String.valueOf(root.get("pre_tokenizer")).contains("\"prepend_scheme\":\"first\"");
  }

  // the native library renumbers added tokens unless the vocab has them
  private JsonObject withTokens(List<AddedToken> tokens, JsonObject model) {
    JsonObject vocab = shallowCopy(model.getAsJsonObject("vocab"));
    JsonArray entries = new JsonArray();
    for (AddedToken token : tokens) {
      vocab.addProperty(token.content(), token.id());
      entries.add(token.toJson());
    }
    JsonObject numbered = shallowCopy(model);
    numbered.add("vocab", vocab);
    JsonObject result = shallowCopy(root);
    result.add("model", numbered);
    result.add("added_tokens", entries);
    return result;
  }

  private JsonObject modelForText(Set<String> controls) {
    JsonObject original = root.getAsJsonObject("model");
    JsonObject model = shallowCopy(original);
    JsonElement unknown = original.get("unk_token");
    String unknownToken = unknown == null || unknown.isJsonNull() ? "" : unknown.getAsString();
    JsonObject vocab = new JsonObject();
    for (Map.Entry<String, JsonElement> entry : original.getAsJsonObject("vocab").entrySet()) {
      // the unknown token stays for characters that no other covers; no merge produces it
      if (!controls.contains(entry.getKey()) || entry.getKey().equals(unknownToken)) {
        vocab.add(entry.getKey(), entry.getValue());
      }
    }
    if (!unknownToken.isEmpty() && !vocab.has(unknownToken)) {
      model.add("unk_token", JsonNull.INSTANCE);
    }
    model.add("vocab", vocab);
    if (original.has("merges")) {
      JsonArray merges = new JsonArray();
      for (JsonElement merge : original.getAsJsonArray("merges")) {
        String[] pair = TokenizerChecks.merge(merge, merges.size(), source);
        if (!controls.contains(pair[0] + pair[1])
            && !controls.contains(pair[0])
            && !controls.contains(pair[1])) {
          merges.add(merge);
        }
      }
      model.add("merges", merges);
    }
    return model;
  }

  private static JsonObject shallowCopy(JsonObject object) {
    JsonObject copy = new JsonObject();
    object.entrySet().forEach(member -> copy.add(member.getKey(), member.getValue()));
    return copy;
  }

  private static JsonElement withoutFirstPrefix(JsonElement element) {
    JsonElement copy = element.deepCopy();
    turnOffFirstPrefix(copy);
    return copy;
  }

  private static void turnOffFirstPrefix(JsonElement element) {
    if (element.isJsonArray()) {
      element.getAsJsonArray().forEach(TokenizerDefinition::turnOffFirstPrefix);
    } else if (element.isJsonObject()) {
      JsonObject object = element.getAsJsonObject();
      JsonElement scheme = object.get("prepend_scheme");
      if (scheme != null && scheme.isJsonPrimitive() && scheme.getAsString().equals("first")) {
        object.addProperty("prepend_scheme", "never");
      }
      object.entrySet().forEach(member -> turnOffFirstPrefix(member.getValue()));
    }
  }
}
