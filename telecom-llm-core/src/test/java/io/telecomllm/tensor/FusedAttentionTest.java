package io.telecomllm.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.TelecomLlmException;
import org.junit.jupiter.api.Test;

/**
 * The choice of the GPU's kernel, as far as a CPU can tell: its signature is the one that libtorch
 * has, and results that differ are noticed.
 */
class FusedAttentionTest {
  @Test
  void libtorchKnowsTheOperatorAndHasItOnGpusOnly() {
    try (Scope scope = Scope.open(Device.cpu())) {
      Operators ops = scope.operators();
      Tensor x = ops.zeros(DataType.FLOAT32, 1, 2, 5, 8);
      // another signature would have failed when the operator library was loaded
      assertThatThrownBy(() -> ops.tensors("efficient_products", x, x, x, true, 0.3))
          .isInstanceOf(TelecomLlmException.class)
          .hasMessageContaining("_scaled_dot_product_efficient_attention")
          .hasMessageContaining("CPU");
      assertThat(FusedAttention.works(Device.cpu(), DataType.FLOAT32)).isFalse();
    }
  }

  @Test
  void oneWrongValueOrNumberIsNoticed() {
    try (Scope scope = Scope.open(Device.cpu())) {
      Operators ops = scope.operators();
      Tensor values = ops.floats(new float[] {1, -2, 0.5f}, 3);
      Tensor near = ops.floats(new float[] {1.0005f, -2, 0.5f}, 3);
      Tensor far = ops.floats(new float[] {1, -2, 0.55f}, 3);
      Tensor none = ops.floats(new float[] {1, Float.NaN, 0.5f}, 3);
      Operators.Pair plain = new Operators.Pair(values, values);
      for (DataType type : new DataType[] {DataType.FLOAT32, DataType.BFLOAT16}) {
        assertThat(FusedAttention.same(new Operators.Pair(near, values), plain, ops, type))
            .isTrue();
        for (Tensor wrong : new Tensor[] {far, none}) {
          assertThat(FusedAttention.same(new Operators.Pair(wrong, values), plain, ops, type))
              .isFalse();
          assertThat(FusedAttention.same(new Operators.Pair(values, wrong), plain, ops, type))
              .isFalse();
        }
      }
    }
  }
}
