package io.telecomllm.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComputeTypeTest {
  /** V100, T4; A100, L4, H100, B200; and what is no capability. */
  @ParameterizedTest
  @CsvSource({
    "70, FLOAT16",
    "7.5, FLOAT16",
    "75, FLOAT16",
    "80, BFLOAT16",
    "8.9, BFLOAT16",
    "90, BFLOAT16",
    "100, BFLOAT16",
    "'', BFLOAT16",
    "unknown, BFLOAT16"
  })
  void aGpuBeforeAmpereTakesHalves(String capability, DataType type) {
    assertThat(ComputeType.ofCapability(capability)).isEqualTo(type);
  }

  @Test
  void otherTypesAreRefused() {
    assertThat(ComputeType.checked(DataType.FLOAT16)).isEqualTo(DataType.FLOAT16);
    assertThatThrownBy(() -> ComputeType.checked(DataType.INT64))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("compute type is INT64, must be FLOAT32, BFLOAT16 or FLOAT16");
  }
}
