package io.telecomllm.training.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.telecomllm.testing.spark.LocalSpark;
import io.telecomllm.training.gradients.LossAndGradients;
import io.telecomllm.training.gradients.ParameterArrays;
import io.telecomllm.training.objective.Loss;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;

/**
 * What a step costs beside its computing, by the size of the gradients: values out, gradients back,
 * added. Written to {@code target/spark-cost.json}; the figures of docs/benchmarks.md come from
 * {@code -Dspark.cost.megabytes=0,1,10,30,100 -Dspark.cost.slices=2,4,8 -Dspark.cost.repeats=5}.
 */
class SparkCostTest {
  private static final int ARRAYS = 64;
  private static final int REPEATS = Integer.getInteger("spark.cost.repeats", 3);

  private static int[] setting(String name, String otherwise) {
    return Arrays.stream(System.getProperty(name, otherwise).split(","))
        .mapToInt(Integer::parseInt)
        .toArray();
  }

  private static ParameterArrays random(int megabytes) {
    Random random = new Random(1);
    List<float[]> arrays = new ArrayList<>();
    for (int i = 0; i < ARRAYS; i++) {
      float[] values = new float[Math.max(1, megabytes * 250_000 / ARRAYS)];
      for (int k = 0; k < values.length; k++) {
        values[k] = (float) random.nextGaussian();
      }
      arrays.add(values);
    }
    return new ParameterArrays(arrays);
  }

  @Test
  void costOfAStep() throws IOException {
    JsonArray rows = new JsonArray();
    try (JavaSparkContext spark = LocalSpark.executors(2)) {
      Exchange exchange = new Exchange(spark);
      for (int megabytes : setting("spark.cost.megabytes", "0,1")) {
        ParameterArrays values = random(megabytes);
        for (int slices : setting("spark.cost.slices", "1,2")) {
          List<Integer> parts = IntStream.range(0, slices).boxed().toList();
          double[] seconds = new double[REPEATS];
          for (int i = -2; i < REPEATS; i++) {
            long start = System.nanoTime();
            LossAndGradients sum =
                exchange.sum(
                    values, parts, (part, sent) -> new LossAndGradients(new Loss(1), sent));
            double took = (System.nanoTime() - start) / 1e9;
            assertThat(sum.loss().value()).isEqualTo(slices);
            assertThat(sum.gradients().arrays().get(ARRAYS - 1)[0])
                .isEqualTo((float) ((double) slices * values.arrays().get(ARRAYS - 1)[0]));
            if (i >= 0) {
              seconds[i] = took;
            }
          }
          Arrays.sort(seconds);
          JsonObject row = new JsonObject();
          row.addProperty("megabytes", values.bytes() / 1e6);
          row.addProperty("slices", slices);
          row.addProperty("medianSeconds", seconds[REPEATS / 2]);
          row.addProperty("leastSeconds", seconds[0]);
          rows.add(row);
        }
      }
    }
    Files.writeString(Path.of("target", "spark-cost.json"), rows.toString());
    assertThat(rows.size()).isPositive();
  }
}
