package io.telecomllm.examples.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeerRunTest {
  private static final String STEPS =
      "[[{\"id\": \"question 7\", \"input_ids\": [1, 9, 4, 2], \"answer_start\": 2},"
          + " {\"id\": \"question 2\", \"input_ids\": [1, 8, 2], \"answer_start\": 1}],"
          + " [{\"id\": \"question 3\", \"input_ids\": [5, 6], \"answer_start\": 1}]]";
  private static final String RESULT =
      "{\"accuracyBefore\": 0.25, \"accuracyAfter\": 0.5, \"losses\": [2.5, 1.25],"
          + " \"seconds\": 3.5, \"tokensPerSecond\": 9.0, \"peakRssGiB\": 1.0}";

  @TempDir private Path folder;

  private PeerRun read(String steps, String result) throws IOException {
    Files.writeString(
        folder.resolve("order.json"),
        "{\"steps\": " + steps + ", \"evaluated\": [\"question 5\", \"question 1\"]}");
    Files.writeString(folder.resolve("result.json"), result);
    return PeerRun.read(folder);
  }

  @Test
  void readsWhatThePeerWrote() throws IOException {
    PeerRun run = read(STEPS, RESULT);
    assertThat(run.steps()).hasSize(2);
    assertThat(run.steps().get(0))
        .extracting(PeerRun.Row::id)
        .containsExactly("question 7", "question 2");
    PeerRun.Row first = run.steps().get(0).get(0);
    assertThat(first.prompt()).containsExactly(1, 9);
    assertThat(first.answer()).containsExactly(4, 2);
    assertThat(first.example().ids()).containsExactly(1, 9, 4, 2);
    assertThat(first.example().labels()).containsExactly(-100, -100, 4, 2);
    assertThat(run.steps().get(1).get(0).example().labels()).containsExactly(-100, 6);
    assertThat(run.evaluated()).containsExactly("question 5", "question 1");
    assertThat(run.losses()).containsExactly(2.5, 1.25);
    assertThat(run.accuracyBefore()).isEqualTo(0.25);
    assertThat(run.accuracyAfter()).isEqualTo(0.5);
    assertThat(run.seconds()).isEqualTo(3.5);
    assertThat(run.tokensPerSecond()).isEqualTo(9.0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[[]] | steps | lists of at least one example",
        "[3] | steps | lists of at least one example",
        "[[3]] | steps | examples of id, input_ids, answer_start",
        "[[{\"id\": \"a\", \"input_ids\": [1], \"answer_start\": 1}]] | input_ids | at least 2 ids",
        "[[{\"id\": \"a\", \"input_ids\": [1, 2], \"answer_start\": 2}]] | answer_start | 1",
        "[[{\"id\": \"a\", \"input_ids\": [1, -2], \"answer_start\": 1}]] | input_ids | 0",
        "[[{\"id\": \"a\", \"answer_start\": 1}]] | input_ids | input_ids",
      })
  void namesFileAndFieldOfWhatIsWrong(String steps, String field, String expected) {
    assertThatThrownBy(() -> read(steps, RESULT))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("order.json")
        .hasMessageContaining(field)
        .hasMessageContaining(expected);
  }

  @Test
  void refusesLossesOfOtherSteps() {
    assertThatThrownBy(() -> read(STEPS, RESULT.replace("[2.5, 1.25]", "[2.5]")))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("result.json")
        .hasMessageContaining("one for each of 2 steps");
  }
}
