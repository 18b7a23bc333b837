package io.telecomllm.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.DoubleStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class OptionScoresTest {
  @Property
  void softmaxIsStable(@ForAll @Size(min = 2, max = 9) List<Float> logits) {
    double[] values = logits.stream().mapToDouble(f -> f % 1e4).toArray();
    List<Double> found = OptionScores.of(values).probabilities();
    double[] moved = DoubleStream.of(values).map(v -> v - 5000).toArray();
    assertThat(found.stream().mapToDouble(p -> p).sum()).isCloseTo(1, within(1e-9));
    for (int i = 0; i < values.length; i++) {
      assertThat(found.get(i))
          .isCloseTo(OptionScores.of(moved).probabilities().get(i), within(1e-9));
    }
  }

  @Test
  void sharesTheProbabilityAmongTheOptions() {
    OptionScores scores = OptionScores.of(Math.log(0.1), Math.log(0.3), Math.log(0.1));
    assertThat(scores.best()).isEqualTo(1);
    assertThat(scores.ties()).containsExactly(1);
    List<Double> shares = scores.probabilities();
    assertThat(shares.get(0)).isCloseTo(0.2, within(1e-12));
    assertThat(shares.get(1)).isCloseTo(0.6, within(1e-12));
    assertThat(shares.get(2)).isCloseTo(0.2, within(1e-12));
  }

  @Test
  void theFirstOfTiedOptionsIsTheBest() {
    OptionScores scores = OptionScores.of(-2, -1, -3, -1, -1);
    assertThat(scores.best()).isEqualTo(1);
    assertThat(scores.ties()).containsExactly(1, 3, 4);
  }

  @Test
  void refusesWhatIsNoScore() {
    assertThatThrownBy(() -> new OptionScores(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there are no scores, expected one for each option");
    for (double wrong : new double[] {Double.NaN, Double.NEGATIVE_INFINITY}) {
      assertThatThrownBy(() -> OptionScores.of(wrong, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("log-probabilities are [%s, 0.0], must be finite", wrong);
    }
  }

  @Test
  void abstentionComparesWithTheOptions() {
    // 0.1, 0.3, 0.2 and 0.4 of the model's probability
    OptionScores scores =
        OptionScores.among(new double[] {Math.log(1), Math.log(3), Math.log(2), Math.log(4)}, 3);
    assertThat(scores.abstentionProbability().orElseThrow()).isCloseTo(0.4, within(1e-12));
    assertThat(scores.abstains()).isTrue();
    assertThat(scores.best()).isEqualTo(1);
    assertThat(scores.probabilities().get(1)).isCloseTo(0.5, within(1e-12));
    OptionScores sure = OptionScores.among(new double[] {0, 5, 4.9}, 2);
    assertThat(sure.abstains()).isFalse();
    OptionScores plain = OptionScores.of(0, -1);
    assertThat(plain.abstentionProbability()).isEmpty();
    assertThat(plain.abstains()).isFalse();
    assertThat(plain.withAbstentionOf(plain)).isEqualTo(plain);
    assertThat(plain.withAbstentionOf(scores).abstentionProbability().orElseThrow())
        .isCloseTo(0.4, within(1e-12));
  }

  @Test
  void theMeanOverOrdersHasTheMeanOfAbstention() {
    OptionScores first = OptionScores.among(new double[] {1, 2, 0.5}, 2);
    OptionScores second = OptionScores.among(new double[] {3, 1, 0.25}, 2);
    OptionScores mean =
        OptionScores.mean(List.of(first, second), List.of(new int[] {0, 1}, new int[] {1, 0}));
    OptionScores without =
        OptionScores.mean(
            List.of(OptionScores.of(1, 2), OptionScores.of(3, 1)),
            List.of(new int[] {0, 1}, new int[] {1, 0}));
    assertThat(mean.logProbabilities()).isEqualTo(without.logProbabilities());
    // log-probabilities relative to the options, averaged; the options' mean is normalised again
    double odds =
        (0.5 - Math.log(Math.exp(1) + Math.exp(2)) + 0.25 - Math.log(Math.exp(3) + Math.exp(1)))
            / 2;
    double a =
        (1 - Math.log(Math.exp(1) + Math.exp(2)) + 1 - Math.log(Math.exp(3) + Math.exp(1))) / 2;
    double b =
        (2 - Math.log(Math.exp(1) + Math.exp(2)) + 3 - Math.log(Math.exp(3) + Math.exp(1))) / 2;
    double expected = Math.exp(odds) / (Math.exp(odds) + Math.exp(a) + Math.exp(b));
    assertThat(mean.abstentionProbability().orElseThrow()).isCloseTo(expected, within(1e-12));
  }
}
