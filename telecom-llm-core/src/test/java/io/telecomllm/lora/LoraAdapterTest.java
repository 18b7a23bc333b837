package io.telecomllm.lora;

import static io.telecomllm.testing.Vectors.assertClose;
import static io.telecomllm.testing.Vectors.maxDifference;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.TelecomLlmException;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** New adapters: what they hold, what they compute at first, and what is refused. */
class LoraAdapterTest {
  private static final double TOLERANCE = 1e-5;
  private static final String QKV = "model.layers.0.self_attn.qkv_proj";

  private final Scope scope = Scope.open(Device.cpu());
  private final Operators ops = scope.operators();

  @AfterEach
  void close() {
    scope.close();
  }

  private static LoraAdapter create(AdaptableModel model, UnaryOperator<LoraConfig.Builder> with) {
    LoraConfig.Builder builder = LoraConfig.builder().rank(2).alpha(4);
    return LoraAdapter.create(with.apply(builder).build(), model, 7);
  }

  private static long trainable(AdaptableModel model, LoraConfig config) {
    try (LoraAdapter adapter = LoraAdapter.create(config, model, 1)) {
      return adapter.trainableParameters();
    }
  }

  /** Of Phi-3-mini, a layer at a time: the values do not depend on the number of layers. */
  @Test
  void trainableParametersOfTheRecipe() {
    int layers = 32;
    int hidden = 3072;
    int width = 8192;
    FakeModel fused = FakeModel.phi3(1, hidden, width);
    FakeModel apart =
        FakeModel.of(
            FakeModel.layer("l.0.q_proj", TargetModule.Q, hidden, hidden),
            FakeModel.layer("l.0.k_proj", TargetModule.K, hidden, hidden),
            FakeModel.layer("l.0.v_proj", TargetModule.V, hidden, hidden),
            FakeModel.layer("l.0.o_proj", TargetModule.O, hidden, hidden),
            FakeModel.layer("l.0.gate_proj", TargetModule.GATE, width, hidden),
            FakeModel.layer("l.0.up_proj", TargetModule.UP, width, hidden),
            FakeModel.layer("l.0.down_proj", TargetModule.DOWN, hidden, width));
    LoraConfig all = LoraConfig.defaults();
    assertThat(layers * trainable(apart, all)).isEqualTo(29_884_416);
    assertThat(layers * trainable(fused, all)).isEqualTo(25_165_824);
    LoraConfig roles = all.toBuilder().targetModules(TargetModule.values()).build();
    assertThat(layers * trainable(fused, roles)).isEqualTo(29_884_416);
    assertThat(layers * trainable(apart, roles)).isEqualTo(29_884_416);
    LoraConfig text =
        all.toBuilder().targetModules(TargetModule.Q, TargetModule.K, TargetModule.V).build();
    assertThat(layers * trainable(fused, text)).isEqualTo(9_437_184);
  }

  @Test
  void slicesAreTrainedApartAndChangeTheirRowsOnly() {
    FakeModel model = FakeModel.phi3(1, 6, 8);
    try (LoraAdapter adapter =
        create(model, c -> c.targetModules(TargetModule.K, TargetModule.UP))) {
      assertThat(adapter.parameters().stream().map(Parameter::name))
          .containsExactly(
              "base_model.model." + QKV + ".lora_A.K.weight",
              "base_model.model." + QKV + ".lora_B.K.weight",
              "base_model.model.model.layers.0.mlp.gate_up_proj.lora_A.UP.weight",
              "base_model.model.model.layers.0.mlp.gate_up_proj.lora_B.UP.weight");
      fill(adapter);
      Tensor weight = model.weight(QKV, scope);
      float[] update = ops.toFloats(adapter.update(QKV, weight, ops));
      for (int i = 0; i < update.length; i++) {
        boolean inKey = i / 6 >= 6 && i / 6 < 12;
        assertThat(update[i] != 0).as("row %s", i / 6).isEqualTo(inKey);
      }
      assertForwardIsTheMergedProduct(model, adapter, QKV);
    }
  }

