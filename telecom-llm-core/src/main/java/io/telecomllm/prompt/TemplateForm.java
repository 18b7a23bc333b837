package io.telecomllm.prompt;

import io.telecomllm.tokenizer.Piece;
import java.util.List;

/** What a chat template writes around the contents of messages. Immutable. */
sealed interface TemplateForm permits FamilyForm, OwnForm {
  /** Returns what messages call it. */
  String name();

  /** Returns whether it has a place for a system message. */
  boolean takesSystem();

  /**
   * Renders a conversation as control tokens and text, in order.
   *
   * @param addGenerationPrompt whether the end asks for the model's answer
   */
  List<Piece> render(List<Message> messages, boolean addGenerationPrompt);

  /** Returns the pieces between the generation prompt and an answer's text. */
  List<Piece> lead();

  /** Returns the pieces after an answer's text at the end of a conversation. */
  List<Piece> answerEnd();

  /** Returns an answer's text as it is written. */
  String answer(String content);

  /** Returns the control tokens that end a generated answer. */
  List<String> stops();

  /** Returns every piece that a conversation can hold besides its contents, in a fixed order. */
  List<Piece> all();

  /**
   * Breaks up ordinary characters that the template reads as structure, so that no content does.
   */
  static String broken(String content, List<String> marks) {
    String written = content;
    for (String mark : marks) {
      written = written.replace(mark, mark.charAt(0) + " " + mark.substring(1));
    }
    return written;
  }
}
