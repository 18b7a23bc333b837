package io.telecomllm.lora;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.IncompatibleException;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequireFitsTest {
  private static void check(LoraConfig.Builder config, FakeModel own, FakeModel other) {
    try (LoraAdapter adapter = LoraAdapter.create(config.rank(2).build(), own, 1)) {
      adapter.requireFits(other);
    }
  }

  @Test
  void namesTheLayerThatIsMissingOrOfAnotherSize() {
    FakeModel phi3 = FakeModel.phi3(2, 8, 16);
    LoraConfig.Builder all = LoraConfig.builder();
    assertThatCode(() -> check(all, phi3, FakeModel.phi3(3, 8, 16))).doesNotThrowAnyException();
    assertThatThrownBy(() -> check(all, phi3, FakeModel.phi3(1, 8, 16)))
        .isInstanceOf(IncompatibleException.class)
        .hasMessage(
            "the adapter is for another model: this one has no linear layer"
                + " model.layers.1.self_attn.qkv_proj");
    assertThatThrownBy(() -> check(all, phi3, FakeModel.phi3(2, 8, 20)))
        .isInstanceOf(IncompatibleException.class)
        .hasMessage(
            "the adapter is for another model: it expects the linear layer"
                + " model.layers.0.mlp.gate_up_proj of shape [32, 8], this one has [40, 8]");
  }

  @Test
  void namesTheParameterThatCannotBeReplaced() {
    FakeModel phi3 = FakeModel.phi3(1, 8, 16);
    LoraConfig.Builder head = LoraConfig.builder().modulesToSave("lm_head");
    assertThatCode(() -> check(head, phi3, phi3)).doesNotThrowAnyException();
    FakeModel without = FakeModel.of(phi3.linearLayers().toArray(AdaptedModule[]::new));
    assertThatThrownBy(() -> check(head, phi3, without))
        .isInstanceOf(IncompatibleException.class)
        .hasMessage(
            "the adapter is for another model: this one has no parameter lm_head.weight to"
                + " replace");
    FakeModel larger =
        new FakeModel(phi3.linearLayers(), java.util.Map.of("lm_head.weight", List.of(12L, 8L)));
    assertThatThrownBy(() -> check(head, phi3, larger))
        .isInstanceOf(IncompatibleException.class)
        .hasMessage(
            "the adapter is for another model: it expects the parameter lm_head.weight to replace"
                + " of shape [10, 8], this one has [12, 8]");
  }
}
