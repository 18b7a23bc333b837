package io.telecomllm.prompt;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.hash.Hashing;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The one renderer of multiple-choice questions, for training, evaluation and answering alike.
 *
 * <pre>
 * system:    the instruction
 * user:      Reference: TITLE: TEXT        (a line for each passage)
 *            the question
 *            option 1: text                (a line for each option)
 * assistant: option k: text                (or only "option k")
 * </pre>
 *
 * <p>Question, options and passages are untrusted text: none becomes a control token, and line ends
 * in them become spaces, so that none can forge an option. Immutable.
 *
 * @param template how the model's family writes a conversation
 * @param instruction what the system message says
 * @param style how the answer is written
 */
public record QuestionPrompt(ChatTemplate template, String instruction, AnswerStyle style) {
  // more would need two digits, whose label would begin with another's
  private static final int MAX_OPTIONS = 9;
  private static final Pattern LINE_ENDS = Pattern.compile("\\R+");

  /** Checks that there is an instruction. */
  public QuestionPrompt {
    checkArgument(!instruction.isBlank(), "instruction: found a blank one");
  }

  /** The number and the text are asked for, by the instruction that goes with them. */
  public static QuestionPrompt of(ChatTemplate template) {
    AnswerStyle style = AnswerStyle.NUMBER_AND_TEXT;
    return new QuestionPrompt(template, style.instruction(), style);
  }

  /** The same with another instruction. */
  public QuestionPrompt withInstruction(String newInstruction) {
    return new QuestionPrompt(template, newInstruction, style);
  }

  /** The same with another style; an instruction that was not set follows the style. */
  public QuestionPrompt withStyle(AnswerStyle newStyle) {
    boolean unset = instruction.equals(style.instruction());
    return new QuestionPrompt(template, unset ? newStyle.instruction() : instruction, newStyle);
  }

  /** A question to answer, without passages. */
  public RenderedQuestion render(Tokenizer tokenizer, String text, List<String> options) {
    return render(tokenizer, text, options, List.of());
  }

  /**
   * A question to answer.
   *
   * @param options 2 to 9 of them
   * @param passages what it may be answered from, the most useful first
   */
  public RenderedQuestion render(
      Tokenizer tokenizer, String text, List<String> options, List<Passage> passages) {
    List<String> lines = options.stream().map(QuestionPrompt::oneLine).toList();
    checkArgument(
        lines.size() >= 2 && lines.size() <= MAX_OPTIONS,
        "options: found %s, allowed are 2 to %s",
        lines.size(),
        MAX_OPTIONS);
    AnswerEncoder encoder =
        new AnswerEncoder(template, tokenizer, messages(text, options, passages));
    List<RenderedQuestion.Candidate> candidates = new ArrayList<>();
    for (int number = 1; number <= lines.size(); number++) {
      int[] label = encoder.beginning(AnswerStyle.label(number));
      int[] answer = encoder.answer(style.answer(number, lines.get(number - 1)));
      if (!AnswerEncoder.startsWith(answer, label)) {
        throw new UnsupportedModelException(
            "the tokenizer joins '" + AnswerStyle.label(number) + "' with what follows it");
      }
      candidates.add(new RenderedQuestion.Candidate(label, answer));
    }
    return new RenderedQuestion(encoder.promptIds(), new int[0], List.copyOf(candidates));
  }

  /**
   * A question with its answer, to train on.
   *
   * @param answer the index of the right option, from 0
   */
  public RenderedQuestion render(
      Tokenizer tokenizer, String text, List<String> options, List<Passage> passages, int answer) {
    checkArgument(
        answer >= 0 && answer < options.size(),
        "answer: found %s, allowed are 0 to %s",
        answer,
        options.size() - 1);
    RenderedQuestion asked = render(tokenizer, text, options, passages);
    int[] answerIds = asked.candidates().get(answer).answerIds().clone();
    return new RenderedQuestion(asked.promptIds(), answerIds, asked.candidates());
  }

  /** The conversation up to the answer. */
  public List<Message> messages(String text, List<String> options, List<Passage> passages) {
    Stream<String> references =
        passages.stream()
            .map(
                passage ->
                    "Reference: " + oneLine(passage.title()) + ": " + oneLine(passage.text()));
    List<String> lines = new ArrayList<>(references.toList());
    lines.add(oneLine(text));
    for (int i = 0; i < options.size(); i++) {
      lines.add(AnswerStyle.label(i + 1) + ": " + oneLine(options.get(i)));
    }
    return List.of(Message.system(instruction), Message.user(String.join("\n", lines)));
  }

  /** The sha256, in hexadecimal, of template, instruction and style: what an adapter keeps. */
  public String digest() {
    String spelled =
        String.join("\u0000", "question-prompt-1", template.digest(), instruction, style.name());
    return Hashing.sha256().hashString(spelled, StandardCharsets.UTF_8).toString();
  }

  private static String oneLine(String text) {
    return LINE_ENDS.matcher(text).replaceAll(" ");
  }
}
