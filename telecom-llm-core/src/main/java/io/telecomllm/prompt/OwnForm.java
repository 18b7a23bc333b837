package io.telecomllm.prompt;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableList;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.tokenizer.Piece;
import io.telecomllm.tokenizer.Pieces;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a checkpoint's own template was seen to write.
 *
 * @param beginning before the first user message of a conversation without a system message
 * @param system around the system message; empty if the template takes none
 * @param generation after the last user message, to ask for an answer
 * @param lead between {@code generation} and the last answer's text
 * @param answerEnd after the last answer's text
 * @param turns how earlier answers are written; empty if only one question can be followed
 * @param stops the control tokens that end a generated answer
 * @param marks ordinary characters that the template reads as structure; broken up in contents
 * @param trims of which messages the white space around contents is removed
 */
record OwnForm(
    ImmutableList<Piece> beginning,
    Optional<Around> system,
    ImmutableList<Piece> generation,
    ImmutableList<Piece> lead,
    ImmutableList<Piece> answerEnd,
    Optional<Around> turns,
    ImmutableList<String> stops,
    ImmutableList<String> marks,
    ImmutableList<Role> trims)
    implements TemplateForm {

  /** What comes before a content and what comes after it, up to the next content. */
  record Around(ImmutableList<Piece> before, ImmutableList<Piece> after) {}

  /** Returns a copy that writes one question and its answer only. */
  OwnForm withoutTurns() {
    return with(system, Optional.empty());
  }

  /** Returns a copy that takes no system message. */
  OwnForm withoutSystem() {
    return with(Optional.empty(), turns);
  }

  private OwnForm with(Optional<Around> newSystem, Optional<Around> newTurns) {
    return new OwnForm(
        beginning, newSystem, generation, lead, answerEnd, newTurns, stops, marks, trims);
  }

  @Override
  public String name() {
    return "own";
  }

  @Override
  public boolean takesSystem() {
    return system.isPresent();
  }

  @Override
  public List<Piece> render(List<Message> messages, boolean addGenerationPrompt) {
    requireTurns(messages, addGenerationPrompt);
    List<Piece> pieces = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      boolean last = i == messages.size() - 1;
      Around around =
          switch (message.role()) {
            case SYSTEM -> system.orElseThrow();
            case USER -> new Around(i == 0 ? beginning : ImmutableList.of(), generation);
            case ASSISTANT -> last ? new Around(lead, answerEnd) : turns.orElseThrow();
          };
      pieces.addAll(around.before());
      pieces.add(Piece.text(content(message)));
      pieces.addAll(around.after());
    }
    return Pieces.join(pieces);
  }

  /** Checks that the messages are those that the template was tried with. */
  private void requireTurns(List<Message> messages, boolean asks) {
    checkArgument(!messages.isEmpty(), "a conversation needs messages, found none");
    int first = messages.get(0).role() == Role.SYSTEM ? 1 : 0;
    if (first == 1 && system.isEmpty()) {
      throw new UnsupportedModelException("the chat template takes no system message");
    }
    for (int i = first; i < messages.size(); i++) {
      Role expected = (i - first) % 2 == 0 ? Role.USER : Role.ASSISTANT;
      checkArgument(
          messages.get(i).role() == expected,
          "message %s is of the %s, expected one of the %s",
          i,
          messages.get(i).role(),
          expected);
    }
    boolean answered = (messages.size() - first) % 2 == 0;
    checkArgument(
        messages.size() > first && answered != asks,
        "%s messages and %s generation prompt: a conversation ends with an answer or asks for one",
        messages.size(),
        asks ? "a" : "no");
    if (messages.size() - first > 2 && turns.isEmpty()) {
      throw new UnsupportedModelException(
          "the chat template writes earlier turns in a way that cannot be followed; give one"
              + " question at a time");
    }
  }

  private String content(Message message) {
    String content = TemplateForm.broken(message.content(), marks);
    return trims.contains(message.role()) ? content.strip() : content;
  }

  @Override
  public String answer(String content) {
    return content(Message.assistant(content));
  }

  @Override
  public List<Piece> all() {
    List<Piece> all = new ArrayList<>(beginning);
    for (Around around : List.of(system, turns).stream().flatMap(Optional::stream).toList()) {
      all.addAll(around.before());
      all.addAll(around.after());
    }
    for (List<Piece> part : List.of(generation, lead, answerEnd)) {
      all.addAll(part);
    }
    return all;
  }
}
