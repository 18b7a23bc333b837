package io.telecomllm.tokenizer;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.telecomllm.InvalidDataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads and checks a Hugging Face tokenizer.json and the settings next to it. */
final class TokenizerFile {
  // the largest published ones have about 35 MB (Gemma)
  private static final int MAX_TOKENIZER_BYTES = 64 << 20;
  private static final int MAX_CONFIG_BYTES = 8 << 20;
  private static final String FILE = "tokenizer.json";
  private static final String CONFIG = "tokenizer_config.json";
  private static final String SPECIALS_MAP = "special_tokens_map.json";
  private static final String[] PARTS = {"normalizer", "pre_tokenizer", "decoder", "model"};
  private static final List<String> SPECIALS = List.of("bos_token", "eos_token", "pad_token");

  private TokenizerFile() {}

  /** Reads {@code path}, a tokenizer.json or the folder that holds it. */
  static TokenizerDefinition read(Path path) {
    Path file = file(path);
    if (!Files.isRegularFile(file)) {
      throw new InvalidDataException(
          file
              + ": no such file; a tokenizer.json is expected here. transformers makes one of older"
              + " files: AutoTokenizer.from_pretrained(folder).save_pretrained(folder)");
    }
    String source = file.toString();
    JsonObject content = JsonTrees.read(file, MAX_TOKENIZER_BYTES);
    Path config = file.resolveSibling(CONFIG);
    JsonObject settings = settings(config);
    Optional<String> template = template(settings, file, config);
    addSpecials(settings, settings(file.resolveSibling(SPECIALS_MAP)));
    return define(content, settings, source, template);
  }

  /** Adds the special tokens that only the older file of settings names. */
  private static void addSpecials(JsonObject settings, JsonObject map) {
    for (String special : SPECIALS) {
      boolean named = settings.has(special) && !settings.get(special).isJsonNull();
      if (!named && map.has(special)) {
        settings.add(special, map.get(special));
      }
    }
  }

  /** Returns whether there is a file to read. */
  static boolean isIn(Path path) {
    return Files.isRegularFile(file(path));
  }

  /** Reads the chat template in a folder, whether or not there is a tokenizer.json. */
  static Optional<String> template(Path folder) {
    Path config = folder.resolve(CONFIG);
    return template(settings(config), folder.resolve(FILE), config);
  }

  private static Path file(Path path) {
    return Files.isDirectory(path) ? path.resolve(FILE) : path;
  }

  private static JsonObject settings(Path config) {
    return Files.isRegularFile(config)
        ? JsonTrees.read(config, MAX_CONFIG_BYTES)
        : new JsonObject();
  }

  private static TokenizerDefinition define(
      JsonObject content, JsonObject settings, String source, Optional<String> template) {
    TokenizerChecks.components(content, source);
    JsonObject model = TokenizerChecks.object(content.get("model"), "model", source);
    Map<String, Integer> ids = new HashMap<>(TokenizerChecks.vocabulary(model, source));
    ImmutableList<AddedToken> added = addedTokens(content, settings, ids, source);
    JsonObject root = new JsonObject();
    root.addProperty("version", "1.0");
    for (String part : PARTS) {
      if (content.has(part)) {
        root.add(part, content.get(part));
      }
    }
    // transformers 4 and llama.cpp's converter heed add_bos_token, transformers 5 never does: it is
    // the word of whoever published the model (Phi-3: false, with a post-processor that would add)
    boolean stated = settings.has("add_bos_token") && !settings.get("add_bos_token").isJsonNull();
    OptionalInt first = PostProcessor.first(content.get("post_processor"), ids);
    OptionalInt named = special(settings, "bos_token", ids);
    return new TokenizerDefinition(
        source,
        root,
        added,
        ImmutableMap.copyOf(ids),
        stated || first.isEmpty() ? named : first,
        special(settings, "eos_token", ids),
        special(settings, "pad_token", ids),
        stated
            ? TokenizerChecks.flag(settings.get("add_bos_token"), "add_bos_token", source)
            : first.isPresent(),
        template);
  }

