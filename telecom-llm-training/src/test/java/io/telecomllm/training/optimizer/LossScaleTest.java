package io.telecomllm.training.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.io.Resources;
import io.telecomllm.DivergenceException;
import io.telecomllm.tensor.DataType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class LossScaleTest {
  /**
   * Bad steps here and there, as torch's GradScaler takes them (tools/make_schedule_goldens.py).
   */
  @Test
  void itMovesAsTorchs() throws IOException {
    List<String> lines =
        Resources.readLines(
            Resources.getResource(LossScaleTest.class, "loss-scale.csv"), StandardCharsets.UTF_8);
    LossScale scale = LossScale.of(DataType.FLOAT16);
    int step = 0;
    for (String line : lines) {
      String[] fields = line.split(",", -1);
      for (; step < Integer.parseInt(fields[0]); step++) {
        scale = scale.next(true);
      }
      // the last line stands for the end, after a good step
      scale = scale.next(line.equals(lines.get(lines.size() - 1)));
      step++;
      assertThat(scale.scale()).as("after step " + fields[0]).isEqualTo(parse(fields[1]));
    }
  }

  private static double parse(String text) {
    return Double.parseDouble(text);
  }

  @Test
  void itDoublesAfterTwoThousandGoodStepsAndHalvesAtOnce() {
    LossScale scale = LossScale.of(DataType.FLOAT16);
    assertThat(scale).isEqualTo(new LossScale(65536, 0, true));
    for (int i = 0; i < 1999; i++) {
      scale = scale.next(true);
    }
    assertThat(scale).isEqualTo(new LossScale(65536, 1999, true));
    assertThat(scale.next(true)).isEqualTo(new LossScale(131072, 0, true));
    assertThat(scale.next(false)).isEqualTo(new LossScale(32768, 0, true));
  }

  @Test
  void otherTypesNeedNone() {
    for (DataType type : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
      LossScale none = LossScale.of(type);
      assertThat(none.scale()).isEqualTo(1);
      assertThat(none.next(false)).isEqualTo(none);
      assertThat(none.next(true)).isEqualTo(none);
    }
  }

  @Test
  void itGrowsToTheEndOfFp32AndEndsAtOne() {
    LossScale largest = new LossScale(0x1p127, 1999, true);
    assertThat(largest.next(true)).isEqualTo(new LossScale(0x1p127, 0, true));
    assertThatThrownBy(() -> new LossScale(1, 7, true).next(false))
        .isInstanceOf(DivergenceException.class)
        .hasMessage(
            "gradients in FLOAT16 are not finite even where the loss is multiplied by 1.0 only;"
                + " BFLOAT16 and FLOAT32 have a wider range");
    assertThatThrownBy(() -> new LossScale(0.5, 0, true))
        .hasMessage("scale is 0.5, must be 1 to 3.4028235E38");
    assertThatThrownBy(() -> new LossScale(1, 2000, true))
        .hasMessage("goodSteps is 2000, must be 0 to 1999");
  }
}
