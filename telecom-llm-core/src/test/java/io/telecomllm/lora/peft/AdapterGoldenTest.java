package io.telecomllm.lora.peft;

import static io.telecomllm.testing.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.json.StrictJson;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.Parameter;
import io.telecomllm.model.ForwardPass;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.Golden;
import io.telecomllm.testing.Losses;
import io.telecomllm.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Adapters as PEFT computes them: logits, loss, every gradient, merged logits. */
@Tag("shared")
class AdapterGoldenTest {
  private static final double TOLERANCE = 1e-4;
  private static final int NO_LABEL = -100;
  private static final Path OWN =
      Path.of("src/test/resources/io/telecomllm/lora/adapters").toAbsolutePath();

  /** All adapters of the shared folder, and this module's own. */
  static Stream<Path> adapters() throws IOException {
    try (Stream<Path> own = Files.list(OWN)) {
      List<Path> folders = own.sorted().toList();
      return Stream.concat(
          Shared.names("goldens/adapters").map(name -> Path.of("goldens/adapters", name)),
          folders.stream());
    }
  }

  private static LanguageModel base(Path adapter) {
    String base = StrictJson.read(adapter.resolve("base.json")).string("base");
    Path models =
        adapter.startsWith(OWN) ? OWN.resolveSibling("models") : Shared.path("goldens/models");
    return ModelLoader.of(models.resolve(base))
        .device(Device.cpu())
        .computeType(DataType.FLOAT32)
        .dense()
        .load();
  }

  /** The last {@code kept} positions of each sequence. */
  private static int[] lastPositions(int sequences, int length, int kept) {
    return IntStream.range(0, sequences * length)
        .filter(i -> i % length >= length - kept)
        .toArray();
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

  /** The parameter's name on disk, or the base's where the adapter holds a copy of its. */
  private static String ownName(String gradient) {
    String name = gradient.substring("grad.".length());
    return name.contains(".lora_")
        ? name.replace("lora_magnitude_vector.weight", "lora_magnitude_vector")
        : name.replace("base_model.model.", "")
            .replace(".base_layer.", ".")
            .replace(".modules_to_save.", ".");
  }

  @ParameterizedTest
  @MethodSource("adapters")
  void logitsLossGradientsAndMergedLogits(Path folder) {
    Path peft = folder.isAbsolute() ? folder : Shared.path(folder.toString());
    try (LanguageModel model = base(peft);
        LoraAdapter adapter = PeftFolder.load(peft, model);
        Golden expected = Golden.open(peft.resolve("expected.safetensors").toString());
        Scope scope = Scope.open(Device.cpu())) {
      Operators ops = scope.operators();
      int[] labels = expected.ints("labels");
      int sequences = expected.shape("labels")[0];
      int length = expected.shape("labels")[1];
      int[] kept = lastPositions(sequences, length, expected.shape("logits")[1]);
      TokenBatch batch = batch(expected.ints("input_ids"), sequences);
      Gradients gradients = Gradients.zeros(adapter.parameters(), scope);
      Deltas deltas = adapter.deltas(DataType.FLOAT32, scope, gradients);
      assertClose(
          "logits",
          ops.toFloats(model.network().logits(batch, null, deltas, kept, scope)),
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
      ForwardPass pass = model.network().record(batch, deltas, wanted, scope);
      Operators.Pair loss =
          Losses.crossEntropy(model, deltas, pass.hidden(), targets, weights, 3, gradients, scope);
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
          float[] found = ops.toFloats(gradients.require(ownName(gradient)));
          float[] values = expected.floats(gradient);
          assertClose(gradient, found, values, TOLERANCE);
        }
      }

      try (LanguageModel merged = model.merged(adapter)) {
        assertClose(
            "merged logits",
            ops.toFloats(merged.network().logits(batch, null, Deltas.none(), kept, scope)),
            expected.floats("merged_logits"),
            TOLERANCE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("adapters")
  void writtenFolderReadsBackTheSame(Path folder, @TempDir Path written) {
    Path peft = folder.isAbsolute() ? folder : Shared.path(folder.toString());
    try (LanguageModel model = base(peft);
        LoraAdapter adapter = PeftFolder.load(peft, model);
        Scope scope = Scope.open(Device.cpu())) {
      PeftFolder.save(written, adapter, "the/base");
      try (LoraAdapter again = PeftFolder.load(written, model)) {
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
