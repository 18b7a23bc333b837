package io.telecomllm.prompt;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hashing;
import io.telecomllm.Internal;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.tokenizer.Piece;
import io.telecomllm.tokenizer.Pieces;
import io.telecomllm.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * How a family of models writes a conversation. Immutable.
 *
 * <p>A checkpoint's own template is a program in another language. It is compared with the known
 * families ({@link #match}) and never executed. The content of messages never becomes a control
 * token; if a family marks turns with ordinary characters (LLaMA-2), a space breaks up those marks
 * in contents.
 */
public final class ChatTemplate {
  /** Phi-3: {@code <|user|>}, line end, content, {@code <|end|>}, line end. */
  public static final ChatTemplate PHI_3 = new ChatTemplate(TemplateForm.PHI_3);

  /** SmolLM2, Qwen2 and others: {@code <|im_start|>user}, line end, content, {@code <|im_end|>}. */
  public static final ChatTemplate CHAT_ML = new ChatTemplate(TemplateForm.CHAT_ML);

  /** LLaMA-2-chat: {@code <s>[INST] content [/INST] answer </s>}. */
  public static final ChatTemplate LLAMA_2 = new ChatTemplate(TemplateForm.LLAMA_2);

  /** LLaMA-3: {@code <|start_header_id|>user<|end_header_id|>}, content, {@code <|eot_id|>}. */
  public static final ChatTemplate LLAMA_3 = new ChatTemplate(TemplateForm.LLAMA_3);

  private final TemplateForm form;

  ChatTemplate(TemplateForm form) {
    this.form = form;
  }

  /** Returns a template for a model without one; {@code endToken} ends its answers. */
  public static ChatTemplate plain(String endToken) {
    return new ChatTemplate(TemplateForm.plain(ImmutableList.of(), endToken));
  }

  /**
   * Returns a template for a model without one, with the tokenizer's token for the end of a text
   * and, if the tokenizer adds it, the token for the beginning.
   *
   * @throws UnsupportedModelException if the tokenizer names no token that ends a text
   */
  public static ChatTemplate plain(Tokenizer tokenizer) {
    String end = name(tokenizer, tokenizer.eos());
    if (end.isEmpty()) {
      throw new UnsupportedModelException(
          "the tokenizer names no token that ends a text; set ChatTemplate.plain(endToken)");
    }
    String begin = tokenizer.addsBos() ? name(tokenizer, tokenizer.bos()) : "";
    return new ChatTemplate(
        TemplateForm.plain(
            begin.isEmpty() ? ImmutableList.of() : ImmutableList.of(Piece.control(begin)), end));
  }

  private static String name(Tokenizer tokenizer, OptionalInt id) {
    return id.isEmpty() ? "" : tokenizer.token(id.getAsInt()).orElse("");
  }

  /**
   * Returns the known family of a checkpoint's template.
   *
   * @throws UnsupportedModelException if it is unknown; the message names what to set
   */
  public static ChatTemplate match(String chatTemplate) {
    return new ChatTemplate(TemplateMatcher.match(chatTemplate));
  }

  /**
   * Returns the template of a tokenizer: the family of its own, or {@link #plain(Tokenizer)} if it
   * has none.
   *
   * @throws UnsupportedModelException if the family is unknown or needs control tokens that the
   *     tokenizer lacks
   */
  public static ChatTemplate of(Tokenizer tokenizer) {
    ChatTemplate template =
        tokenizer.chatTemplate().map(ChatTemplate::match).orElseGet(() -> plain(tokenizer));
    template.requireFits(tokenizer);
    return template;
  }

  /**
   * Checks that the tokenizer has every control token of this template.
   *
   * @throws UnsupportedModelException naming the first one that it lacks
   */
  public void requireFits(Tokenizer tokenizer) {
    for (Piece piece : form.all()) {
      if (piece instanceof Piece.Control control) {
        tokenizer.controlId(control.token());
      }
    }
  }

  /** Returns the name of the family, in lower case. */
  public String name() {
    return form.name();
  }

  /**
   * Renders a conversation as control tokens and text, in order.
   *
   * @param addGenerationPrompt whether the end asks for the model's answer
   */
  @Internal
  public List<Piece> render(List<Message> messages, boolean addGenerationPrompt) {
    List<Piece> pieces = new ArrayList<>(form.start());
    for (Message message : arrange(messages)) {
      Piece content = Piece.text(message.content());
      switch (message.role()) {
        case SYSTEM -> add(pieces, form.system(), content);
        case USER -> add(pieces, form.user(), content);
        case ASSISTANT -> {
          pieces.addAll(form.generation());
          pieces.addAll(form.lead());
          pieces.add(content);
          pieces.addAll(form.close());
        }
      }
    }
    pieces.addAll(addGenerationPrompt ? form.generation() : form.end());
    return Pieces.join(pieces);
  }

  /** Renders a conversation and encodes it. */
  public int[] encode(Tokenizer tokenizer, List<Message> messages, boolean addGenerationPrompt) {
    return tokenizer.encode(render(messages, addGenerationPrompt), false);
  }

  /**
   * Encodes a conversation and the answer to it, cut where the answer begins. The ids are those of
   * a finished conversation, with one exception: an answer whose leading white space would join the
   * prompt's last token is encoded alone.
   */
  @Internal
  public EncodedAnswer encodeAnswer(Tokenizer tokenizer, List<Message> messages, String answer) {
    AnswerEncoder encoder = new AnswerEncoder(this, tokenizer, messages);
    return new EncodedAnswer(encoder.promptIds(), encoder.answer(answer));
  }

  /** Returns the ids that end a generated answer, ascending. */
  public int[] stopIds(Tokenizer tokenizer) {
    IntStream named = form.stops().stream().map(tokenizer::id).flatMapToInt(OptionalInt::stream);
    return IntStream.concat(named, tokenizer.eos().stream()).distinct().sorted().toArray();
  }

  /**
   * Returns the SHA-256 of everything that this template writes, as 64 hexadecimal digits in lower
   * case.
   */
  public String digest() {
    String spelled = String.join("\u0000", "chat-template-1", form.toString());
    return Hashing.sha256().hashString(spelled, StandardCharsets.UTF_8).toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChatTemplate template && form.equals(template.form);
  }

  @Override
  public int hashCode() {
    return Objects.hash(form);
  }

  @Override
  public String toString() {
    return "ChatTemplate[" + form.name() + "]";
  }

  /** Returns the pieces between the generation prompt and an answer's text. */
  List<Piece> lead() {
    return form.lead();
  }

  /** Returns the pieces after an answer's text at the end of a conversation. */
  List<Piece> answerEnd() {
    return ImmutableList.<Piece>builder().addAll(form.close()).addAll(form.end()).build();
  }

  /** Returns a message's content as the family writes it. */
  String content(String content) {
    return form.trims() ? broken(content).strip() : broken(content);
  }

  private String broken(String content) {
    String written = content;
    for (String mark : form.marks()) {
      written = written.replace(mark, mark.charAt(0) + " " + mark.substring(1));
    }
    return written;
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
    if (hasSystem && form.folds()) {
      fold(messages, arranged);
    } else if (!hasSystem && !form.defaultSystem().isEmpty()) {
      arranged.add(0, Message.system(form.defaultSystem()));
    }
    return arranged;
  }

  private void fold(List<Message> messages, List<Message> arranged) {
    checkArgument(
        messages.size() > 1 && messages.get(1).role() == Role.USER,
        "template %s needs a user message after the system message",
        form.name());
    String folded =
        Pieces.spell(form.system().before())
            + broken(messages.get(0).content())
            + Pieces.spell(form.system().after())
            + broken(messages.get(1).content());
    arranged.set(1, Message.user(form.trims() ? folded.strip() : folded));
    arranged.remove(0);
  }

  private static void add(List<Piece> pieces, TemplateForm.Turn turn, Piece content) {
    pieces.addAll(turn.before());
    pieces.add(content);
    pieces.addAll(turn.after());
  }
}
