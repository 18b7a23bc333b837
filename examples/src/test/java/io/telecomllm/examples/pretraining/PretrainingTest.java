package io.telecomllm.examples.pretraining;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.export.Export;
import io.telecomllm.lora.Parameter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tokenizer.Tokenizer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainingTest {
  private static Map<String, float[]> weights(LanguageModel model) {
    Map<String, float[]> weights = new LinkedHashMap<>();
    for (Parameter parameter : model.network().parameters()) {
      FloatBuffer values = parameter.value().bytes().asFloatBuffer();
      float[] copy = new float[values.remaining()];
      values.get(copy);
      weights.put(parameter.name(), copy);
    }
    return weights;
  }

  private static Map<String, float[]> trained(Tokenizer tokenizer, int steps, long seed)
      throws Exception {
    try (Pretraining pretraining =
        new Pretraining(tokenizer, TinyTokenizer.terms(), Math.max(1, steps), seed)) {
      for (int i = 0; i < steps; i++) {
        pretraining.step();
      }
      return weights(pretraining.model());
    }
  }

  @Test
  void theSameSeedGivesTheSameWeights(@TempDir Path folder) throws Exception {
    try (Tokenizer tokenizer = TinyTokenizer.in(folder)) {
      Map<String, float[]> once = trained(tokenizer, 2, 7);

      assertThat(trained(tokenizer, 2, 7)).usingRecursiveComparison().isEqualTo(once);
      trained(tokenizer, 2, 8)
          .forEach((name, values) -> assertThat(values).as(name).isNotEqualTo(once.get(name)));
      trained(tokenizer, 0, 7)
          .forEach((name, values) -> assertThat(values).as(name).isNotEqualTo(once.get(name)));
    }
  }

  @Test
  void theModelIsWrittenAsItIsLoaded(@TempDir Path folder) throws Exception {
    try (Tokenizer tokenizer = TinyTokenizer.in(folder);
        Pretraining pretraining = new Pretraining(tokenizer, TinyTokenizer.terms(), 1, 0)) {
      Export.of(pretraining.model()).type(DataType.BFLOAT16).folder(folder);
      try (LanguageModel model = ModelLoader.load(folder);
          Tokenizer own = Tokenizer.load(model.files())) {
        assertThat(model.config()).isEqualTo(pretraining.model().config());
        assertThat(own.digest()).isEqualTo(tokenizer.digest());
      }
    }
  }
}
