package io.telecomllm.model;

import static io.telecomllm.testing.Vectors.assertClose;
import static io.telecomllm.testing.Vectors.maxDifference;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.IncompatibleException;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.Parameter;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.Losses;
import io.telecomllm.testing.TinyModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One trained matrix for embedding and head: its gradient is the sum of the gradients of both. */
class TiedAdapterGradientTest {
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String HEAD = "lm_head.weight";
  private static final int[] IDS = {72, 101, 108, 108, 111, 32, 257, 111, 108};
  private static final int[] NEXT = {101, 108, 108, 111, 32, 257, 111, 108, 100};

  private final LanguageModel model = TinyModel.load(64);

  @AfterEach
  void close() {
    model.close();
  }

  private static LoraConfig.Builder config() {
    return LoraConfig.builder().rank(2).targetModules("q_proj");
  }

  private Map<String, float[]> lossAndGradients(LoraConfig config) {
    try (LoraAdapter adapter = LoraAdapter.create(config, model, 1);
        Scope scope = Scope.open(Device.cpu())) {
      Operators ops = scope.operators();
      for (Parameter parameter : adapter.parameters()) {
        if (parameter.name().contains("lora_")) {
          ops.normalInPlace(parameter.value(), 0.3, parameter.name().hashCode());
        }
      }
      Gradients gradients = Gradients.zeros(adapter.parameters(), scope);
      Deltas deltas = adapter.deltas(DataType.FLOAT32, scope, gradients);
      ForwardPass pass = model.network().record(TokenBatch.of(IDS), deltas, null, scope);
      float[] weights = {1, 0.5f, 1, 1, 2, 1, 1, 0, 1};
      Operators.Pair loss =
          Losses.crossEntropy(model, deltas, pass.hidden(), NEXT, weights, 4, gradients, scope);
      pass.backward(loss.second(), gradients);
      Map<String, float[]> values = new HashMap<>();
      values.put("loss", ops.toFloats(loss.first()));
      for (String name : gradients.names()) {
        values.put(name, ops.toFloats(gradients.require(name)));
      }
      return values;
    }
  }

  private static float[] of(Map<String, float[]> values, String name) {
    return Objects.requireNonNull(values.get(name), name);
  }

  @Test
  void theGradientIsTheSumOfBothUses() {
    Map<String, float[]> two =
        lossAndGradients(config().modulesToSave("embed_tokens", "lm_head").build());
    for (String module : List.of("embed_tokens", "lm_head")) {
      Map<String, float[]> one =
          lossAndGradients(config().modulesToSave(module).ensureWeightTying(true).build());
      assertThat(one.keySet()).contains(EMBEDDING).doesNotContain(HEAD);
      float[] sum = of(two, EMBEDDING).clone();
      assertThat(maxDifference(sum, of(two, HEAD))).isGreaterThan(0.01);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += of(two, HEAD)[i];
      }
      assertClose("embedding and head", of(one, EMBEDDING), sum, 1e-5);
      for (String name : one.keySet()) {
        if (!name.equals(EMBEDDING)) {
          assertClose(name, of(one, name), of(two, name), 1e-5);
        }
      }
    }
  }

  @Test
  void whatCannotBeTiedIsRefused() {
    LoraConfig none = config().ensureWeightTying(true).build();
    assertThatThrownBy(() -> LoraAdapter.create(none, model, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ensureWeightTying is true, which needs a model whose head is its")
        .hasMessageContaining("this model's are tied, modulesToSave is []");
    LoraConfig tied = config().modulesToSave("lm_head").ensureWeightTying(true).build();
    LoraConfig apart = config().modulesToSave("lm_head", "embed_tokens").build();
    try (LoraAdapter adapter = LoraAdapter.create(tied, model, 1);
        LoraAdapter both = LoraAdapter.create(apart, model, 1);
        LanguageModel untied = model.merged(both);
        LanguageModel merged = model.merged(adapter)) {
      assertThat(merged.config().tiedEmbeddings()).isTrue();
      assertThat(untied.config().tiedEmbeddings()).isFalse();
      adapter.requireFits(merged);
      assertThatThrownBy(() -> adapter.requireFits(untied))
          .isInstanceOf(IncompatibleException.class)
          .hasMessageContaining("it has one matrix for embedding and head, this one has two");
      assertThatThrownBy(() -> LoraAdapter.create(tied, untied, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("this model's are two matrices, modulesToSave is [lm_head]");
    }
  }
}