  /** Grouped heads: query and key take turns. */
  @Test
  void rowsOfOneRoleMayLieApart() {
    FakeModel model =
        FakeModel.of(
            new AdaptedModule(
                "h.0.qkv",
                8,
                4,
                List.of(
                    new AdaptedModule.Slice(TargetModule.Q, 0, 3),
                    new AdaptedModule.Slice(TargetModule.K, 3, 1),
                    new AdaptedModule.Slice(TargetModule.Q, 4, 3),
                    new AdaptedModule.Slice(TargetModule.K, 7, 1))));
    try (LoraAdapter adapter = create(model, c -> c.targetModules(TargetModule.Q))) {
      assertThat(adapter.parameters().stream().map(Parameter::name))
          .containsExactly(
              "base_model.model.h.0.qkv.lora_A.Q.weight",
              "base_model.model.h.0.qkv.lora_B.Q.weight",
              "base_model.model.h.0.qkv.lora_A.Q4.weight",
              "base_model.model.h.0.qkv.lora_B.Q4.weight");
      fill(adapter);
      assertForwardIsTheMergedProduct(model, adapter, "h.0.qkv");
    }
  }

  /** Gives every trained value a number that is not 0. */
  private void fill(LoraAdapter adapter) {
    for (Parameter parameter : adapter.parameters()) {
      ops.copyInPlace(
          parameter.value(), FakeModel.values(parameter.name(), scope, parameter.value().shape()));
    }
  }

  private void assertForwardIsTheMergedProduct(
      FakeModel model, LoraAdapter adapter, String module) {
    Tensor weight = model.weight(module, scope);
    Tensor x = FakeModel.values("x", scope, 5, weight.size(1));
    LoraDelta delta = adapter.deltas(DataType.FLOAT32, scope).of(module);
    assertThat(delta).isNotNull();
    Tensor y = delta.apply(ops, x, FrozenMatrix.of(ops, weight)).value();
    Tensor merged = ops.copy(weight);
    ops.addInPlace(merged, adapter.update(module, weight, ops), 1);
    assertClose(module, ops.toFloats(y), ops.toFloats(ops.linear(x, merged)), TOLERANCE);
  }

  @Test
  void theForwardPassIsTheMergedProduct() {
    FakeModel model = FakeModel.phi3(1, 6, 8);
    for (boolean dora : new boolean[] {false, true}) {
      try (LoraAdapter adapter = create(model, c -> c.dora(dora).rankStabilized(true))) {
        fill(adapter);
        adapter.modules().forEach(m -> assertForwardIsTheMergedProduct(model, adapter, m));
      }
    }
    try (LoraAdapter adapter = create(model, c -> c.initialization(LoraInitialization.PISSA))) {
      fill(adapter);
      adapter.modules().forEach(m -> assertForwardIsTheMergedProduct(model, adapter, m));
    }
  }

  /** In bf16, forward and backward, within its rounding of what fp32 gives. */
  @Test
  void halfPrecisionIsCloseToSingle() {
    FakeModel model = FakeModel.phi3(1, 6, 8);
    try (LoraAdapter adapter = create(model, c -> c.dora(true).alpha(1))) {
      fill(adapter);
      List<float[]> single = pass(model, adapter, DataType.FLOAT32);
      List<float[]> half = pass(model, adapter, DataType.BFLOAT16);
      for (int i = 0; i < single.size(); i++) {
        assertClose("result " + i, half.get(i), single.get(i), 0.1);
        assertThat(maxDifference(half.get(i), single.get(i))).isPositive();
      }
    }
  }

  /** y, gx, and the gradients of a, b and m of the query's layer. */
  private List<float[]> pass(FakeModel model, LoraAdapter adapter, DataType type) {
    Gradients gradients = Gradients.zeros(adapter.parameters(), scope);
    LoraDelta delta = adapter.deltas(type, scope, gradients).of(QKV);
    Tensor weight = ops.to(model.weight(QKV, scope), type);
    Tensor x = ops.to(FakeModel.values("x", scope, 5, 6), type);
    Tensor g = ops.to(FakeModel.values("g", scope, 5, 18), type);
    LoraDelta.Applied applied = delta.apply(ops, x, FrozenMatrix.of(ops, weight));
    LoraDelta.Saved saved = applied.saved();
    Tensor y = applied.value();
    Tensor gz = delta.outputGradient(ops, g, saved);
    Tensor gx = ops.multiply(x, Double.NaN); // what was there does not count
    delta.backward(ops, gx, gz, x, saved);
    ops.addLinearBackwardInPlace(gx, gz, weight);
    List<float[]> results = new ArrayList<>(List.of(ops.toFloats(y), ops.toFloats(gx)));
    gradients.names().stream()
        .filter(name -> name.contains("qkv_proj"))
        .forEach(name -> results.add(ops.toFloats(gradients.require(name))));
    assertThat(results).hasSize(5);
    return results;
  }

