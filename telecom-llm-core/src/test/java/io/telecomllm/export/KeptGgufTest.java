package io.telecomllm.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.json.StrictJson;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.ForwardPass;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.model.WeightType;
import io.telecomllm.model.files.HuggingFaceConfig;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.model.files.ModelSpec;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.Adapters;
import io.telecomllm.testing.Losses;
import io.telecomllm.testing.Shared;
import io.telecomllm.weights.Checkpoint;
import io.telecomllm.weights.Encoding;
import io.telecomllm.weights.TensorSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A GGUF file's blocks stay what they are: the same numbers as of the unpacked matrices. */
@Tag("shared")
class KeptGgufTest {
  private static final int[] IDS = {1, 17, 5, 80, 33, 5, 9, 64, 21, 2, 11};

  @TempDir private Path folder;
  private Path file = Path.of("model.gguf");

  @BeforeEach
  void write() {
    // the LLaMA family stores the rows of queries and keys in an order of its own
    Path model = Shared.path("goldens/models/llama3");
    ModelConfig config = HuggingFaceConfig.read(StrictJson.read(model.resolve("config.json")));
    file = folder.resolve("model.gguf");
    try (TensorSource source = Checkpoint.open(model)) {
      GgufExport.write(
          file,
          "llama",
          config,
          GgufFixtures.weights(source),
          Encoding.Q4_0,
          GgufFixtures.vocabulary(config.vocabularySize()));
    }
  }

  private ModelLoader loader() {
    return ModelLoader.of(file).device(Device.cpu()).computeType(DataType.FLOAT32);
  }

  private static float[] logits(LanguageModel model) {
    try (Scope scope = Scope.open(Device.cpu())) {
      int[] rows = new int[IDS.length];
      java.util.Arrays.setAll(rows, i -> i);
      return scope
          .operators()
          .toFloats(model.network().logits(TokenBatch.of(IDS), null, Deltas.none(), rows, scope));
    }
  }

  /** The loss of all tokens and the gradients of an adapter. */
  private static List<float[]> gradients(LanguageModel model) {
    LoraConfig config = LoraConfig.builder().rank(4).alpha(8).build();
    try (LoraAdapter adapter = LoraAdapter.create(config, model, 5);
        Scope scope = Scope.open(Device.cpu())) {
      Adapters.randomise(adapter, 0.1);
      Operators ops = scope.operators();
      Gradients gradients = Gradients.zeros(adapter.parameters(), scope);
      Deltas deltas = adapter.deltas(DataType.FLOAT32, scope, gradients);
      ForwardPass pass = model.network().record(TokenBatch.of(IDS), deltas, null, scope);
      float[] weights = new float[IDS.length];
      java.util.Arrays.fill(weights, 1);
      Operators.Pair loss =
          Losses.crossEntropy(model, deltas, pass.hidden(), IDS, weights, 4, gradients, scope);
      pass.backward(loss.second(), gradients);
      List<float[]> values = new ArrayList<>(List.of(ops.toFloats(loss.first())));
      gradients.names().forEach(n -> values.add(ops.toFloats(gradients.require(n))));
      return values;
    }
  }

  @Test
  void logitsAndGradientsAreThoseOfTheUnpackedMatrices() {
    try (LanguageModel kept = loader().load();
        LanguageModel dense = loader().dense().load()) {
      assertThat(kept.weightType()).isEqualTo(WeightType.GGUF);
      assertThat(dense.weightType()).isEqualTo(WeightType.DENSE);
      assertThat(logits(kept)).isEqualTo(logits(dense));
      List<float[]> expected = gradients(dense);
      List<float[]> found = gradients(kept);
      assertThat(found).hasSameSizeAs(expected);
      for (int i = 0; i < found.size(); i++) {
        assertThat(found.get(i)).as("gradient %d", i).isEqualTo(expected.get(i));
      }
    }
  }

  @Test
  void nf4IsPackedOnlyWhereItIsAskedFor() {
    try (LanguageModel packed = loader().quantization(QuantizationConfig.nf4()).load()) {
      assertThat(packed.weightType()).isEqualTo(WeightType.NF4);
    }
    ModelSpec spec = ModelSpec.of(file.toString()).device(Device.cpu());
    try (LanguageModel kept = spec.load();
        LanguageModel nf4 = spec.packed(io.telecomllm.quantization.FourBitCode.NF4).load()) {
      assertThat(kept.weightType()).isEqualTo(WeightType.GGUF);
      assertThat(nf4.weightType()).isEqualTo(WeightType.NF4);
    }
  }

  @Test
  void aFolderForTransformersHoldsTheSameNumbers() {
    Path written = folder.resolve("written");
    try (LanguageModel kept = loader().load()) {
      Export.of(kept).type(DataType.FLOAT32).folder(written);
      try (LanguageModel read =
          ModelLoader.of(written)
              .device(Device.cpu())
              .computeType(DataType.FLOAT32)
              .dense()
              .load()) {
        assertThat(logits(read)).isEqualTo(logits(kept));
      }
    }
  }

  @Test
  void mergingAddsTheAdapterToTheUnpackedMatrices() {
    LoraConfig config = LoraConfig.builder().rank(4).alpha(8).build();
    try (LanguageModel kept = loader().load();
        LanguageModel dense = loader().dense().load();
        LoraAdapter adapter = LoraAdapter.create(config, kept, 5)) {
      Adapters.randomise(adapter, 0.1);
      try (LanguageModel one = kept.merged(adapter);
          LanguageModel other = dense.merged(adapter)) {
        assertThat(logits(one)).isEqualTo(logits(other)).isNotEqualTo(logits(kept));
      }
    }
  }
}
