package io.telecomllm.lora.peft;

import static io.telecomllm.testing.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.lora.Bias;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.FakeModel;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.LoraInitialization;
import io.telecomllm.lora.LoraTargets;
import io.telecomllm.lora.Parameter;
import io.telecomllm.lora.TargetModule;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.weights.SafetensorsWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Writes adapters of every kind to {@code target/peft-exchange} and reads them back; {@code
 * tools/check_peft.py} then has the real PEFT compute the logits that lie beside them.
 */
class PeftExchangeTest {
  private static final Path WRITTEN = Path.of("target/peft-exchange").toAbsolutePath();

  private static final Path MODEL =
      Path.of("src/test/resources/io/telecomllm/lora/models/phi3").toAbsolutePath();

  private static LoraConfig.Builder config() {
    return LoraConfig.builder().rank(2).alpha(4);
  }

  static Stream<Arguments> phi3() {
    return Map.ofEntries(
            Map.entry("all-linear", config()),
            Map.entry("names", config().targetModules("o_proj", "mlp.down_proj")),
            Map.entry("pattern", config().targetPattern("(?!.*\\.1\\.).*\\.(o|qkv)_proj")),
            Map.entry(
                "exclude-and-layers",
                config().allLinear().excludeModules("o_proj").layersToTransform(0, 2)),
            Map.entry(
                "patterns",
                config()
                    .targetModules("o_proj", "qkv_proj")
                    .rankPattern(Map.of("o_proj", 3, "1.self_attn.qkv_proj", 1))
                    .alphaPattern(Map.of("qkv_.*", 7.0))),
            Map.entry("rslora", config().rankStabilized(true)),
            Map.entry("dora", config().dora(true)),
            Map.entry("dora-rslora", config().dora(true).rankStabilized(true)),
            Map.entry(
                "slices-qkv",
                config().targetModules(TargetModule.Q, TargetModule.K, TargetModule.V)),
            Map.entry("slices-all", config().targetModules(TargetModule.values())),
            Map.entry(
                "slices-rslora",
                config()
                    .rankStabilized(true)
                    .targetModules(TargetModule.Q, TargetModule.V, TargetModule.DOWN)),
            Map.entry(
                "slices-patterns",
                config()
                    .targetModules(TargetModule.Q, TargetModule.UP, TargetModule.GATE)
                    .rankPattern(Map.of("layers.1.mlp.gate_up_proj", 5))
                    .alphaPattern(Map.of("qkv_proj", 3.0))),
            Map.entry("pissa", config().initialization(LoraInitialization.PISSA)),
            Map.entry(
                "pissa-slices-rslora",
                config()
                    .rankStabilized(true)
                    .targetModules(TargetModule.K, TargetModule.O)
                    .initialization(LoraInitialization.PISSA)),
            Map.entry(
                "saved-modules",
                config()
                    .targetModules(TargetModule.V)
                    .modulesToSave("lm_head", "norm", "2.self_attn.o_proj")))
        .entrySet()
        .stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> Arguments.of("phi3-" + entry.getKey(), entry.getValue().build()));
  }

  @ParameterizedTest
  @MethodSource("phi3")
  void computesTheSameWhenReadBack(String name, LoraConfig config) {
    Path folder = WRITTEN.resolve(name);
    int[] ids = IntStream.range(0, 24).map(i -> 3 + (i * i * 17 + 5) % 60).toArray();
    TokenBatch batch = new TokenBatch(ids, List.of(new TokenBatch.Segment(0, ids.length, -1)));
    try (LanguageModel model =
            ModelLoader.of(MODEL)
                .device(Device.cpu())
                .computeType(DataType.FLOAT32)
                .dense()
                .load();
        LoraAdapter adapter = LoraAdapter.create(config, model, 3407);
        Scope scope = Scope.open(Device.cpu())) {
      Operators ops = scope.operators();
      float[] base = logits(model, batch, Deltas.none(), scope);
      assertClose(
          "a new adapter changes nothing",
          logits(model, batch, adapter.deltas(DataType.FLOAT32, scope), scope),
          base,
          2e-4);
      train(adapter, scope);
      float[] trained = logits(model, batch, adapter.deltas(DataType.FLOAT32, scope), scope);
      assertThat(io.telecomllm.testing.Vectors.maxDifference(trained, base)).isGreaterThan(0.01);

      PeftFolder.save(folder, adapter, "phi3");
      try (LoraAdapter again = PeftFolder.load(folder, model)) {
        assertSame(adapter, again, ops);
        assertClose(
            "read back",
            logits(model, batch, again.deltas(DataType.FLOAT32, scope), scope),
            trained,
            1e-5);
      }
      try (LanguageModel merged = model.merged(adapter)) {
        assertClose("merged", logits(merged, batch, Deltas.none(), scope), trained, 1e-4);
      }
      ByteBuffer tokens =
          ByteBuffer.allocate(ids.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      IntStream.of(ids).forEach(tokens::putLong);
      long rows = ids.length;
      SafetensorsWriter.write(
          folder.resolve("expected.safetensors"),
          Map.of(
              "input_ids",
              SafetensorsWriter.Tensor.of(DataType.INT64, List.of(1L, rows), tokens.flip()),
              "logits",
              SafetensorsWriter.Tensor.ofFloats(List.of(1L, rows, trained.length / rows), trained)),
          Map.of());
    }
  }

  /** Phi-2 as far as an adapter knows it: its biases. PEFT must find every tensor a place. */
  @ParameterizedTest
  @MethodSource("phi2")
  void biasesReadBack(String name, LoraConfig config) {
    Path folder = WRITTEN.resolve(name);
    FakeModel model = FakeModel.phi2(3, 16, 24, 64);
    try (LoraAdapter adapter = LoraAdapter.create(config, model, 1);
        Scope scope = Scope.open(Device.cpu())) {
      train(adapter, scope);
      PeftFolder.save(folder, adapter, "phi2");
      try (LoraAdapter again = PeftFolder.load(folder, model)) {
        assertSame(adapter, again, scope.operators());
      }
    }
  }

  static Stream<Arguments> phi2() {
    return Stream.of(
        Arguments.of(
            "phi2-bias-all", config().targetModules("q_proj", "fc2").bias(Bias.ALL).build()),
        Arguments.of(
            "phi2-bias-lora-only",
            config().targetModules(TargetModule.UP, TargetModule.O).bias(Bias.LORA_ONLY).build()),
        Arguments.of(
            "phi2-bias-and-saved",
            config()
                .targetModules("fc1")
                .layersToTransform(1)
                .bias(Bias.LORA_ONLY)
                .modulesToSave("final_layernorm", "lm_head")
                .build()));
  }

  private static void assertSame(LoraAdapter adapter, LoraAdapter again, Operators ops) {
    assertThat(again.modules()).isEqualTo(adapter.modules());
    assertThat(again.trainableParameters()).isEqualTo(adapter.trainableParameters());
    LoraTargets targets = adapter.config().targets();
    boolean joined = adapter.layers().values().stream().anyMatch(l -> !l.plan().plain());
    if (joined || targets instanceof LoraTargets.Names || targets instanceof LoraTargets.Pattern) {
      LoraTargets expected =
          targets instanceof LoraTargets.AllLinear
              ? new LoraTargets.Names(Set.of("qkv_proj", "o_proj", "gate_up_proj", "down_proj"))
              : targets;
      assertThat(again.config()).isEqualTo(adapter.config().toBuilder().targets(expected).build());
    }
    List<Parameter> before = adapter.parameters();
    List<Parameter> after = again.parameters();
    assertThat(after.stream().map(Parameter::name))
        .containsExactlyElementsOf(before.stream().map(Parameter::name).toList());
    for (int i = 0; i < before.size(); i++) {
      assertThat(ops.toFloats(after.get(i).value())).isEqualTo(ops.toFloats(before.get(i).value()));
    }
  }

  private static void train(LoraAdapter adapter, Scope scope) {
    Operators ops = scope.operators();
    for (Parameter parameter : adapter.parameters()) {
      Tensor step = FakeModel.values(parameter.name(), scope, parameter.value().shape());
      ops.addInPlace(parameter.value(), step, 0.2);
    }
  }

  private static float[] logits(LanguageModel model, TokenBatch batch, Deltas deltas, Scope scope) {
    return scope.operators().toFloats(model.network().logits(batch, null, deltas, null, scope));
  }
}
