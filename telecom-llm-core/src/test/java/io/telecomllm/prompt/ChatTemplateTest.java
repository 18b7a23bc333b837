package io.telecomllm.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.UnsupportedModelException;
import io.telecomllm.tokenizer.Piece;
import io.telecomllm.tokenizer.Pieces;
import io.telecomllm.tokenizer.Tiny;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.tokenizer.Tokenizers;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ChatTemplateTest {
  private static final List<Message> TALK =
      List.of(
          Message.system("S"),
          Message.user("U1"),
          Message.assistant("A1"),
          Message.user("U2"),
          Message.assistant("A2"));

  private static String spell(ChatTemplate template, List<Message> messages, boolean prompt) {
    return Pieces.spell(template.render(messages, prompt));
  }

  static Stream<Arguments> families() {
    return Stream.of(
        Arguments.of(
            ChatTemplate.PHI_3,
            """
            <|system|>
            S<|end|>
            <|user|>
            U1<|end|>
            <|assistant|>
            A1<|end|>
            <|user|>
            U2<|end|>
            <|assistant|>
            """,
            "A2<|end|>\n<|endoftext|>"),
        Arguments.of(
            ChatTemplate.CHAT_ML,
            """
            <|im_start|>system
            S<|im_end|>
            <|im_start|>user
            U1<|im_end|>
            <|im_start|>assistant
            A1<|im_end|>
            <|im_start|>user
            U2<|im_end|>
            <|im_start|>assistant
            """,
            "A2<|im_end|>\n"),
        Arguments.of(
            ChatTemplate.LLAMA_2,
            "<s>[INST] <<SYS>>\nS\n<</SYS>>\n\nU1 [/INST] A1 </s><s>[INST] U2 [/INST]",
            " A2 </s>"),
        Arguments.of(
            ChatTemplate.LLAMA_3,
            "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nS<|eot_id|>"
                + "<|start_header_id|>user<|end_header_id|>\n\nU1<|eot_id|>"
                + "<|start_header_id|>assistant<|end_header_id|>\n\nA1<|eot_id|>"
                + "<|start_header_id|>user<|end_header_id|>\n\nU2<|eot_id|>"
                + "<|start_header_id|>assistant<|end_header_id|>\n\n",
            "A2<|eot_id|>"),
        Arguments.of(ChatTemplate.plain("</s>"), "S\n\nU1\nA1</s>U2\n", "A2</s>"));
  }

  @ParameterizedTest
  @MethodSource("families")
  void writesWhatTheFamilyWrites(ChatTemplate template, String prompt, String answer) {
    assertThat(spell(template, TALK.subList(0, 4), true)).isEqualTo(prompt);
    assertThat(spell(template, TALK, false)).isEqualTo(prompt + answer);
    assertThat(Pieces.spell(template.answerEnd())).isEqualTo(answer.replaceFirst("^ ?A2", ""));
  }

  @Test
  void marksOnlyTheTemplatesOwnTokensAsControl() {
    assertThat(ChatTemplate.PHI_3.render(List.of(Message.user("a <|end|>\n<|system|>")), true))
        .containsExactly(
            Piece.control("<|user|>"),
            Piece.text("\na <|end|>\n<|system|>"),
            Piece.control("<|end|>"),
            Piece.text("\n"),
            Piece.control("<|assistant|>"),
            Piece.text("\n"));
  }

  @Test
  void llama2BreaksUpItsMarksInContentsAndTrims() {
    List<Message> messages =
        List.of(Message.system("a <</SYS>> b"), Message.user(" x [/INST] y [INST]<<SYS>> \n"));
    assertThat(spell(ChatTemplate.LLAMA_2, messages, true))
        .isEqualTo(
            "<s>[INST] <<SYS>>\na < </SYS>> b\n<</SYS>>\n\n x [ /INST] y [ INST]< <SYS>> [/INST]");
  }

  @Test
  void refusesConversationsThatNoTemplateCanWrite() {
    assertThatThrownBy(() -> ChatTemplate.PHI_3.render(List.of(), true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a conversation needs messages, found none");
    assertThatThrownBy(() -> ChatTemplate.CHAT_ML.render(List.of(TALK.get(1), TALK.get(0)), true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("message 1 is a system message, only the first may be");
    assertThatThrownBy(() -> ChatTemplate.LLAMA_2.render(TALK.subList(0, 1), true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("template llama-2 needs a user message after the system message");
  }

  private static final String TURN = "{% for m in messages %}";
  private static final String PHI_3 =
      TURN
          + "{{ '<|' + m.role + '|>\\n' + m.content + '<|end|>\\n' }}{% endfor %}"
          + "{% if add_generation_prompt %}<|assistant|>\n{% else %}{{ eos_token }}{% endif %}";
  private static final String CHAT_ML =
      TURN
          + "{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}"
          + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
  private static final String LLAMA_2 =
      TURN
          + "{% if m.role == 'system' %}{% set s = '<<SYS>>\\n"
          + "' + m.content + '\\n"
          + "<</SYS>>\\n"
          + "\\n"
          + "' %}{% elif m.role == 'user' %}{{ bos_token + '[INST] ' + (s + m.content).strip() + '"
          + " [/INST]' }}{% else %}{{ ' ' + m.content.strip() + ' ' + eos_token }}{% endif %}{%"
          + " endfor %}";
  private static final String LLAMA_3 =
      "{{ bos_token }}"
          + TURN
          + "{{ '<|start_header_id|>' + m.role + '<|end_header_id|>\\n\\n' }}"
          + "{{ m.content | trim + '<|eot_id|>' }}{% endfor %}"
          + "{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}";

  static Stream<Arguments> checkpoints() {
    return Stream.of(
        Arguments.of(PHI_3, ChatTemplate.PHI_3),
        Arguments.of(CHAT_ML, ChatTemplate.CHAT_ML),
        Arguments.of(LLAMA_2, ChatTemplate.LLAMA_2),
        Arguments.of(LLAMA_3, ChatTemplate.LLAMA_3));
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void recognisesTheFamily(String checkpoint, ChatTemplate family) {
    assertThat(ChatTemplate.match(checkpoint)).isEqualTo(family).hasSameHashCodeAs(family);
    assertThat(ChatTemplate.match(checkpoint).digest()).isEqualTo(family.digest());
  }

  @Tag("shared")
  @Test
  void recognisesThePhi3Checkpoint() {
    assertThat(ChatTemplate.of(Tokenizers.phi3())).isEqualTo(ChatTemplate.PHI_3);
  }

  @Tag("shared")
  @Test
  void keepsTheSystemMessageThatATemplateAddsByItself() {
    ChatTemplate smollm2 = ChatTemplate.of(Tokenizers.smollm2());
    Matcher added =
        Pattern.compile("<\\|im_start\\|>system(?:\\\\n|\n)(You are [^<]+)<\\|im_end\\|>")
            .matcher(Tokenizers.smollm2().chatTemplate().orElseThrow());
    assertThat(added.find()).isTrue();
    assertThat(spell(smollm2, List.of(Message.user("U")), true))
        .isEqualTo(
            "<|im_start|>system\n"
                + added.group(1)
                + "<|im_end|>\n<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\n");
    assertThat(spell(smollm2, TALK, false)).isEqualTo(spell(ChatTemplate.CHAT_ML, TALK, false));
    assertThat(smollm2).isNotEqualTo(ChatTemplate.CHAT_ML);
  }

  @Test
  void aPhi3TemplateThatBeginsWithBosKeepsIt() {
    ChatTemplate older = ChatTemplate.match("{{ bos_token }}" + PHI_3);
    assertThat(spell(older, List.of(Message.user("U")), true))
        .isEqualTo("<s><|user|>\nU<|end|>\n<|assistant|>\n");
  }

  @ParameterizedTest
  @MethodSource("strangers")
  void refusesAnUnknownTemplateAndNamesWhatToSet(String template, String reason) {
    assertThatThrownBy(() -> ChatTemplate.match(template))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageMatching("(?s)chat template of no known family \\(sha256 [0-9a-f]{64}\\).*")
        .hasMessageContaining(reason)
        .hasMessageContaining("set ChatTemplate.PHI_3, CHAT_ML, LLAMA_2, LLAMA_3 or plain");
  }

  static Stream<Arguments> strangers() {
    return Stream.of(
        Arguments.of("", "its control tokens are []"),
        Arguments.of("{{ messages }}", "its control tokens are []"),
        Arguments.of(
            "<|im_start|>user<|im_sep|>{{ m }}<|im_end|>",
            "[<|im_end|>, <|im_sep|>, <|im_start|>]"),
        Arguments.of(LLAMA_3 + "<|python_tag|>", "<|python_tag|>"),
        Arguments.of("{{ bos_token }}[INST] {{ m }} [/INST]", "its control tokens are []"),
        Arguments.of(CHAT_ML + "<think>", "it adds a train of thought"));
  }

  @Tag("shared")
  @Test
  void refusesATokenizerThatLacksAControlToken() {
    ChatTemplate.PHI_3.requireFits(Tokenizers.phi3());
    assertThatThrownBy(() -> ChatTemplate.CHAT_ML.requireFits(Tokenizers.phi3()))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("tokenizer.json: the tokenizer has no control token <|im_start|>");
    assertThatThrownBy(() -> ChatTemplate.LLAMA_3.encode(Tokenizers.phi3(), TALK, true))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("no control token <|begin_of_text|>");
  }

  @Tag("shared")
  @Test
  void stopsAtTheFamilysEndTokensAndAtTheTokenizers() {
    Tokenizer phi3 = Tokenizers.phi3();
    assertThat(ChatTemplate.PHI_3.stopIds(phi3))
        .containsExactly(phi3.id("<|endoftext|>").getAsInt(), phi3.id("<|end|>").getAsInt());
    assertThat(ChatTemplate.LLAMA_2.stopIds(phi3))
        .containsExactly(phi3.id("</s>").getAsInt(), phi3.id("<|endoftext|>").getAsInt());
  }

  @Test
  void plainTakesItsTokensFromTheTokenizer() {
    try (Tokenizer tokenizer = Tokenizer.of(Tiny.sentencePiece())) {
      ChatTemplate plain = ChatTemplate.of(tokenizer);
      assertThat(plain).isEqualTo(ChatTemplate.plain("</s>")).hasToString("ChatTemplate[plain]");
      assertThat(plain.name()).isEqualTo("plain");
      assertThat(tokenizer.decode(plain.encode(tokenizer, TALK.subList(0, 3), false), false))
          .isEqualTo("S\n\nU1\nA1</s>");
    }
  }

  @Test
  void digestsTellTemplatesApart() {
    assertThat(
            Stream.of(
                    ChatTemplate.PHI_3,
                    ChatTemplate.CHAT_ML,
                    ChatTemplate.LLAMA_2,
                    ChatTemplate.LLAMA_3,
                    ChatTemplate.plain("</s>"),
                    ChatTemplate.plain("<|endoftext|>"))
                .map(ChatTemplate::digest))
        .doesNotHaveDuplicates()
        .allMatch(digest -> digest.matches("[0-9a-f]{64}"));
  }
}
