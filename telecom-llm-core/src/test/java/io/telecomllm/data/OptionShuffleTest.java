package io.telecomllm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionShuffleTest {
  @Provide
  Arbitrary<Question> question() {
    return Questions.one();
  }

  @Property
  void aShuffleKeepsTheMeaning(
      @ForAll("question") Question question, @ForAll long seed, @ForAll @IntRange int epoch) {
    assertSameMeaning(question, OptionShuffle.shuffle(question, seed, epoch));
  }

  @Property
  void aRotationKeepsTheMeaningAndIsUndone(
      @ForAll("question") Question question, @ForAll @IntRange(min = -20, max = 20) int by) {
    Question turned = OptionShuffle.rotate(question, by);
    assertSameMeaning(question, turned);
    assertThat(OptionShuffle.rotate(turned, -by)).isEqualTo(question);
    int[] from = OptionShuffle.rotationOrder(question, by);
    for (int i = 0; i < from.length; i++) {
      assertThat(turned.options().get(i)).isEqualTo(question.options().get(from[i]));
    }
    assertThat(from[turned.answer()]).isEqualTo(question.answer());
  }

  @Property
  void everyMovableOptionStandsOnceInEveryPlace(@ForAll("question") Question question) {
    List<Question> all = OptionShuffle.rotations(question);
    int movable = OptionShuffle.movable(question);
    assertThat(all).hasSize(Math.max(1, movable)).startsWith(question);
    for (int i = 0; i < movable; i++) {
      int place = i;
      assertThat(all.stream().map(q -> q.options().get(place)))
          .containsExactlyInAnyOrderElementsOf(question.options().subList(0, movable));
    }
  }

  @Tag("shared")
  @Test
  void shufflesOfTheRealDataKeepTheirMeaning() {
    int moved = 0;
    for (Question question : RealData.dataset().questions()) {
      Question shuffled = OptionShuffle.shuffle(question, 3407, 0);
      assertSameMeaning(question, shuffled);
      moved += shuffled.equals(question) ? 0 : 1;
      for (Question turned : OptionShuffle.rotations(question)) {
        assertSameMeaning(question, turned);
      }
    }
    assertThat(moved).isGreaterThan(RealData.dataset().questions().size() / 2);
  }

  /** An oracle of its own: plain words, no pattern of the library. */
  private static void assertSameMeaning(Question before, Question after) {
    assertThat(after.answerText()).isEqualTo(before.answerText());
    assertThat(after.options()).containsExactlyInAnyOrderElementsOf(before.options());
    assertThat(after)
        .usingRecursiveComparison()
        .ignoringFields("options", "answer")
        .isEqualTo(before);
    for (int i = 0; i < before.options().size(); i++) {
      String option = before.options().get(i).toLowerCase(Locale.ROOT).strip();
      boolean set = option.contains("of the above") || option.matches("none|any of these");
      boolean names =
          option.startsWith("both")
              || option.startsWith("neither")
              || option.matches(".*option [0-9].*|[0-9] and [0-9]|.*the above except.*");
      if (names) {
        assertThat(after).isEqualTo(before);
      } else if (set) {
        assertThat(after.options().get(i)).isEqualTo(before.options().get(i));
        assertThat(Set.copyOf(after.options().subList(0, i)))
            .isEqualTo(Set.copyOf(before.options().subList(0, i)));
      }
    }
  }

  @Test
  void everyOrderComesAboutEquallyOften() {
    Question question = of("one", "two", "three", "All of the above");
    Map<List<String>, Integer> seen = new HashMap<>();
    int draws = 6000;
    for (int epoch = 0; epoch < draws; epoch++) {
      seen.merge(OptionShuffle.shuffle(question, 1, epoch).options(), 1, Integer::sum);
    }
    // 6 orders, each 1000 times; 5 standard deviations are 144
    assertThat(seen).hasSize(6);
    assertThat(seen.values()).allSatisfy(n -> assertThat(n).isBetween(856, 1144));
    assertThat(seen.keySet()).allMatch(o -> o.get(3).equals("All of the above"));
  }

  @Test
  void theOrderComesFromSeedEpochAndId() {
    Question question = of("1.", "2.", "3.", "4.", "5.", "6.", "7.", "8.", "9.");
    Set<List<String>> orders = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      orders.add(OptionShuffle.shuffle(question, i, 0).options());
      orders.add(OptionShuffle.shuffle(question, 0, i + 1).options());
      orders.add(OptionShuffle.shuffle(Questions.named("q" + i, question), 0, 0).options());
    }
    assertThat(orders).hasSizeGreaterThan(145);
    assertThat(OptionShuffle.shuffle(question, 5, 6))
        .isEqualTo(OptionShuffle.shuffle(question, 5, 6));
  }

  @Test
  void theOrderIsTheSameInEveryJvm() {
    // written down: a change here changes every run that is resumed
    assertThat(OptionShuffle.shuffle(of("a1", "b2", "c3", "d4", "e5"), 3407, 2).options())
        .containsExactly("e5", "d4", "a1", "c3", "b2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Both option 1 and option 2",
        "both 1 and 2",
        "Both latency and rate",
        "Neither of them",
        "Either A or B",
        "Option 4 and more",
        "Options 1, 2",
        "option b",
        "Option (c)",
        "1 and 3",
        "1, 2 and 3",
        "A and B",
        "A & C only",
        "(a) and (c)",
        "I and III",
        "Only 2",
        "Only option B",
        "The first two",
        "The first and second options",
        "The last option",
        "Another option",
        "All of the above except the first",
        "All but the last option",
        "Same as above",
        "The option above",
        "None of the below",
        "All of the following",
        "Answers A and B",
        "Statements 1 and 2",
        "All of the above, but not 3",
        "The latter",
        "Answer 3 is correct",
        "Combination of options 2 and 3",
      })
  void whatNamesOthersKeepsEverythingInPlace(String option) {
    assertThat(OptionReference.of(option)).isEqualTo(OptionReference.PARTICULAR);
    Question question = of("one", "two", option, "four");
    assertThat(question.optionsPointAtOthers()).isTrue();
    assertThat(question.pointsAtOthers(2)).isTrue();
    assertThat(question.pointsAtOthers(1)).isFalse();
    assertThat(OptionShuffle.movable(question)).isZero();
    assertThat(OptionShuffle.shuffle(question, 1, 1)).isSameAs(question);
    assertThat(OptionShuffle.rotate(question, 1)).isSameAs(question);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "All of the above",
        "all of the above.",
        "None of the Above",
        "All the above",
        "ALL OF  THE ABOVE!",
        "None of these",
        "Any of the above",
        "Two of the above",
        "None",
        "All of the above statements are true",
        "None of the above techniques",
        "All options",
        "None of the other options",
        "All of the options",
        "Some of the above",
        "All of them",
        "More than one of the above",
        "None of the given options",
        "\"All of the above\"",
      })
  void whatSpeaksOfAllStaysInPlaceAndSoDoesWhatFollows(String option) {
    assertThat(OptionReference.of(option)).isEqualTo(OptionReference.WHOLE_SET);
    assertThat(of("one", "two", option).optionsPointAtOthers()).isTrue();
    assertThat(OptionShuffle.movable(of("one", "two", "three", option, "five"))).isEqualTo(3);
    assertThat(OptionShuffle.movable(of("one", option, "three", "four"))).isZero();
    assertThat(OptionShuffle.movable(of(option, "two", "three"))).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2",
        "2.4",
        "9.4.2.1",
        "1 V",
        "A",
        "I",
        "Above 6 GHz",
        "All devices",
        "Two",
        "One",
        "Only voice bearer",
        "To answer a request",
        "Limited service options",
        "Destination header",
        "TS 23.501",
        "All the UEs in the cell",
        "Improvement of both rate and latency",
        "A two-dimensional array",
        "The first hop",
        "The same as the channel bandwidth",
        "To support the Channel Agility option",
        "1/2",
        "None-line-of-sight",
        "Bothnia",
        "Data rate above 1 Tbps and latency below 1 ms",
        "All techniques perform equally well.",
      })
  void whatStandsForItselfMoves(String option) {
    assertThat(OptionReference.of(option)).isEqualTo(OptionReference.NONE);
    assertThat(of("one", option).optionsPointAtOthers()).isFalse();
    assertThat(OptionShuffle.movable(of("one", option, "three"))).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Option 4 is wrong.", "It is option (b).", "Answer A.", "See choice #2"})
  void aTextThatNamesAnOptionKeepsEverythingInPlace(String text) {
    List<String> options = List.of("one", "two", "three");
    Question explained = new Question("q", "What?", options, 0, text, Category.LEXICON);
    Question asked = new Question("q", text, options, 0, "", Category.LEXICON);
    assertThat(OptionShuffle.movable(explained)).isZero();
    assertThat(OptionShuffle.movable(asked)).isZero();
    assertThat(explained.optionsPointAtOthers()).isFalse();
  }

  @Test
  void aNegativeEpochIsAMistake() {
    assertThatThrownBy(() -> OptionShuffle.shuffle(of("a", "b"), 1, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("epoch is -1, expected 0 or more");
  }

  private static Question of(String... options) {
    return new Question("q", "What is X?", List.of(options), 0, "", Category.LEXICON);
  }
}
