package io.telecomllm.prompt;

import com.google.gson.JsonObject;

/**
 * A token beside the merges: matched as a whole where the bare tokenizer meets its spelling.
 *
 * @param stripsBefore whether it swallows the white space before it ({@code lstrip})
 * @param stripsAfter whether it swallows the white space after it ({@code rstrip})
 * @param control whether it steers the model, so that text must never become it
 */
record AddedToken(
    int id, String content, boolean stripsBefore, boolean stripsAfter, boolean control) {

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
    entry.addProperty("single_word", false);
    entry.addProperty("lstrip", stripsBefore);
    entry.addProperty("rstrip", stripsAfter);
    entry.addProperty("normalized", false);
    entry.addProperty("special", control);
    return entry;
  }
}