  /** KAIMING and PISSA change nothing at first, with roles or without; so does DoRA. */
  @ParameterizedTest
  @EnumSource(
      value = LoraInitialization.class,
      names = {"KAIMING", "PISSA"})
  void nothingChangesAtFirst(LoraInitialization initialization) {
    FakeModel model = FakeModel.phi3(1, 6, 8);
    List<UnaryOperator<LoraConfig.Builder>> settings =
        List.of(
            c -> c,
            c -> c.targetModules(TargetModule.values()).rankStabilized(true),
            c -> c.dora(initialization == LoraInitialization.KAIMING));
    for (UnaryOperator<LoraConfig.Builder> setting : settings) {
      try (LoraAdapter adapter =
          create(model, c -> setting.apply(c).initialization(initialization))) {
        for (String module : adapter.modules()) {
          Tensor weight = model.weight(module, scope);
          float[] update = ops.toFloats(adapter.update(module, weight, ops));
          assertClose(module, update, new float[update.length], 1e-6);
        }
      }
    }
  }

  /** The trained part is the weight's own best approximation; a step is not undone by the other. */
  @Test
  void pissaTrainsTheLargestDirections() {
    FakeModel model = FakeModel.phi3(1, 6, 8);
    try (LoraAdapter adapter =
        create(model, c -> c.alpha(8).initialization(LoraInitialization.PISSA))) {
      Tensor weight = model.weight(QKV, scope);
      Operators.Pair best = ops.lora().lowRankApproximation(weight, 2, 1);
      List<Parameter> parameters = adapter.parameters();
      Tensor product =
          ops.multiply(ops.matmul(parameters.get(1).value(), parameters.get(0).value()), 4);
      assertClose(
          "product",
          ops.toFloats(product),
          ops.toFloats(ops.matmul(best.first(), best.second())),
          1e-4);
      ops.zeroInPlace(parameters.get(0).value());
      float[] update = ops.toFloats(adapter.update(QKV, weight, ops));
      assertClose("taken out", update, ops.toFloats(ops.multiply(product, -1)), TOLERANCE);
      assertThat(adapter.trainableParameters())
          .isEqualTo(2 * ((18 + 6) + (6 + 6) + (16 + 6) + (6 + 8)));
    }
  }

  /** As PEFT's replace_lora_weights_loftq, which does not divide by the scale, for scale 1. */
  @Test
  void loftqRepairsWhatQuantisationTook() {
    FakeModel model = FakeModel.phi3(1, 6, 8);
    for (double alpha : new double[] {2, 6}) {
      try (LoraAdapter adapter =
          create(model, c -> c.alpha(alpha).initialization(LoraInitialization.LOFTQ))) {
        Tensor weight = model.weight(QKV, scope);
        Tensor lost = ops.copy(model.originalWeight(QKV, scope));
        ops.addInPlace(lost, weight, -1);
        Operators.Pair best = ops.lora().lowRankApproximation(lost, 2, 1);
        assertClose(
            "update",
            ops.toFloats(adapter.update(QKV, weight, ops)),
            ops.toFloats(ops.matmul(best.first(), best.second())),
            1e-4);
      }
    }
    model.originals = false;
    assertThatThrownBy(() -> create(model, c -> c.initialization(LoraInitialization.LOFTQ)))
        .isInstanceOf(TelecomLlmException.class)
        .hasMessageContaining("is packed in the checkpoint");
  }

