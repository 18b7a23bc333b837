package io.telecomllm.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.PackedBatch;
import java.util.List;
import org.junit.jupiter.api.Test;

class LikelihoodTest {
  @Test
  void itsTermsAreTheTokensToBePredicted() {
    PackedBatch two = PackedBatch.of(List.of(Example.of(new int[] {1, 2}, new int[] {3, 4})));
    PackedBatch one = PackedBatch.of(List.of(Example.of(new int[] {1, 2}, new int[] {5})));
    assertThat(new Likelihood().terms(List.of(two, one))).isEqualTo(3);
  }

  @Test
  void smoothingOutsideItsRangeIsRefused() {
    for (double wrong : new double[] {-0.1, 1, Double.NaN}) {
      assertThatThrownBy(() -> new Likelihood(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("labelSmoothing is %s, must be 0 to less than 1", wrong);
    }
  }
}
