package io.telecomllm.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OperatorComparisonTest {
  @Test
  void measuresWhatTheTypeRounds() {
    try (Scope scope = Scope.open(Device.cpu());
        OperatorComparison comparison = OperatorComparison.open()) {
      Operators ops = scope.operators();
      Tensor one = ops.to(ops.floats(new float[] {1, -1}, 2), DataType.BFLOAT16);
      Tensor little = ops.to(ops.floats(new float[] {1.0f / 512, 0}, 2), DataType.BFLOAT16);
      Tensor sum = ops.add(one, little);
      ops.addInPlace(one, little, 1);
      ops.zeroInPlace(one);
      assertThat(ops.toFloats(sum)).containsExactly(1, -1);
      Map<String, OperatorComparison.Difference> found =
          comparison.differences().stream()
              .collect(Collectors.toMap(OperatorComparison.Difference::operator, d -> d));
      // 1 + 1/512 is 1 in bf16
      double lost = (1.0 / 512) / (1 + 1.0 / 512);
      assertThat(found.get("add").largest()).isEqualTo(lost);
      assertThat(found.get("add_").largest()).isEqualTo(lost);
      assertThat(found.get("zero_").largest()).isZero();
      assertThat(found.get("add").calls()).isEqualTo(1);
      assertThat(found).doesNotContainKeys("empty", "to");
    }
  }

  @Test
  void exactOperatorsDoNotDiffer() {
    try (Scope scope = Scope.open(Device.cpu());
        OperatorComparison comparison = OperatorComparison.open()) {
      Operators ops = scope.operators();
      Tensor x = ops.floats(new float[] {1, Float.NaN, Float.NEGATIVE_INFINITY, 4}, 2, 2);
      ops.mean(ops.narrow(x, 0, 0, 1));
      ops.copy(x);
      ops.selectRows(x, ops.longs(1, 0));
      ops.squaredNorm(java.util.List.of(ops.narrow(x, 1, 0, 1)));
      assertThat(comparison.differences()).hasSizeGreaterThan(3).allMatch(d -> d.largest() == 0);
      assertThatThrownBy(OperatorComparison::open).isInstanceOf(IllegalStateException.class);
    }
    try (OperatorComparison again = OperatorComparison.open()) {
      assertThat(again.differences()).isEmpty();
    }
  }

  @Test
  void theNamesAreTheOperatorsThatAreCalled() {
    assertThat(Operators.names()).contains("linear", "swiglu", "cross_entropy", "unpack_q4_k_");
    // used by others only
    assertThat(Operators.names()).doesNotContain("inverse_rms", "causal_mask");
  }
}
