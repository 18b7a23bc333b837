package io.telecomllm.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.data.Overlap.Kind;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class OverlapTest {
  @Test
  void eachPairIsNamedWithTheStrongestKind() {
    List<Question> left =
        List.of(
            question("l1", "What is the frequency range of mmWave?"),
            question("same", "What is HARQ?"),
            question("l3", "Who wrote the book on coding theory?"),
            question("l4", "What is OFDM? [3GPP Release 17]"));
    List<Question> right =
        List.of(
            question("r1", "What is the frequency range of mmWave band?"),
            question("r2", "what is  OFDM? [3GPP Release 18]"),
            question("same", "Which layer holds HARQ?"),
            question("r4", "Who sings the song of coding women?"));
    assertThat(Overlap.between(left, right))
        .containsExactly(
            // harq of what, is, harq, which, layer, holds
            new Overlap("same", "same", Kind.SAME_ID, 1.0 / 6),
            new Overlap("l4", "r2", Kind.SAME_TEXT, 1.0),
            new Overlap("l1", "r1", Kind.NEAR_DUPLICATE, 7.0 / 8));
    assertThat(Overlap.between(left, List.of())).isEmpty();
    assertThat(Overlap.between(List.of(), right)).isEmpty();
  }

  @Test
  void oneWordOfNineExchangedIsANearDuplicateAndOneOfEightIsNot() {
    Question nine = question("l", "a b c d e f g h i");
    Question eight = question("l", "a b c d e f g h");
    assertThat(Overlap.between(List.of(nine), List.of(question("r", "a b c d e f g h X"))))
        .containsExactly(new Overlap("l", "r", Kind.NEAR_DUPLICATE, 0.8));
    assertThat(Overlap.between(List.of(eight), List.of(question("r", "a b c d e f g X"))))
        .isEmpty();
  }

  @Test
  void textsWithoutWordsAreComparedWhole() {
    List<Question> left = List.of(question("l1", "???"), question("l2", "!!!"));
    assertThat(Overlap.between(left, List.of(question("r", "???"))))
        .containsExactly(new Overlap("l1", "r", Kind.SAME_TEXT, 1.0));
  }

  @Tag("shared")
  @Test
  void theRealDataOverlapsItselfOnceAQuestionAndItsNearDuplicatesTwice() {
    List<Question> questions = RealData.dataset().questions();
    List<Overlap> overlaps = Overlap.between(questions, questions);
    assertThat(overlaps.stream().filter(o -> o.kind() == Kind.SAME_ID)).hasSize(questions.size());
    List<Overlap> others = overlaps.stream().filter(o -> o.kind() != Kind.SAME_ID).toList();
    assertThat(others)
        .allMatch(
            o ->
                others.contains(
                    new Overlap(
                        /* left= */ o.right(), /* right= */ o.left(), o.kind(), o.similarity())));
  }

  private static Question question(String id, String text) {
    return new Question(id, text, List.of("yes", "no"), 0, "", Category.LEXICON);
  }
}
