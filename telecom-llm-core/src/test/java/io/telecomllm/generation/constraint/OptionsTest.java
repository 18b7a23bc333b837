package io.telecomllm.generation.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class OptionsTest {
  @Provide
  Arbitrary<List<String>> options() {
    // few letters, so that one option is often the beginning of another
    return Arbitraries.strings()
        .withChars('a', 'b', '\u00e9', '\u20ac')
        .ofMinLength(1)
        .ofMaxLength(4)
        .list()
        .uniqueElements()
        .ofMinSize(1)
        .ofMaxSize(8);
  }

  @Property(tries = 300)
  void everyBeginningOfAnOptionIsReadAndNothingElse(
      @ForAll("options") List<String> options, @ForAll long seed) {
    Constraint constraint = Constraint.options(options);
    Random random = new Random(seed);
    List<byte[]> words = options.stream().map(o -> o.getBytes(StandardCharsets.UTF_8)).toList();
    for (byte[] word : words) {
      for (int length = 0; length <= word.length; length++) {
        byte[] text = Arrays.copyOf(word, length);
        check(constraint, words, text);
        if (length > 0) {
          text[random.nextInt(length)] = (byte) (random.nextBoolean() ? 'a' : random.nextInt(256));
          check(constraint, words, text);
        }
      }
      check(constraint, words, Arrays.copyOf(word, word.length + 1));
    }
    assertThat(options)
        .contains(new String(Reading.walk(constraint, random), StandardCharsets.UTF_8));
  }

  private static void check(Constraint constraint, List<byte[]> words, byte[] text) {
    boolean begins =
        words.stream()
            .anyMatch(
                w -> w.length >= text.length && Arrays.equals(Arrays.copyOf(w, text.length), text));
    assertThat(Reading.read(constraint, text) != null).isEqualTo(begins);
    assertThat(Reading.accepts(constraint, text))
        .isEqualTo(words.stream().anyMatch(w -> Arrays.equals(w, text)));
  }

  @Example
  void refusesWhatIsNoChoice() {
    assertThatThrownBy(() -> Constraint.options(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("options are empty, there must be at least one");
    assertThatThrownBy(() -> Constraint.options(List.of("yes", " \n")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("options[1] is \" ?\", must not be blank");
    assertThatThrownBy(() -> Constraint.options(List.of("yes", "no", "yes")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("options[2] is \"yes\", must differ from the others");
    assertThatThrownBy(() -> Constraint.options(List.of("a\ud800")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("options[0] is \"a?\", must not hold an unpaired surrogate");
  }
}
