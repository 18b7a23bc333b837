package io.telecomllm.generation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PromptLookupTest {
  private static int[] guess(int most, int... ids) {
    return PromptLookup.guess(ids, ids.length, most);
  }

  @Test
  void goesOnAsTheLatestPlaceOfTheLongestEnding() {
    assertThat(guess(2, 1, 2, 3, 4, 5, 1, 2, 3)).containsExactly(4, 5);
    // three tokens before two, though those come later
    assertThat(guess(1, 1, 2, 3, 4, 2, 3, 9, 1, 2, 3)).containsExactly(4);
    assertThat(guess(1, 2, 3, 8, 2, 3, 9, 2, 3)).containsExactly(9);
  }

  @Test
  void aRepetitionGoesOnIntoItself() {
    assertThat(guess(5, 7, 7, 7, 7)).containsExactly(7);
    assertThat(guess(4, 1, 2, 1, 2)).containsExactly(1, 2);
  }

  @Test
  void anEndingThatIsNewOrSingleGivesNone() {
    assertThat(guess(3, 1, 2, 3, 4)).isEmpty();
    assertThat(guess(3, 4, 1, 2, 4)).isEmpty();
    assertThat(guess(3, 4)).isEmpty();
    assertThat(guess(0, 1, 2, 3, 1, 2)).isEmpty();
  }

  @Test
  void readsOnlyTheTokensThatThereAre() {
    int[] room = {1, 2, 3, 1, 2, 0, 0, 0};
    assertThat(PromptLookup.guess(room, 5, 8)).containsExactly(3, 1, 2);
  }
}
