package io.telecomllm.prompt;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableList;
import io.telecomllm.tokenizer.Piece;
import io.telecomllm.tokenizer.Pieces;
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
record FamilyForm(
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
    String defaultSystem)
    implements TemplateForm {

  /** What comes before and after a content. */
  record Turn(ImmutableList<Piece> before, ImmutableList<Piece> after) {}

  static final FamilyForm PHI_3 =
      new FamilyForm(
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

  static final FamilyForm CHAT_ML =
      new FamilyForm(
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

  static final FamilyForm LLAMA_2 =
      new FamilyForm(
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

  static final FamilyForm LLAMA_3 =
      new FamilyForm(
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
  static FamilyForm plain(ImmutableList<Piece> start, String endToken) {
    return new FamilyForm(
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

  FamilyForm with(ImmutableList<Piece> newStart, boolean newTrims, String newDefaultSystem) {
    return new FamilyForm(
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

  @Override
  public List<Piece> all() {
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

  @Override
  public List<Piece> render(List<Message> messages, boolean addGenerationPrompt) {
    List<Piece> pieces = new ArrayList<>(start);
    for (Message message : arrange(messages)) {
      Piece content = Piece.text(message.content());
      switch (message.role()) {
        case SYSTEM -> add(pieces, system, content);
        case USER -> add(pieces, user, content);
        case ASSISTANT -> {
          pieces.addAll(generation);
          pieces.addAll(lead);
          pieces.add(content);
          pieces.addAll(close);
        }
      }
    }
    pieces.addAll(addGenerationPrompt ? generation : end);
    return Pieces.join(pieces);
  }

  @Override
  public boolean takesSystem() {
    return true;
  }

  @Override
  public List<Piece> answerEnd() {
    return ImmutableList.<Piece>builder().addAll(close).addAll(end).build();
  }

  @Override
  public String answer(String content) {
    return content(content);
  }

  private String content(String content) {
    return trims ? broken(content).strip() : broken(content);
  }

  private String broken(String content) {
    return TemplateForm.broken(content, marks);
  }

  // the messages in the family's order, with contents as the family writes them
  private List<Message> arrange(List<Message> messages) {
    checkArgument(!messages.isEmpty(), "a conversation needs messages, found none");
    List<Message> arranged = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      checkArgument(
          i == 0 || message.role() != Role.SYSTEM,
          "message %s is a system message, only the first may be",
          i);
      arranged.add(new Message(message.role(), content(message.content())));
    }
    boolean hasSystem = messages.get(0).role() == Role.SYSTEM;
    if (hasSystem && folds) {
      fold(messages, arranged);
    } else if (!hasSystem && !defaultSystem.isEmpty()) {
      arranged.add(0, Message.system(defaultSystem));
    }
    return arranged;
  }

  private void fold(List<Message> messages, List<Message> arranged) {
    checkArgument(
        messages.size() > 1 && messages.get(1).role() == Role.USER,
        "template %s needs a user message after the system message",
        name);
    String folded =
        Pieces.spell(system.before())
            + broken(messages.get(0).content())
            + Pieces.spell(system.after())
            + broken(messages.get(1).content());
    arranged.set(1, Message.user(trims ? folded.strip() : folded));
    arranged.remove(0);
  }

  private static void add(List<Piece> pieces, Turn turn, Piece content) {
    pieces.addAll(turn.before());
    pieces.add(content);
    pieces.addAll(turn.after());
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
