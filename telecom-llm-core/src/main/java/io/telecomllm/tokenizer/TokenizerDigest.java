package io.telecomllm.tokenizer;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * Computes the SHA-256 of what decides a tokenizer's ids, whatever the order of keys or the white
 * space.
 */
final class TokenizerDigest {
  private TokenizerDigest() {}

  static String of(TokenizerDefinition definition) {
    Hasher hasher = Hashing.sha256().newHasher();
    put(hasher, "telecomllm-tokenizer-1");
    TreeMap<Integer, String> byId = new TreeMap<>();
    definition.ids().forEach((token, id) -> byId.put(id, token));
    byId.forEach(
        (id, token) -> {
          hasher.putInt(id);
          put(hasher, token);
        });
    definition.added().stream()
        .sorted((a, b) -> Integer.compare(a.id(), b.id()))
        .forEach(token -> put(hasher, token.toString()));
    JsonObject model = definition.root().getAsJsonObject("model");
    if (model.has("merges")) {
      int rank = 0;
      for (JsonElement merge : model.getAsJsonArray("merges")) {
        for (String token : TokenizerChecks.merge(merge, rank++, definition.source())) {
          put(hasher, token);
        }
      }
    }
    for (Map.Entry<String, JsonElement> member : new TreeMap<>(model.asMap()).entrySet()) {
      if (!member.getKey().equals("vocab") && !member.getKey().equals("merges")) {
        put(hasher, member.getKey());
        putSorted(hasher, member.getValue());
      }
    }
    for (String component : new String[] {"normalizer", "pre_tokenizer", "decoder"}) {
      put(hasher, component);
      JsonElement element = definition.root().get(component);
      if (element != null) {
        putSorted(hasher, element);
      }
    }
    put(hasher, definition.bos() + " " + definition.eos());
    return hasher.hash().toString();
  }

  private static void putSorted(Hasher hasher, JsonElement element) {
    if (element.isJsonObject()) {
      put(hasher, "{" + element.getAsJsonObject().size());
      new TreeMap<>(element.getAsJsonObject().asMap())
          .forEach(
              (key, value) -> {
                put(hasher, key);
                putSorted(hasher, value);
              });
    } else if (element.isJsonArray()) {
      put(hasher, "[" + element.getAsJsonArray().size());
      element.getAsJsonArray().forEach(value -> putSorted(hasher, value));
    } else {
      put(hasher, element.toString());
    }
  }

  // the length first, so that two strings never run together
  private static void put(Hasher hasher, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    hasher.putInt(bytes.length).putBytes(bytes);
  }
}
