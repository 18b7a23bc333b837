package io.telecomllm.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;

class TextStreamTest {
  /** In pieces of any size, whole characters come out, and together they are the text. */
  @Property(tries = 500)
  void piecesAreTheText(@ForAll @StringLength(max = 40) String any, @ForAll long seed) {
    String text = new String(any.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    assertThat(written(text.getBytes(StandardCharsets.UTF_8), seed, List.of())).isEqualTo(text);
  }

  /** Bytes of any kind become what Java's decoder makes of them as a whole. */
  @Property(tries = 500)
  void bytesThatAreNoTextAreReplaced(@ForAll byte[] bytes, @ForAll long seed) {
    assertThat(written(bytes, seed, List.of()))
        .isEqualTo(new String(bytes, StandardCharsets.UTF_8));
  }

  /** The text ends before the stop text that is complete first, however it is cut. */
  @Property(tries = 1000)
  void nothingOfAStopTextComesOut(@ForAll long seed) {
    Random random = new Random(seed);
    String text = letters(random, 30);
    List<String> stops = List.of(letters(random, 3), letters(random, 2), letters(random, 5));
    int end = text.length();
    for (int to = text.length(); to > 0; to--) {
      for (int from = to - 1; from >= 0; from--) {
        // the last that is found is complete first, and the longest of those
        end = stops.contains(text.substring(from, to)) ? from : end;
      }
    }
    assertThat(written(text.getBytes(StandardCharsets.UTF_8), seed, stops))
        .isEqualTo(text.substring(0, end));
  }

  @Example
  void holdsBackOnlyWhatMayBecomeAStopText() {
    TextStream stream = new TextStream(List.of("\nUser:", "###"));
    assertThat(stream.add(bytes("yes.\nU"))).isEqualTo("yes.");
    assertThat(stream.add(bytes("s"))).isEmpty();
    assertThat(stream.add(bytes("ed #"))).isEqualTo("\nUsed ");
    assertThat(stream.add(bytes("##more"))).isEmpty();
    assertThat(stream.stopped()).isTrue();
    assertThat(stream.end()).isEmpty();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String letters(Random random, int most) {
    StringBuilder letters = new StringBuilder();
    for (int i = 1 + random.nextInt(most); i > 0; i--) {
      letters.append("abü".charAt(random.nextInt(3)));
    }
    return letters.toString();
  }

  private static String written(byte[] bytes, long seed, List<String> stops) {
    Random random = new Random(seed);
    TextStream stream = new TextStream(stops);
    StringBuilder text = new StringBuilder();
    for (int from = 0; from < bytes.length; ) {
      int to = Math.min(bytes.length, from + 1 + random.nextInt(3));
      String piece = stream.add(Arrays.copyOfRange(bytes, from, to));
      assertThat(piece.isEmpty() || !Character.isHighSurrogate(piece.charAt(piece.length() - 1)))
          .isTrue();
      text.append(piece);
      from = to;
    }
    return text.append(stream.end()).toString();
  }
}
