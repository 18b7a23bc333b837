package io.telecomllm.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SentencesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "The UE, e.g. The phone, sends it.|See TS 38.331.|The gNB answers.",
        "See clause 5.3.|The end.",
        "A first line|Second line.|Third, i.e. This one?|Yes!",
        "Voice, data, etc. are sent.|Voice, data, etc.|All are sent.",
        "See Fig. 3 and No. 7 (cf. Table 2).|The value is 3.5 GHz vs. 28 GHz.",
        "One only",
      })
  void cutsWhereAReaderWould(String joined) {
    String text = joined.replace("line|", "line\n").replace('|', ' ');
    assertThat(Sentences.of(text))
        .extracting(s -> text.substring(s.start(), s.end()))
        .containsExactly(joined.split("\\|"));
  }

  @Property(tries = 1000)
  void sentencesAreInOrderAndLoseOnlySpace(@ForAll @StringLength(max = 60) String text) {
    List<Sentences.Range> sentences = Sentences.of(text);
    int end = 0;
    for (Sentences.Range sentence : sentences) {
      assertThat(text.substring(end, sentence.start())).matches(s -> onlySpace(s));
      assertThat(sentence.end()).isGreaterThan(sentence.start());
      end = sentence.end();
    }
    assertThat(text.substring(end)).matches(s -> onlySpace(s));
  }

  private static boolean onlySpace(String text) {
    return text.chars().allMatch(Character::isWhitespace);
  }
}
