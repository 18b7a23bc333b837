package io.telecomllm.prompt;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.hash.Hashing;
import io.telecomllm.Internal;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The one renderer of multiple-choice questions, for training, evaluation and answering.
 *
 * <pre>
 * system:    the instruction
 * user:      Reference: TITLE: TEXT        (a line for each reference)
 *            the question
 *            option 1: text                (a line for each option)
 *            option 0: I do not know       (only if abstention is offered)
 * assistant: option k: text                (or only "option k")
 *            the reason                    (only in training, if the style has it)
 * </pre>
 *
 * <p>Where the template takes no system message, the instruction and an empty line begin the
 * user's.
 *
 * <p>Question, options and references are untrusted text: none becomes a control token, and line
 * ends in them become spaces, so that none can forge an option. Immutable.
 *
 * @param template the form of conversations of the model's family
 * @param instruction the content of the system message
 * @param style the form of the answer
 * @param offersAbstention whether a last line offers to say that the answer is not known
 */
public record QuestionPrompt(
    ChatTemplate template, String instruction, AnswerStyle style, boolean offersAbstention) {
  /** The answer to learn where no option is right, instead of the index of an option. */
  @Internal public static final int ABSTAIN = -1;

  /** The text of the answer that abstains. */
  private static final String UNKNOWN = "I do not know";

  // more would need two digits: the label of option 10 begins with that of option 1
  private static final int MAX_OPTIONS = 9;
  // the white space after a sentence goes with the next one, as in tokenizers
  private static final Pattern SENTENCE_ENDS = Pattern.compile("(?<=[.!?])(?=\\s)");
  private static final Pattern LINE_ENDS = Pattern.compile("\\R+");

  /** Checks that there is an instruction. */
  public QuestionPrompt {
    checkArgument(!instruction.isBlank(), "instruction: found a blank one");
  }

  /**
   * Returns a prompt that asks for the option's number and text, with the instruction of that
   * style.
   */
  public static QuestionPrompt of(ChatTemplate template) {
    AnswerStyle style = AnswerStyle.NUMBER_AND_TEXT;
    return new QuestionPrompt(template, style.instruction(), style, false);
  }

  /** Returns a copy with this instruction. */
  public QuestionPrompt withInstruction(String newInstruction) {
    return new QuestionPrompt(template, newInstruction, style, offersAbstention);
  }

  /**
   * Returns a copy that offers to answer {@code option 0: I do not know}. A model must have learnt
   * to use it; see {@code PenaltyConfig} in the training module.
   */
  public QuestionPrompt withAbstention() {
    return new QuestionPrompt(template, instruction, style, true);
  }

  /** Returns a copy with this style; an instruction that was not set follows the style. */
  public QuestionPrompt withStyle(AnswerStyle newStyle) {
    boolean unset = instruction.equals(style.instruction());
    return new QuestionPrompt(
        template, unset ? newStyle.instruction() : instruction, newStyle, offersAbstention);
  }

  /** Renders a question to answer, without references. */
  @Internal
  public RenderedQuestion ask(Tokenizer tokenizer, String text, List<String> options) {
    return ask(tokenizer, text, options, List.of());
  }

  /**
   * Renders a question to answer.
   *
   * @param options 2 to 9 texts
   * @param references texts to answer from, the best first
   * @throws UnsupportedModelException if the tokenizer joins an option's label with what follows it
   */
  @Internal
  public RenderedQuestion ask(
      Tokenizer tokenizer, String text, List<String> options, List<Reference> references) {
    AnswerEncoder encoder = encoder(tokenizer, text, options, references);
    return new RenderedQuestion(
        encoder.promptIds(),
        IntStream.range(0, options.size())
            .mapToObj(option -> candidate(encoder, option, options.get(option)))
            .toList(),
        offersAbstention ? Optional.of(candidate(encoder, ABSTAIN, UNKNOWN)) : Optional.empty());
  }

  /**
   * Renders a question with its right answer, to learn from.
   *
   * @param answer the index of the right option, from 0, or {@link #ABSTAIN} if abstention is
   *     offered
   * @throws UnsupportedModelException if the tokenizer joins an option's label with what follows it
   */
  @Internal
  public EncodedAnswer teach(
      Tokenizer tokenizer,
      String text,
      List<String> options,
      List<Reference> references,
      int answer) {
    return teach(tokenizer, text, options, references, answer, "");
  }

  /**
   * Renders a question with its right answer, to learn from.
   *
   * @param answer the index of the right option, from 0, or {@link #ABSTAIN} if abstention is
   *     offered
   * @param reason why it is right; only {@link AnswerStyle#NUMBER_TEXT_AND_REASON} writes it, after
   *     an option. May be blank
   * @throws UnsupportedModelException if the tokenizer joins an option's label with what follows it
   */
  @Internal
  public EncodedAnswer teach(
      Tokenizer tokenizer,
      String text,
      List<String> options,
      List<Reference> references,
      int answer,
      String reason) {
    checkArgument(
        answer >= (offersAbstention ? ABSTAIN : 0) && answer < options.size(),
        "answer: found %s, allowed are %s to %s",
        answer,
        offersAbstention ? ABSTAIN : 0,
        options.size() - 1);
    AnswerEncoder encoder = encoder(tokenizer, text, options, references);
    RenderedQuestion.Candidate candidate =
        candidate(encoder, answer, answer == ABSTAIN ? UNKNOWN : options.get(answer));
    Optional<EncodedAnswer.Choice> choice = choice(encoder, options.size());
    return style == AnswerStyle.NUMBER_TEXT_AND_REASON && answer != ABSTAIN && !reason.isBlank()
        ? reasoned(encoder, answer(options, answer), oneLine(reason).strip(), choice)
        : new EncodedAnswer(encoder.promptIds(), candidate.answerIds(), choice);
  }

  private static EncodedAnswer reasoned(
      AnswerEncoder encoder, String chosen, String reason, Optional<EncodedAnswer.Choice> choice) {
    int[] whole = encoder.answer(chosen + "\n" + reason);
    List<EncodedAnswer.Sentence> sentences = new ArrayList<>();
    String before = chosen + "\n";
    int from = RenderedQuestion.sharedLength(List.of(whole, encoder.beginning(before)));
    for (String sentence : SENTENCE_ENDS.split(reason, -1)) {
      before += sentence;
      // a token that joins two sentences belongs to the second
      int to = RenderedQuestion.sharedLength(List.of(whole, encoder.beginning(before)));
      sentences.add(new EncodedAnswer.Sentence(sentence.strip(), from, to));
      from = to;
    }
    return new EncodedAnswer(encoder.promptIds(), whole, choice, sentences);
  }

  /** Returns the first token in which the labels of this number of options differ. */
  private Optional<EncodedAnswer.Choice> choice(AnswerEncoder encoder, int options) {
    // the label of abstention, if it is offered, comes first
    List<int[]> labels =
        IntStream.rangeClosed(offersAbstention ? 0 : 1, options)
            .mapToObj(option -> encoder.beginning(AnswerStyle.label(option)))
            .toList();
    int shared = RenderedQuestion.sharedLength(labels);
    if (!labels.stream().allMatch(label -> label.length > shared)) {
      return Optional.empty();
    }
    int[] tokens = labels.stream().mapToInt(label -> label[shared]).toArray();
    return Optional.of(
        offersAbstention
            ? new EncodedAnswer.Choice(
                shared, Arrays.copyOfRange(tokens, 1, tokens.length), OptionalInt.of(tokens[0]))
            : new EncodedAnswer.Choice(shared, tokens, OptionalInt.empty()));
  }

  private AnswerEncoder encoder(
      Tokenizer tokenizer, String text, List<String> options, List<Reference> references) {
    checkArgument(
        options.size() >= 2 && options.size() <= MAX_OPTIONS,
        "options: found %s, allowed are 2 to %s",
        options.size(),
        MAX_OPTIONS);
    return new AnswerEncoder(template, tokenizer, messages(text, options, references));
  }

  private RenderedQuestion.Candidate candidate(AnswerEncoder encoder, int option, String text) {
    String name = AnswerStyle.label(option + 1);
    int[] label = encoder.beginning(name);
    int[] answer = encoder.answer(style.answer(option + 1, oneLine(text)));
    if (!AnswerEncoder.startsWith(answer, label)) {
      throw new UnsupportedModelException(
          "the tokenizer joins '" + name + "' with what follows it");
    }
    return new RenderedQuestion.Candidate(label, answer);
  }

  /** Returns the conversation up to the answer. */
  public List<Message> messages(String text, List<String> options, List<Reference> references) {
    List<String> lines = new ArrayList<>();
    for (Reference reference : references) {
      lines.add("Reference: " + oneLine(reference.title()) + ": " + oneLine(reference.text()));
    }
    lines.add(oneLine(text));
    for (int i = 0; i < options.size(); i++) {
      lines.add(AnswerStyle.label(i + 1) + ": " + oneLine(options.get(i)));
    }
    if (offersAbstention) {
      lines.add(AnswerStyle.label(ABSTAIN + 1) + ": " + UNKNOWN);
    }
    String question = String.join("\n", lines);
    return template.takesSystem()
        ? List.of(Message.system(instruction), Message.user(question))
        : List.of(Message.user(instruction + "\n\n" + question));
  }

  /**
   * Returns the SHA-256 of template, instruction, style and, if it is offered, abstention, as 64
   * hexadecimal digits in lower case; an adapter keeps it.
   */
  public String digest() {
    String spelled =
        String.join("\u0000", "question-prompt-1", template.digest(), instruction, style.name());
    spelled = offersAbstention ? spelled + "\u0000" + UNKNOWN : spelled;
    return Hashing.sha256().hashString(spelled, StandardCharsets.UTF_8).toString();
  }

  /** Returns the answer that chooses an option, counted from 0, in this prompt's style. */
  public String answer(List<String> options, int option) {
    return style.answer(option + 1, oneLine(options.get(option)));
  }

  private static String oneLine(String text) {
    return LINE_ENDS.matcher(text).replaceAll(" ");
  }
}
