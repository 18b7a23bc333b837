package io.telecomllm.prompt;

import com.google.common.collect.ImmutableList;
import io.telecomllm.tokenizer.Piece;
import java.util.ArrayList;
import java.util.List;

/**
 * What a family of chat templates writes around the contents of messages.
 *
 * @param start at the beginning of a conversation
 * @param generation what asks the model to answer
 * @param lead between {@code generation} and the answer's text
 * @param close after an answer's text
 * @param end after the last turn if no answer is asked for
 * @param stops the control tokens that end a generated answer
 * @param marks ordinary characters that the family reads as structure; broken up in contents
 * @param folds whether the system message goes into the first user message
 * @param trims whether white space around contents is removed
 * @param defaultSystem the system message of a conversation without one; empty for none
 */
record TemplateForm(
    String name,
    ImmutableList<Piece> start,
    Turn system,
    Turn user,
    ImmutableList<Piece> generation,
    ImmutableList<Piece> lead,
    ImmutableList<Piece> close,
    ImmutableList<Piece> end,
    ImmutableList<String> stops,
    ImmutableList<String> marks,
    boolean folds,
    boolean trims,
    String defaultSystem) {

  /** What comes before and after a content. */
  record Turn(ImmutableList<Piece> before, ImmutableList<Piece> after) {}

  static final TemplateForm PHI_3 =
      new TemplateForm(
          "phi-3",
          pieces(),
          turn(pieces("<|system|>", "\n"), pieces("<|end|>", "\n")),
          turn(pieces("<|user|>", "\n"), pieces("<|end|>", "\n")),
          pieces("<|assistant|>", "\n"),
          pieces(),
          pieces("<|end|>", "\n"),
          pieces("<|endoftext|>"),
          ImmutableList.of("<|end|>", "<|endoftext|>"),
          ImmutableList.of(),
          false,
          false,
          "");

  static final TemplateForm CHAT_ML =
      new TemplateForm(
          "chatml",
          pieces(),
          turn(pieces("<|im_start|>", "system\n"), pieces("<|im_end|>", "\n")),
          turn(pieces("<|im_start|>", "user\n"), pieces("<|im_end|>", "\n")),
          pieces("<|im_start|>", "assistant\n"),
          pieces(),
          pieces("<|im_end|>", "\n"),
          pieces(),
          ImmutableList.of("<|im_end|>", "<|endoftext|>"),
          ImmutableList.of(),
          false,
          false,
          "");

  static final TemplateForm LLAMA_2 =
      new TemplateForm(
          "llama-2",
          pieces(),
          turn(pieces("<<SYS>>\n"), pieces("\n<</SYS>>\n\n")),
          turn(pieces("<s>", "[INST] "), pieces(" [/INST]")),
          pieces(),
          pieces(" "),
          pieces(" ", "</s>"),
          pieces(),
          ImmutableList.of("</s>"),
          ImmutableList.of("[INST]", "[/INST]", "<<SYS>>", "<</SYS>>"),
          true,
          true,
          "");

  static final TemplateForm LLAMA_3 =
      new TemplateForm(
          "llama-3",
          pieces("<|begin_of_text|>"),
          turn(header("system"), pieces("<|eot_id|>")),
          turn(header("user"), pieces("<|eot_id|>")),
          header("assistant"),
          pieces(),
          pieces("<|eot_id|>"),
          pieces(),
          ImmutableList.of("<|eot_id|>", "<|end_of_text|>"),
          ImmutableList.of(),
          false,
          true,
          "");

  /**
   * Returns the form for models without a template: contents, line ends, and a token at the end of
   * an answer.
   */
  static TemplateForm plain(ImmutableList<Piece> start, String endToken) {
    return new TemplateForm(
        "plain",
        start,
        turn(pieces(), pieces("\n\n")),
        turn(pieces(), pieces("\n")),
        pieces(),
        pieces(),
        ImmutableList.of(Piece.control(endToken)),
        pieces(),
        ImmutableList.of(endToken),
        ImmutableList.of(),
        false,
        true,
        "");
  }

  TemplateForm with(ImmutableList<Piece> newStart, boolean newTrims, String newDefaultSystem) {
    return new TemplateForm(
        name,
        newStart,
        system,
        user,
        generation,
        lead,
        close,
        end,
        stops,
        marks,
        folds,
        newTrims,
        newDefaultSystem);
  }

  /** Returns every piece that a conversation can hold besides its contents, in a fixed order. */
  List<Piece> all() {
    List<Piece> all = new ArrayList<>(start);
    for (Turn turn : List.of(system, user)) {
      all.addAll(turn.before());
      all.addAll(turn.after());
    }
    for (List<Piece> part : List.of(generation, lead, close, end)) {
      all.addAll(part);
    }
    return all;
  }

  private static Turn turn(ImmutableList<Piece> before, ImmutableList<Piece> after) {
    return new Turn(before, after);
  }

  private static ImmutableList<Piece> header(String role) {
    return pieces("<|start_header_id|>", role, "<|end_header_id|>", "\n\n");
  }

  // in the forms above, <|...|>, <s> and </s> are control tokens
  private static ImmutableList<Piece> pieces(String... parts) {
    ImmutableList.Builder<Piece> pieces = ImmutableList.builder();
    for (String part : parts) {
      boolean control = part.startsWith("<|") || part.equals("<s>") || part.equals("</s>");
      pieces.add(control ? Piece.control(part) : Piece.text(part));
    }
    return pieces.build();
  }
}