  private static ImmutableList<AddedToken> addedTokens(
      JsonObject content, JsonObject settings, Map<String, Integer> ids, String source) {
    ImmutableList.Builder<AddedToken> added = ImmutableList.builder();
    Map<Integer, String> contents = new HashMap<>();
    ids.forEach((token, id) -> contents.put(id, token));
    Set<String> listed = new HashSet<>();
    int index = 0;
    JsonElement entries =
        content.has("added_tokens") ? content.get("added_tokens") : new JsonArray();
    for (JsonElement element : TokenizerChecks.array(entries, "added_tokens", source)) {
      String field = "added_tokens[" + index++ + "]";
      JsonObject entry = TokenizerChecks.object(element, field, source);
      int id = TokenizerChecks.id(entry.get("id"), field + ".id", source);
      String token = TokenizerChecks.string(entry.get("content"), field + ".content", source);
      Integer known = ids.put(token, id);
      String other = contents.put(id, token);
      if (token.isEmpty()
          || (known != null && known != id)
          || (other != null && !other.equals(token))) {
        throw new InvalidDataException(
            source
                + ": "
                + field
                + ": token '"
                + token
                + "' with id "
                + id
                + " contradicts "
                + (known != null && known != id ? "its id " + known : "'" + other + "'"));
      }
      if (!listed.add(token)) {
        throw new InvalidDataException(source + ": " + field + ": token '" + token + "' twice");
      }
      boolean control =
          TokenizerChecks.flag(entry.get("special"), field + ".special", source)
              || AddedToken.looksLikeControl(token)
              || SPECIALS.stream().anyMatch(name -> tokenOf(settings, name).equals(token));
      added.add(
          new AddedToken(
              id,
              token,
              TokenizerChecks.flag(entry.get("single_word"), field + ".single_word", source),
              TokenizerChecks.flag(entry.get("lstrip"), field + ".lstrip", source),
              TokenizerChecks.flag(entry.get("rstrip"), field + ".rstrip", source),
              TokenizerChecks.flag(entry.get("normalized"), field + ".normalized", source),
              control));
    }
    // a special token of the settings steers the model even if it is not among the added tokens
    for (String name : SPECIALS) {
      String token = tokenOf(settings, name);
      Integer id = ids.get(token);
      if (id != null && listed.add(token)) {
        added.add(AddedToken.control(id, token, false));
      }
    }
    return added.build();
  }

  private static OptionalInt special(JsonObject settings, String field, Map<String, Integer> ids) {
    Integer id = ids.get(tokenOf(settings, field));
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  // a token is a string or {"content": ...}
  private static String tokenOf(JsonObject settings, String field) {
    JsonElement element = settings.get(field);
    return element != null && element.isJsonObject()
        ? JsonTrees.text(element, "content")
        : JsonTrees.text(settings, field);
  }

  // a file next to the tokenizer, or a field of the settings: one template, or several with names
  private static Optional<String> template(JsonObject settings, Path file, Path config) {
    Path own = file.resolveSibling("chat_template.jinja");
    if (Files.isRegularFile(own)) {
      try {
        return Optional.of(Files.readString(own));
      } catch (IOException e) {
        throw new InvalidDataException(own + ": cannot be read: " + e, e);
      }
    }
    JsonElement element = settings.get("chat_template");
    if (element == null || element.isJsonNull()) {
      return Optional.empty();
    }
    if (element.isJsonArray()) {
      for (JsonElement named : element.getAsJsonArray()) {
        if (named.isJsonObject() && tokenOf(named.getAsJsonObject(), "name").equals("default")) {
          return Optional.of(tokenOf(named.getAsJsonObject(), "template"));
        }
      }
      return Optional.empty();
    }
    return Optional.of(TokenizerChecks.string(element, "chat_template", config.toString()));
  }
}
