package io.telecomllm.tokenizer;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The tokenizer of a GGUF file: each component is a field of the metadata {@code tokenizer.ggml.*}.
 *
 * @param model {@code "gpt2"} (byte-level BPE) or {@code "llama"} (SentencePiece BPE)
 * @param pre the name of the pre-tokenizer, such as {@code "smollm"}; empty if absent
 * @param tokens the tokens by id
 * @param merges the merges by rank, each two tokens with a space between; empty for {@code "llama"}
 * @param scores a score for each token, the highest is merged first; empty for {@code "gpt2"}
 * @param types a type for each token (1 normal, 2 unknown, 3 control, 4 user defined, 5 unused, 6
 *     byte); may be empty
 * @param bos the id that begins a text
 * @param eos the id that ends a text
 * @param unknown the id for characters that no token covers
 * @param padding the id that pads rows
 * @param addsBos whether plain text begins with {@code bos}
 * @param spacePrefix whether a text is read as if a space came before it (only {@code "llama"})
 * @param chatTemplate the text of {@code tokenizer.chat_template}; empty if absent
 */
@SuppressWarnings("ArrayRecordComponent") // ids and scores are read in bulk; lists would box them
@Internal
public record Vocabulary(
    String model,
    String pre,
    List<String> tokens,
    List<String> merges,
    float[] scores,
    int[] types,
    OptionalInt bos,
    OptionalInt eos,
    OptionalInt unknown,
    OptionalInt padding,
    boolean addsBos,
    boolean spacePrefix,
    String chatTemplate) {

  static final int NORMAL = 1;
  static final int UNKNOWN = 2;
  static final int CONTROL = 3;
  static final int USER_DEFINED = 4;
  static final int UNUSED = 5;
  static final int BYTE = 6;

  /** A score below that of every token that merges produce. */
  static final float UNUSED_SCORE = -1e6f;

  /**
   * Checks that the lengths agree and that every special id has a token.
   *
   * @throws InvalidDataException naming the field, since all of it comes from a file
   */
  public Vocabulary {
    tokens = List.copyOf(tokens);
    merges = List.copyOf(merges);
    scores = scores.clone();
    types = types.clone();
    check(!tokens.isEmpty(), "tokens", "expected some, found none");
    checkLength("scores", scores.length, tokens.size());
    checkLength("token_type", types.length, tokens.size());
    checkId("bos_token_id", bos, tokens.size());
    checkId("eos_token_id", eos, tokens.size());
    checkId("unknown_token_id", unknown, tokens.size());
    checkId("padding_token_id", padding, tokens.size());
  }

  /**
   * Reads a GGUF file's vocabulary, or converts a Hugging Face tokenizer to one.
   *
   * @param path a path that {@link Tokenizer#load} takes
   * @throws InvalidDataException if it is missing or damaged
   * @throws UnsupportedModelException if GGUF cannot express something that decides its ids
   */
  public static Vocabulary load(Path path) {
    return ModelTokenizer.vocabulary(path);
  }

  /**
   * Returns the metadata of this vocabulary, with values that {@link
   * io.telecomllm.weights.GgufWriter} takes.
   *
   * @param rows the number of rows of the model's embedding, at least the number of tokens:
   *     llama.cpp requires a token for each, so unused ones are added
   */
  public Map<String, Object> metadata(int rows) {
    checkArgument(
        rows >= tokens.size(), "%s rows, must be at least the %s tokens", rows, tokens.size());
    Map<String, Object> fields = new LinkedHashMap<>();
    put(fields, "model", model);
    // without the field llama.cpp warns, and uses this value
    put(fields, "pre", pre.isEmpty() ? "default" : pre);
    List<String> all = new ArrayList<>(tokens);
    for (int id = tokens.size(); id < rows; id++) {
      all.add("[PAD" + id + "]");
    }
    put(fields, "tokens", List.copyOf(all));
    if (model.equals("llama")) {
      float[] padded = Arrays.copyOf(scores, rows);
      Arrays.fill(padded, scores.length, rows, UNUSED_SCORE);
      put(fields, "scores", padded);
    } else {
      put(fields, "merges", merges);
    }
    int[] kinds = new int[rows];
    Arrays.fill(kinds, 0, tokens.size(), NORMAL);
    System.arraycopy(types, 0, kinds, 0, types.length);
    Arrays.fill(kinds, tokens.size(), rows, UNUSED);
    put(fields, "token_type", kinds);
    bos.ifPresent(id -> put(fields, "bos_token_id", id));
    eos.ifPresent(id -> put(fields, "eos_token_id", id));
    unknown.ifPresent(id -> put(fields, "unknown_token_id", id));
    padding.ifPresent(id -> put(fields, "padding_token_id", id));
    put(fields, "add_bos_token", addsBos);
    put(fields, "add_space_prefix", spacePrefix);
    if (!chatTemplate.isEmpty()) {
      fields.put("tokenizer.chat_template", chatTemplate);
    }
    return fields;
  }

  private static void put(Map<String, Object> fields, String name, Object value) {
    fields.put("tokenizer.ggml." + name, value);
  }

  private static void checkLength(String field, int found, int tokens) {
    check(
        found == 0 || found == tokens,
        field,
        "expected one for each of " + tokens + " tokens, found " + found);
  }

  private static void checkId(String field, OptionalInt id, int tokens) {
    check(
        id.isEmpty() || (id.getAsInt() >= 0 && id.getAsInt() < tokens),
        field,
        "expected 0 to " + (tokens - 1) + ", found " + id.orElse(-1));
  }

  private static void check(boolean holds, String field, String message) {
    if (!holds) {
      throw new InvalidDataException("GGUF vocabulary: tokenizer.ggml." + field + ": " + message);
    }
  }
}
