package io.telecomllm.knowledge.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.text.Texts;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PartsTest {
  private static String paragraph(int words) {
    return String.join(" ", Collections.nCopies(words, "word"));
  }

  @Test
  void partsAreAboutEqual() {
    List<String> parts = Parts.of(Collections.nCopies(30, paragraph(10)), 250);
    assertThat(parts).extracting(Texts::wordCount).containsExactly(150, 150);
  }

  @Test
  void aLongParagraphIsCutBetweenSentences() {
    String sentence = "This sentence has exactly six words. ";
    List<String> parts = Parts.of(List.of(sentence.repeat(20)), 60);
    assertThat(parts).hasSize(2).allMatch(part -> part.endsWith("words."));
    // what has no end stays whole
    assertThat(Parts.of(List.of(paragraph(300)), 60)).containsExactly(paragraph(300));
  }

  @Test
  void aTableThatIsCutKeepsItsFirstRow() {
    List<String> rows = Collections.nCopies(40, "| a | b |");
    List<String> lines = new java.util.ArrayList<>(List.of("Table 1", "| name | value |"));
    lines.addAll(rows);
    List<String> parts = Parts.of(lines, 110);
    assertThat(parts).hasSizeGreaterThan(1);
    assertThat(parts.get(0)).startsWith("Table 1\n| name | value |\n| a");
    assertThat(parts.subList(1, parts.size()))
        .allMatch(part -> part.startsWith("| name | value |\n| a | b |"));
  }

  @Property(tries = 500)
  void nothingIsLostAndPartsAreBounded(
      @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 1, max = 80) Integer> lengths,
      @ForAll @IntRange(min = 50, max = 300) int most) {
    List<String> lines = lengths.stream().map(PartsTest::paragraph).toList();
    List<String> parts = Parts.of(lines, most);
    assertThat(String.join("\n", parts)).isEqualTo(String.join("\n", lines));
    assertThat(parts).allMatch(part -> Texts.wordCount(part) <= Math.max(most, 80));
    int total = lengths.stream().mapToInt(Integer::intValue).sum();
    assertThat(parts.size() == 1).isEqualTo(total <= most || lines.size() == 1);
  }
}
