package io.telecomllm.prompt;

import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hashing;
import io.telecomllm.Internal;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.tokenizer.Piece;
import io.telecomllm.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * How a family of models writes a conversation. Immutable.
 *
 * <p>A checkpoint's own template is a program in Jinja. A small interpreter without access to
 * anything renders a few conversations with it ({@link #of(String, Tokenizer)}); what it writes
 * around the contents is kept, and compared with further renderings. Contents never pass through
 * the program. They never become control tokens either; if a template marks turns with ordinary
 * characters (LLaMA-2, Zephyr), a space breaks up those marks in contents.
 */
public final class ChatTemplate {
  /** Phi-3: {@code <|user|>}, line end, content, {@code <|end|>}, line end. */
  public static final ChatTemplate PHI_3 = new ChatTemplate(FamilyForm.PHI_3);

  /** SmolLM2, Qwen2 and others: {@code <|im_start|>user}, line end, content, {@code <|im_end|>}. */
  public static final ChatTemplate CHAT_ML = new ChatTemplate(FamilyForm.CHAT_ML);

  /** LLaMA-2-chat: {@code <s>[INST] content [/INST] answer </s>}. */
  public static final ChatTemplate LLAMA_2 = new ChatTemplate(FamilyForm.LLAMA_2);

  /** LLaMA-3: {@code <|start_header_id|>user<|end_header_id|>}, content, {@code <|eot_id|>}. */
  public static final ChatTemplate LLAMA_3 = new ChatTemplate(FamilyForm.LLAMA_3);

  private final TemplateForm form;

  ChatTemplate(TemplateForm form) {
    this.form = form;
  }

  /** Returns a template for a model without one; {@code endToken} ends its answers. */
  public static ChatTemplate plain(String endToken) {
    return new ChatTemplate(FamilyForm.plain(ImmutableList.of(), endToken));
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
        FamilyForm.plain(
            begin.isEmpty() ? ImmutableList.of() : ImmutableList.of(Piece.control(begin)), end));
  }

  private static String name(Tokenizer tokenizer, OptionalInt id) {
    return id.isEmpty() ? "" : tokenizer.token(id.getAsInt()).orElse("");
  }

  /**
   * Returns the family that a checkpoint's template looks like, by its control tokens alone.
   *
   * @throws UnsupportedModelException if it is unknown; the message names what to set
   */
  static ChatTemplate match(String chatTemplate) {
    return new ChatTemplate(TemplateMatcher.match(chatTemplate));
  }

  /**
   * Returns the template of a tokenizer: its own, or {@link #plain(Tokenizer)} if it has none.
   *
   * @throws UnsupportedModelException if its own cannot be followed, with the reason
   */
  public static ChatTemplate of(Tokenizer tokenizer) {
    return tokenizer
        .chatTemplate()
        .map(source -> of(source, tokenizer))
        .orElseGet(() -> plain(tokenizer));
  }

  /**
   * Returns the template that a Jinja source describes for a tokenizer: a known family where that
   * writes the same, otherwise one of its own.
   *
   * @throws UnsupportedModelException if it uses what is not supported, writes conversations in a
   *     way that cannot be followed, or needs control tokens that the tokenizer lacks
   */
  public static ChatTemplate of(String source, Tokenizer tokenizer) {
    ChatTemplate template = new ChatTemplate(TemplateProbe.of(source, tokenizer));
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
    return form.render(messages, addGenerationPrompt);
  }

  /**
   * Returns whether it has a place for a system message; {@link QuestionPrompt} begins the user's
   * message with the instruction where it has not (Gemma).
   */
  public boolean takesSystem() {
    return form.takesSystem();
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
    return new EncodedAnswer(encoder.promptIds(), encoder.answer(answer), Optional.empty());
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
    return form.answerEnd();
  }

  /** Returns an answer's text as the template writes it. */
  String content(String content) {
    return form.answer(content);
  }
}
