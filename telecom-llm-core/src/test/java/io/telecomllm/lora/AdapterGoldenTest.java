package io.telecomllm.lora;

import static io.telecomllm.testing.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.model.ForwardPass;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.Golden;
import io.telecomllm.testing.Shared;
import io.telecomllm.weights.StrictJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Adapters as PEFT computes them: logits, loss, every gradient, merged logits. */
class AdapterGoldenTest {
  private static final double TOLERANCE = 1e-4;
  private static final int NO_LABEL = -100;

  private static LanguageModel base(String adapter) {
    String base =
        StrictJson.read(Shared.path("goldens/adapters/" + adapter + "/base.json")).string("base");
    return LanguageModel.loader(Shared.path("goldens/models/" + base))
        .device(Device.cpu())
        .computeType(DataType.FLOAT32)
        .dense()
        .load();
  }

  /** All sequences of the golden in one batch, none padded. */
  private static TokenBatch batch(int[] ids, int sequences) {
    int length = ids.length / sequences;
    List<TokenBatch.Segment> segments = new ArrayList<>();
    for (int i = 0; i < sequences; i++) {
      segments.add(new TokenBatch.Segment(i * length, length, -1));
    }
    return new TokenBatch(ids, segments);
  }

  /** Every adapter of the shared folder. */
  static Stream<String> adapters() {
    return Shared.names("goldens/adapters");
  }

  /** The parameter's name on disk, or the base's where the adapter holds a copy of its. */
  private static String ownName(String gradient) {
    String name = gradient.substring("grad.".length());
    return name.contains(".lora_")
        ? name.replace("lora_magnitude_vector.weight", "lora_magnitude_vector")
        : name.replace("base_model.model.", "")
            .replace(".base_layer.", ".")
            .replace(".modules_to_save.default.", ".");
  }

  @ParameterizedTest
  @MethodSource("adapters")
  void logitsLossGradientsAndMergedLogits(String name) {
    Path peft = Shared.path("goldens/adapters/" + name);
    try (LanguageModel model = base(name);
        LoraAdapter adapter = LoraAdapter.load(peft, model);
        Golden expected = Golden.open("goldens/adapters/" + name + "/expected.safetensors");
        Scope scope = Scope.open(Device.cpu())) {
      Operators ops = scope.operators();
      int[] labels = expected.ints("labels");
      int sequences = expected.shape("labels")[0];
      int length = expected.shape("labels")[1];
      TokenBatch batch = batch(expected.ints("input_ids"), sequences);
      Gradients gradients = Gradients.zeros(adapter.parameters(), scope);
      Deltas deltas = adapter.deltas(DataType.FLOAT32, scope, gradients);
      assertClose(
          "logits",
          ops.toFloats(model.logits(batch, null, deltas, null, scope)),
          expected.floats("logits"),
          TOLERANCE);

      // the state before a labelled token predicts it
      List<Integer> rows = new ArrayList<>();
      for (int i = 0; i + 1 < labels.length; i++) {
        if ((i + 1) % length != 0 && labels[i + 1] != NO_LABEL) {
          rows.add(i);
        }
      }
      int[] wanted = rows.stream().mapToInt(Integer::intValue).toArray();
      int[] targets = Arrays.stream(wanted).map(row -> labels[row + 1]).toArray();
      float[] weights = new float[wanted.length];
      Arrays.fill(weights, 1f / wanted.length);
      ForwardPass pass = model.record(batch, deltas, wanted, scope);
      Operators.Pair loss =
          model
              .head(deltas)
              .crossEntropy(
                  ops,
                  pass.hidden(),
                  ops.longs(targets),
                  ops.floats(weights, weights.length),
                  3,
                  gradients);
      assertClose(
          "loss", ops.toFloats(loss.first()), new float[] {expected.scalar("loss")}, TOLERANCE);
      pass.backward(loss.second(), gradients);
      assertThat(gradients.names())
          .containsExactlyInAnyOrderElementsOf(
              expected.names().stream()
                  .filter(n -> n.startsWith("grad."))
                  .map(AdapterGoldenTest::ownName)
                  .toList());
      for (String gradient : expected.names()) {
        if (gradient.startsWith("grad.")) {
          assertClose(
              gradient,
              ops.toFloats(gradients.require(ownName(gradient))),
              expected.floats(gradient),
              TOLERANCE);
        }
      }

      try (LanguageModel merged = model.merged(adapter)) {
        assertClose(
            "merged logits",
            ops.toFloats(merged.logits(batch, null, Deltas.none(), null, scope)),
            expected.floats("merged_logits"),
            TOLERANCE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("adapters")
  void writtenFolderReadsBackTheSame(String name, @TempDir Path written) {
    Path peft = Shared.path("goldens/adapters/" + name);
    try (LanguageModel model = base(name);
        LoraAdapter adapter = LoraAdapter.load(peft, model);
        Scope scope = Scope.open(Device.cpu())) {
      adapter.save(written, "the/base");
      try (LoraAdapter again = LoraAdapter.load(written, model)) {
        assertThat(again.config()).isEqualTo(adapter.config());
        assertThat(again.modules()).isEqualTo(adapter.modules());
        List<Parameter> before = adapter.parameters();
        List<Parameter> after = again.parameters();
        for (int i = 0; i < before.size(); i++) {
          assertThat(after.get(i).name()).isEqualTo(before.get(i).name());
          assertThat(scope.operators().toFloats(after.get(i).value()))
              .isEqualTo(scope.operators().toFloats(before.get(i).value()));
        }
      }
    }
  }
}
