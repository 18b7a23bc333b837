package io.telecomllm.tokenizer;

import com.google.gson.JsonObject;

/**
 * A token outside the merges, which is matched as a whole.
 *
 * @param singleWord whether it is matched only as a whole word
 * @param stripsBefore whether it removes the white space before it ({@code lstrip})
 * @param stripsAfter whether it removes the white space after it ({@code rstrip})
 * @param normalized whether it is matched in normalised text
 * @param control whether it steers the model, so that no text may become this token
 */
record AddedToken(
    int id,
    String content,
    boolean singleWord,
    boolean stripsBefore,
    boolean stripsAfter,
    boolean normalized,
    boolean control) {

  /** Creates a control token that is matched as it is spelled. */
  static AddedToken control(int id, String content, boolean stripsAfter) {
    return new AddedToken(id, content, false, false, stripsAfter, false, true);
  }

  /**
   * Returns whether a spelling marks a control token. Checkpoints flag some of them ({@code </s>}
   * of Phi-3, {@code <tool_call>} of Qwen2) as ordinary added tokens, so the flag alone is not
   * enough.
   */
  static boolean looksLikeControl(String content) {
    return content.length() > 2
        && ((content.startsWith("<") && content.endsWith(">"))
            || (content.startsWith("[") && content.endsWith("]")));
  }

  /** Returns its entry in {@code added_tokens}. */
  JsonObject toJson() {
    JsonObject entry = new JsonObject();
    entry.addProperty("id", id);
    entry.addProperty("content", content);
    entry.addProperty("single_word", singleWord);
    entry.addProperty("lstrip", stripsBefore);
    entry.addProperty("rstrip", stripsAfter);
    entry.addProperty("normalized", normalized);
    entry.addProperty("special", control);
    return entry;
  }
}
