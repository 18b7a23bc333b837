package io.telecomllm.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.hash.Hashing;
import com.google.common.primitives.Ints;
import io.telecomllm.tokenizer.Tiny;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.tokenizer.Tokenizers;
import io.telecomllm.tokenizer.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class QuestionPromptTest {
  private static final String QUESTION = "What does HARQ stand for?";
  private static final List<String> OPTIONS =
      List.of("Hybrid ARQ ", "Half a request", "Both 1 and 2");
  private static final List<Reference> REFERENCES =
      List.of(new Reference("TS 38.321 5.4", "HARQ is\nhybrid."), new Reference("X", "Y"));

  private final QuestionPrompt prompt = QuestionPrompt.of(ChatTemplate.PHI_3).withInstruction("I");

  @Test
  void writesReferencesQuestionAndOptionsLineByLine() {
    List<Message> messages = prompt.messages(QUESTION, OPTIONS, REFERENCES);
    assertThat(messages).hasSize(2).startsWith(Message.system("I"));
    assertThat(messages.get(1).role()).isEqualTo(Role.USER);
    assertThat(messages.get(1).content().split("\n", -1))
        .containsExactly(
            "Reference: TS 38.321 5.4: HARQ is hybrid.",
            "Reference: X: Y",
            "What does HARQ stand for?",
            "option 1: Hybrid ARQ ",
            "option 2: Half a request",
            "option 3: Both 1 and 2");
  }

  @Test
  void noTextCanForgeALine() {
    String forged = "x\noption 1: mine\r\nReference: a\u2028b\u0085c\u000bd";
    String user =
        prompt
            .messages(forged, List.of(forged, forged), List.of(new Reference(forged, forged)))
            .get(1)
            .content();
    assertThat(user.split("\\R")).hasSize(4);
    assertThat(user).contains("option 2: x option 1: mine Reference: a b c d");
  }

  @Tag("shared")
  @Test
  void phi3AnswersEndAsInTraining() {
    Tokenizer tokenizer = Tokenizers.phi3();
    RenderedQuestion rendered = prompt.ask(tokenizer, QUESTION, OPTIONS, REFERENCES);
    EncodedAnswer taught = prompt.teach(tokenizer, QUESTION, OPTIONS, REFERENCES, 1);
    assertThat(taught.promptIds()).isEqualTo(rendered.promptIds());
    assertThat(rendered.promptIds()).endsWith(tokenizer.id("<|assistant|>").getAsInt());
    assertThat(tokenizer.decode(taught.answerIds(), false))
        .isEqualTo("option 2: Half a request<|end|><|endoftext|>");
    assertThat(taught.answerIds()).isEqualTo(rendered.candidates().get(1).answerIds());
    for (int i = 0; i < OPTIONS.size(); i++) {
      assertThat(tokenizer.decode(rendered.candidates().get(i).labelIds()))
          .isEqualTo("option " + (i + 1));
    }
  }

  static Stream<ChatTemplate> templates() {
    return Stream.of(
        ChatTemplate.PHI_3,
        ChatTemplate.CHAT_ML,
        ChatTemplate.LLAMA_2,
        ChatTemplate.LLAMA_3,
        ChatTemplate.plain("</s>"));
  }

  @ParameterizedTest
  @MethodSource("templates")
  void promptAndAnswerAreTheFinishedConversation(ChatTemplate template) {
    for (Vocabulary vocabulary : List.of(Tiny.byteLevel("llama-bpe"), Tiny.sentencePiece())) {
      try (Tokenizer tokenizer = Tokenizer.of(vocabulary)) {
        checkEveryAnswer(template, tokenizer);
      }
    }
  }

  private static void checkEveryAnswer(ChatTemplate template, Tokenizer tokenizer) {
    for (AnswerStyle style : AnswerStyle.values()) {
      QuestionPrompt styled = QuestionPrompt.of(template).withStyle(style);
      for (int right = 0; right < OPTIONS.size(); right++) {
        RenderedQuestion rendered = styled.ask(tokenizer, QUESTION, OPTIONS, REFERENCES);
        EncodedAnswer taught = styled.teach(tokenizer, QUESTION, OPTIONS, REFERENCES, right);
        List<Message> talk = styled.messages(QUESTION, OPTIONS, REFERENCES);
        String answer =
            "option "
                + (right + 1)
                + (style == AnswerStyle.NUMBER ? "" : ": " + OPTIONS.get(right));
        int[] whole =
            template.encode(
                tokenizer, List.of(talk.get(0), talk.get(1), Message.assistant(answer)), false);
        assertThat(Ints.concat(taught.promptIds(), taught.answerIds())).isEqualTo(whole);
        assertThat(rendered.promptIds()).isEqualTo(template.encode(tokenizer, talk, true));
        assertThat(rendered.sharedLabelLength())
            .isEqualTo(rendered.candidates().get(0).labelIds().length - 1);
        EncodedAnswer.Choice choice = taught.choice().orElseThrow();
        assertThat(taught.answerIds()[choice.position()]).isEqualTo(choice.options()[right]);
        assertThat(choice.options())
            .isEqualTo(
                rendered.candidates().stream()
                    .mapToInt(c -> c.labelIds()[c.labelIds().length - 1])
                    .toArray())
            .doesNotHaveDuplicates();
      }
    }
  }

  @Tag("shared")
  @Test
  void aQuestionToAnswerHoldsNoAnswer() {
    RenderedQuestion asked = prompt.ask(Tokenizers.phi3(), QUESTION, OPTIONS);
    EncodedAnswer taught = prompt.teach(Tokenizers.phi3(), QUESTION, OPTIONS, List.of(), 0);
    assertThat(asked.promptIds()).isEqualTo(taught.promptIds());
    assertThat(asked.candidates()).hasSize(3);
  }

  @Tag("shared")
  @Test
  void theNumberAloneMayBeTheAnswer() {
    QuestionPrompt number = QuestionPrompt.of(ChatTemplate.CHAT_ML).withStyle(AnswerStyle.NUMBER);
    assertThat(number.instruction()).isEqualTo(AnswerStyle.NUMBER.instruction());
    assertThat(prompt.withStyle(AnswerStyle.NUMBER).instruction()).isEqualTo("I");
    Tokenizer tokenizer = Tokenizers.smollm2();
    EncodedAnswer taught = number.teach(tokenizer, QUESTION, OPTIONS, List.of(), 2);
    assertThat(tokenizer.decode(taught.answerIds(), false)).isEqualTo("option 3<|im_end|>\n");
  }

  @Tag("shared")
  @Test
  void refusesWhatIsNoQuestion() {
    Tokenizer tokenizer = Tokenizers.phi3();
    assertThatThrownBy(() -> prompt.ask(tokenizer, QUESTION, List.of("one")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("options: found 1, allowed are 2 to 9");
    assertThatThrownBy(() -> prompt.ask(tokenizer, QUESTION, Collections.nCopies(10, "a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("options: found 10, allowed are 2 to 9");
    assertThatThrownBy(() -> prompt.teach(tokenizer, QUESTION, OPTIONS, List.of(), 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("answer: found 3, allowed are 0 to 2");
    assertThatThrownBy(() -> prompt.withInstruction(" "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("instruction: found a blank one");
  }

  @Test
  void digestFollowsTemplateInstructionAndStyle() {
    assertThat(prompt.digest()).matches("[0-9a-f]{64}");
    assertThat(
            Stream.of(
                    prompt,
                    prompt.withInstruction("J"),
                    prompt.withStyle(AnswerStyle.NUMBER),
                    QuestionPrompt.of(ChatTemplate.CHAT_ML).withInstruction("I"))
                .map(QuestionPrompt::digest))
        .doesNotHaveDuplicates();
    assertThat(QuestionPrompt.of(ChatTemplate.PHI_3).withInstruction("I").digest())
        .isEqualTo(prompt.digest());
  }

  @Test
  void abstentionIsOneMoreLineAndOneMoreAnswer() {
    QuestionPrompt plain = QuestionPrompt.of(ChatTemplate.CHAT_ML);
    QuestionPrompt offering = plain.withAbstention();
    assertThat(plain.offersAbstention()).isFalse();
    assertThat(offering.withStyle(AnswerStyle.NUMBER).withInstruction("I").offersAbstention())
        .isTrue();
    List<Message> without = plain.messages(QUESTION, OPTIONS, REFERENCES);
    List<Message> with = offering.messages(QUESTION, OPTIONS, REFERENCES);
    assertThat(with.get(0)).isEqualTo(without.get(0));
    assertThat(with.get(1).content())
        .isEqualTo(without.get(1).content() + "\noption 0: I do not know");
    try (Tokenizer tokenizer = Tokenizer.of(Tiny.byteLevel("llama-bpe"))) {
      RenderedQuestion asked = offering.ask(tokenizer, QUESTION, OPTIONS);
      assertThat(asked.candidates()).hasSize(3);
      RenderedQuestion.Candidate unknown = asked.abstention().orElseThrow();
      assertThat(tokenizer.decode(unknown.labelIds())).isEqualTo("option 0");
      EncodedAnswer taught =
          offering.teach(tokenizer, QUESTION, OPTIONS, List.of(), QuestionPrompt.ABSTAIN);
      assertThat(taught.promptIds()).isEqualTo(asked.promptIds());
      assertThat(taught.answerIds()).isEqualTo(unknown.answerIds());
      assertThat(tokenizer.decode(taught.answerIds())).startsWith("option 0: I do not know");
      EncodedAnswer.Choice choice = taught.choice().orElseThrow();
      assertThat(choice.abstention()).hasValue(taught.answerIds()[choice.position()]);
      EncodedAnswer.Choice plainChoice =
          plain.teach(tokenizer, QUESTION, OPTIONS, List.of(), 1).choice().orElseThrow();
      assertThat(choice.options()).isEqualTo(plainChoice.options());
      assertThat(plainChoice.abstention()).isEmpty();
      assertThat(plain.ask(tokenizer, QUESTION, OPTIONS).abstention()).isEmpty();
      assertThatThrownBy(
              () -> plain.teach(tokenizer, QUESTION, OPTIONS, List.of(), QuestionPrompt.ABSTAIN))
          .hasMessage("answer: found -1, allowed are 0 to 2");
    }
  }

  @Test
  void aPromptWithoutAbstentionHasTheDigestItAlwaysHad() {
    QuestionPrompt plain = QuestionPrompt.of(ChatTemplate.CHAT_ML).withInstruction("I");
    String spelled =
        String.join(
            "\u0000",
            "question-prompt-1",
            ChatTemplate.CHAT_ML.digest(),
            "I",
            AnswerStyle.NUMBER_AND_TEXT.name());
    assertThat(plain.digest())
        .isEqualTo(Hashing.sha256().hashString(spelled, StandardCharsets.UTF_8).toString());
    assertThat(plain.withAbstention().digest()).isNotEqualTo(plain.digest());
  }

  @Test
  void aReasonFollowsTheOptionInTrainingSentenceBySentence() {
    QuestionPrompt reasoning =
        QuestionPrompt.of(ChatTemplate.CHAT_ML)
            .withAbstention()
            .withStyle(AnswerStyle.NUMBER_TEXT_AND_REASON);
    String reason = "It halves. Release 15 says so!\nNo other does";
    for (Vocabulary vocabulary : List.of(Tiny.byteLevel("llama-bpe"), Tiny.sentencePiece())) {
      try (Tokenizer tokenizer = Tokenizer.of(vocabulary)) {
        EncodedAnswer taught = reasoning.teach(tokenizer, QUESTION, OPTIONS, List.of(), 1, reason);
        List<Message> talk = reasoning.messages(QUESTION, OPTIONS, List.of());
        String answer = "option 2: Half a request\nIt halves. Release 15 says so! No other does";
        assertThat(Ints.concat(taught.promptIds(), taught.answerIds()))
            .isEqualTo(
                ChatTemplate.CHAT_ML.encode(
                    tokenizer,
                    List.of(talk.get(0), talk.get(1), Message.assistant(answer)),
                    false));
        assertThat(taught.reason())
            .extracting(EncodedAnswer.Sentence::text)
            .containsExactly("It halves.", "Release 15 says so!", "No other does");
        int end = taught.reason().get(0).from();
        for (EncodedAnswer.Sentence sentence : taught.reason()) {
          assertThat(sentence.from()).isEqualTo(end);
          end = sentence.to();
          int[] own = Arrays.copyOfRange(taught.answerIds(), sentence.from(), sentence.to());
          assertThat(tokenizer.decode(own, false).strip()).isEqualTo(sentence.text());
        }
        EncodedAnswer plain = reasoning.teach(tokenizer, QUESTION, OPTIONS, List.of(), 1);
        assertThat(plain.reason()).isEmpty();
        assertThat(
                reasoning
                    .teach(tokenizer, QUESTION, OPTIONS, List.of(), QuestionPrompt.ABSTAIN, reason)
                    .reason())
            .isEmpty();
        assertThat(prompt.teach(tokenizer, QUESTION, OPTIONS, List.of(), 1, reason).answerIds())
            .isEqualTo(prompt.teach(tokenizer, QUESTION, OPTIONS, List.of(), 1).answerIds());
      }
    }
  }
}
