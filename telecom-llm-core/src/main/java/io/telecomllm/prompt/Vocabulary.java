package io.telecomllm.prompt;

import io.telecomllm.InvalidDataException;
import java.util.List;
import java.util.OptionalInt;

/**
 * A tokenizer as a GGUF file holds it, field by field the metadata {@code tokenizer.ggml.*}.
 *
 * @param model {@code "gpt2"} (byte-level BPE) or {@code "llama"} (SentencePiece BPE)
 * @param pre how text is cut before the merges, such as {@code "smollm"}; empty when absent
 * @param tokens the tokens by id
 * @param merges the merges by rank, each two tokens with a space between; empty for {@code "llama"}
 * @param scores a score for each token, the highest merged first; empty for {@code "gpt2"}
 * @param types a type for each token (1 normal, 2 unknown, 3 control, 4 user defined, 5 unused, 6
 *     byte); may be empty
 * @param bos the id that begins a text
 * @param eos the id that ends a text
 * @param unknown the id for what no token covers
 * @param padding the id that fills
 * @param addsBos whether plain text begins with {@code bos}
 * @param spacePrefix whether a text is read as if it began with a space (only {@code "llama"})
 * @param chatTemplate the text of {@code tokenizer.chat_template}; empty when absent
 */
@SuppressWarnings("ArrayRecordComponent") // ids and scores are read in bulk; lists would box them
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

  /**
   * Checks that the lengths agree and that every special id is a token's.
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