  @Test
  void loftqOfDenseWeightsWouldNeverLearn() {
    FakeModel model = FakeModel.phi3(1, 6, 8);
    model.dense = true;
    assertThatThrownBy(() -> create(model, c -> c.initialization(LoraInitialization.LOFTQ)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "initialization LOFTQ approximates the quantization error, which is 0 for"
                + " model.layers.0.")
        .hasMessageEndingWith(
            ": its matrices would be zeros that never learn; use KAIMING or PISSA for dense"
                + " weights");
  }

  @Test
  void valuesDependOnTheSeedAndTheLayerAlone() {
    FakeModel model = FakeModel.phi3(2, 6, 8);
    LoraConfig all = LoraConfig.builder().rank(2).build();
    LoraConfig one = all.toBuilder().targetModules("o_proj").layersToTransform(1).build();
    try (LoraAdapter first = LoraAdapter.create(all, model, 1);
        LoraAdapter other = LoraAdapter.create(all, model, 2);
        LoraAdapter part = LoraAdapter.create(one, model, 1)) {
      Parameter a = part.parameters().get(0);
      assertThat(a.name()).contains("layers.1.self_attn.o_proj.lora_A");
      float[] values = ops.toFloats(a.value());
      assertThat(ops.toFloats(named(first, a.name()))).isEqualTo(values);
      assertThat(maxDifference(ops.toFloats(named(other, a.name())), values)).isPositive();
      for (float value : values) {
        assertThat(Math.abs(value)).isLessThanOrEqualTo((float) (1 / Math.sqrt(6)));
      }
    }
  }

  private static Tensor named(LoraAdapter adapter, String name) {
    return adapter.parameters().stream()
        .filter(p -> p.name().equals(name))
        .findFirst()
        .orElseThrow()
        .value();
  }

  @Test
  void biasesAndSavedModulesBeginWithTheBasesValues() {
    FakeModel model = FakeModel.phi2(2, 4, 8, 512);
    try (LoraAdapter only =
            create(model, c -> c.bias(Bias.LORA_ONLY).targetModules("fc1").layersToTransform(1));
        LoraAdapter all = create(model, c -> c.bias(Bias.ALL).targetModules("fc1"));
        LoraAdapter head = create(model, c -> c.targetModules("fc1").modulesToSave("lm_head"))) {
      assertThat(only.replaced().keySet()).containsExactly("model.layers.1.mlp.fc1.bias");
      assertThat(all.replaced().keySet())
          .hasSize(2 * 7 + 2)
          .allMatch(name -> name.endsWith(".bias"));
      assertThat(head.replaced().keySet()).containsExactly("lm_head.weight", "lm_head.bias");
      assertThat(ops.toFloats(head.replacement("lm_head.bias")))
          .isEqualTo(ops.toFloats(model.parameter("lm_head.bias", scope)));
      Deltas deltas = head.deltas(DataType.BFLOAT16, scope);
      // a vector stays in fp32, a matrix goes to the compute type
      assertThat(deltas.parameter("lm_head.bias").bytes().remaining()).isEqualTo(512 * 4);
      assertThat(deltas.parameter("lm_head.weight").bytes().remaining()).isEqualTo(512 * 4 * 2);
      assertThat(deltas.parameter("model.layers.0.mlp.fc1.bias")).isNull();
    }
  }

  /** A frozen adapter gives no gradients, and says so. */
  @Test
  void theBackwardOfAnAdapterThatIsNotTrainedIsRefused() {
    FakeModel model = FakeModel.phi3(1, 6, 8);
    for (boolean dora : new boolean[] {false, true}) {
      try (LoraAdapter adapter = create(model, c -> c.dora(dora))) {
        LoraDelta delta = adapter.deltas(DataType.FLOAT32, scope).of(QKV);
        Tensor x = FakeModel.values("x", scope, 5, 6);
        Tensor weight = model.weight(QKV, scope);
        LoraDelta.Applied applied = delta.apply(ops, x, FrozenMatrix.of(ops, weight));
        LoraDelta.Saved saved = applied.saved();
        Tensor y = applied.value();
        assertThatThrownBy(
                () ->
                    delta.backward(ops, ops.none(), delta.outputGradient(ops, y, saved), x, saved))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage(
                "a backward pass through an adapter whose deltas were made without gradients");
      }
    }
  }

  /** Differences of the loss sum(y c) by each trained value against the gathered gradients. */
  @ParameterizedTest
  @EnumSource(
      value = LoraInitialization.class,
      names = {"KAIMING", "PISSA"})
  void gradientsOfPartsAreThoseOfTheLoss(LoraInitialization initialization) {
    FakeModel model = FakeModel.phi3(1, 6, 8);
    try (LoraAdapter adapter =
        create(
            model,
            c -> c.targetModules(TargetModule.Q, TargetModule.V).initialization(initialization))) {
      fill(adapter);
      Gradients gradients = Gradients.zeros(adapter.parameters(), scope);
      LoraDelta delta = adapter.deltas(DataType.FLOAT32, scope, gradients).of(QKV);
      Tensor weight = model.weight(QKV, scope);
      Tensor x = FakeModel.values("x", scope, 5, 6);
      Tensor c = FakeModel.values("c", scope, 5, 18);
      LoraDelta.Applied applied = delta.apply(ops, x, FrozenMatrix.of(ops, weight));
      LoraDelta.Saved saved = applied.saved();
      assertThat(saved.tensors()).hasSize(initialization == LoraInitialization.PISSA ? 4 : 2);
      Tensor gz = delta.outputGradient(ops, c, saved);
      assertThat(gz).isSameAs(c);
      Tensor gx = ops.multiply(x, Double.NaN); // what was there does not count
      delta.backward(ops, gx, gz, x, saved);
      ops.addLinearBackwardInPlace(gx, gz, weight);

      Tensor merged = ops.copy(weight);
      ops.addInPlace(merged, adapter.update(QKV, weight, ops), 1);
      assertClose("gx", ops.toFloats(gx), ops.toFloats(ops.linearBackward(c, merged)), TOLERANCE);
      for (Parameter parameter : adapter.parameters()) {
        float[] gradient = ops.toFloats(gradients.require(parameter.name()));
        float[] expected = new float[gradient.length];
        float[] values = ops.toFloats(parameter.value());
        for (int i = 0; i < values.length; i++) {
          expected[i] =
              (float)
                  (loss(adapter, weight, x, c, parameter, values, i, 0.5f)
                      - loss(adapter, weight, x, c, parameter, values, i, -0.5f));
        }
        assertClose(parameter.name(), gradient, expected, 1e-3);
      }
    }
  }

  /** The loss is linear in each single value, so a difference of any size is exact. */
  private double loss(
      LoraAdapter adapter,
      Tensor weight,
      Tensor x,
      Tensor c,
      Parameter parameter,
      float[] values,
      int at,
      float step) {
    float[] changed = values.clone();
    changed[at] += step;
    try (Scope work = scope.child()) {
      Operators o = work.operators();
      o.copyInPlace(parameter.value(), o.floats(changed, parameter.value().shape()));
      Tensor y =
          adapter
              .deltas(DataType.FLOAT32, work)
              .of(QKV)
              .apply(o, x, FrozenMatrix.of(o, weight))
              .value();
      float[] found = o.toFloats(y);
      float[] factors = o.toFloats(c);
      double sum = 0;
      for (int i = 0; i < found.length; i++) {
        sum += (double) found[i] * factors[i];
      }
      o.copyInPlace(parameter.value(), o.floats(values, parameter.value().shape()));
      return sum;
    }
  }

  @Test
  void whatMeansNothingIsRefusedNamingWhatThereIs() {
    FakeModel model = FakeModel.phi3(2, 6, 8);
    String existing = "this model has down_proj, gate_up_proj, o_proj, qkv_proj";
    refused(
        model,
        c -> c.targetModules("q_proj", "o_proj"),
        "target module q_proj matches no linear layer; " + existing);
    refused(model, c -> c.targetPattern(".*\\.q_proj"), existing);
    refused(model, c -> c.targetModules("o_proj").excludeModules("self_attn.o_proj"), existing);
    refused(model, c -> c.targetModules("o_proj").layersToTransform(2), "in the layers [2] ");
    refused(
        model,
        c -> c.modulesToSave("embed_tokens"),
        "module to save embed_tokens matches no parameter that can be trained; this model has"
            + " lm_head, input_layernorm, self_attn.o_proj");
    FakeModel withoutRoles = FakeModel.of(new AdaptedModule("a.q_proj", 4, 4));
    refused(
        withoutRoles,
        c -> c.targetModules(TargetModule.Q),
        "target module Q matches no linear layer; this model has q_proj, in the roles ");
    refused(FakeModel.of(), c -> c, "a model without linear layers cannot be adapted");
    refused(
        model,
        c -> c.dora(true).targetModules(TargetModule.Q),
        "dora is not supported for rows of a layer that plays several roles: " + QKV);
    refused(
        model,
        c -> c.rank(7).initialization(LoraInitialization.PISSA),
        "rank is 7, initialization PISSA allows 1 to 6 for " + QKV);
  }

  private static void refused(
      AdaptableModel model, UnaryOperator<LoraConfig.Builder> with, String message) {
    assertThatThrownBy(() -> create(model, with).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void ranksAndAlphasByPattern() {
    FakeModel model = FakeModel.phi3(2, 6, 8);
    try (LoraAdapter adapter =
        create(
            model,
            c ->
                c.targetModules("o_proj", "qkv_proj")
                    .rankPattern(Map.of("o_proj", 3, "layers.1.self_attn.qkv_proj", 1))
                    .alphaPattern(Map.of("model\\.layers\\.[0-9]\\.self_attn\\.q.*", 8.0)))) {
      assertThat(adapter.layers().get(QKV).plan().parts())
          .containsExactly(new AdapterPlan.Part("", 0, 18, 2, 4, true));
      assertThat(adapter.layers().get("model.layers.1.self_attn.qkv_proj").plan().parts())
          .containsExactly(new AdapterPlan.Part("", 0, 18, 1, 8, true));
      assertThat(adapter.layers().get("model.layers.1.self_attn.o_proj").plan().parts())
          .containsExactly(new AdapterPlan.Part("", 0, 6, 3, 4.0 / 3, true));
    }
  }
}
