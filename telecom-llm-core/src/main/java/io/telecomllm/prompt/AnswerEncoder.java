package io.telecomllm.prompt;

import io.telecomllm.tokenizer.Piece;
import io.telecomllm.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Encodes a prompt once and answers to it, cut where the answer begins. The last text of the prompt
 * is encoded together with each answer, as in a finished conversation.
 */
final class AnswerEncoder {
  private final ChatTemplate template;
  private final Tokenizer tokenizer;
  private final List<Piece> last;
  private final int[] promptIds;
  private final int[] tailIds;

  AnswerEncoder(ChatTemplate template, Tokenizer tokenizer, List<Message> messages) {
    this.template = template;
    this.tokenizer = tokenizer;
    List<Piece> prompt = template.render(messages, true);
    int from = prompt.size();
    while (from > 0 && !(prompt.get(from - 1) instanceof Piece.Control)) {
      from--;
    }
    // from the last control token on, since it decides how the text after it is read
    last = prompt.subList(Math.max(0, from - 1), prompt.size());
    promptIds = tokenizer.encode(prompt, false);
    tailIds = tokenizer.encode(last, false);
  }

  int[] promptIds() {
    return promptIds.clone();
  }

  /** Encodes an answer and what ends it. */
  int[] answer(String text) {
    return encode(text, template.answerEnd());
  }

  /** Encodes the beginning of an answer. */
  int[] beginning(String text) {
    return encode(text, List.of());
  }

  private int[] encode(String text, List<Piece> end) {
    List<Piece> answer = new ArrayList<>(template.lead());
    answer.add(Piece.text(template.content(text)));
    answer.addAll(end);
    List<Piece> whole = new ArrayList<>(last);
    whole.addAll(answer);
    int[] ids = tokenizer.encode(whole, false);
    // white space at an answer's beginning may join the prompt's last token, which generation
    // cannot change: then the answer is encoded alone
    return startsWith(ids, tailIds)
        ? Arrays.copyOfRange(ids, tailIds.length, ids.length)
        : tokenizer.encode(answer, true);
  }

  static boolean startsWith(int[] ids, int[] prefix) {
    return ids.length >= prefix.length
        && Arrays.equals(ids, 0, prefix.length, prefix, 0, prefix.length);
  }
}
