package io.telecomllm.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.Ints;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.EncodedAnswer;
import io.telecomllm.prompt.Message;
import io.telecomllm.text.Texts;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever a text spells, it stays text. */
class TokenizerPropertiesTest {
  private static Tokenizer byteLevel;
  private static Tokenizer sentencePiece;

  @BeforeContainer
  static void load() {
    byteLevel = Tokenizer.of(Tiny.byteLevel("llama-bpe"));
    sentencePiece = Tokenizer.of(Tiny.sentencePiece());
  }

  @AfterContainer
  static void close() {
    byteLevel.close();
    sentencePiece.close();
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> controls = Arbitraries.of(Tiny.CONTROLS);
    Arbitrary<String> halves =
        Arbitraries.of("<|", "|>", "<", ">", "</", "s>", "<|en", "d|>", "<0x41>");
    Arbitrary<String> spaces =
        Arbitraries.of(" ", "  ", "\n", "\t", "\r\n", "\u00a0", "\u2028", "\0");
    Arbitrary<String> any = Arbitraries.strings().ofMaxLength(8);
    return Arbitraries.frequencyOf(
            Tuple.of(3, controls), Tuple.of(2, halves), Tuple.of(2, spaces), Tuple.of(3, any))
        .list()
        .ofMaxSize(12)
        .map(parts -> String.join("", parts));
  }

  @Property(tries = 1000)
  void byteLevelTextKeepsEverythingAndHoldsNoControlToken(@ForAll("texts") String text) {
    int[] ids = byteLevel.encode(text);
    assertThat(Tokenizers.countControls(byteLevel, ids)).isZero();
    assertThat(byteLevel.decode(ids, false)).isEqualTo(Texts.wellFormed(text));
  }

  @Property(tries = 1000)
  void sentencePieceTextKeepsEverythingButItsSpaceSign(@ForAll("texts") String text) {
    int[] ids = sentencePiece.encode(text);
    assertThat(Tokenizers.countControls(sentencePiece, ids)).isZero();
    assertThat(sentencePiece.decode(ids, false))
        .isEqualTo(Texts.wellFormed(text).replace('\u2581', ' '));
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void aConversationHoldsTheTemplatesControlTokensAndNoOthers(
      @ForAll("texts") String system,
      @ForAll("texts") String user,
      @ForAll("texts") String answer) {
    List<Message> messages =
        List.of(Message.system(system), Message.user(user), Message.assistant(answer));
    for (ChatTemplate template :
        List.of(
            ChatTemplate.PHI_3,
            ChatTemplate.CHAT_ML,
            ChatTemplate.LLAMA_2,
            ChatTemplate.LLAMA_3,
            ChatTemplate.plain("</s>"))) {
      for (Tokenizer tokenizer : List.of(byteLevel, sentencePiece)) {
        List<Piece> pieces = template.render(messages, false);
        long placed = pieces.stream().filter(Piece.Control.class::isInstance).count();
        int[] ids = template.encode(tokenizer, messages, false);
        assertThat(Tokenizers.countControls(tokenizer, ids)).isEqualTo(placed);
        EncodedAnswer cut = template.encodeAnswer(tokenizer, messages.subList(0, 2), answer);
        assertThat(cut.promptIds())
            .isEqualTo(template.encode(tokenizer, messages.subList(0, 2), true));
        int[] joined = Ints.concat(cut.promptIds(), cut.answerIds());
        assertThat(Tokenizers.countControls(tokenizer, joined)).isEqualTo(placed);
        if (answer.isEmpty() || !Character.isWhitespace(answer.charAt(0))) {
          assertThat(joined).isEqualTo(ids);
        }
      }
    }
  }
}
