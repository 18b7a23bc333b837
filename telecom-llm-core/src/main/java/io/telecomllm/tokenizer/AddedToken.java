package io.telecomllm.tokenizer;

import com.google.gson.JsonObject;

/**
 * A token beside the merges: matched as a whole where the bare tokenizer meets its spelling.
 *
 * @param singleWord whether it is matched only as a whole word
 * @param stripsBefore whether it swallows the white space before it ({@code lstrip})
 * @param stripsAfter whether it swallows the white space after it ({@code rstrip})
 * @param normalized whether it is looked for in normalised text
 * @param control whether it steers the model, so that text must never become it
 */
record AddedToken(
    int id,
    String content,
    boolean singleWord,
    boolean stripsBefore,
    boolean stripsAfter,
    boolean normalized,
    boolean control) {

  /** A control token, matched as it is spelled. */
  static AddedToken control(int id, String content, boolean stripsAfter) {
    return new AddedToken(id, content, false, false, stripsAfter, false, true);
  }

  /**
   * Whether a spelling marks a control token. Checkpoints flag some of them ({@code </s>} of Phi-3,
   * {@code <tool_call>} of Qwen2) as ordinary added tokens, so the flag alone does not do.
   */
  static boolean looksLikeControl(String content) {
    return content.length() > 2
        && ((content.startsWith("<") && content.endsWith(">"))
            || (content.startsWith("[") && content.endsWith("]")));
  }

  /** The entry of {@code added_tokens} for it. */
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
