package io.telecomllm.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class LoraConfigTest {
  private static void refused(UnaryOperator<LoraConfig.Builder> with, String message) {
    assertThatThrownBy(() -> with.apply(LoraConfig.builder()).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void theDefaultsAreTheRecipes() {
    LoraConfig config = LoraConfig.defaults();
    assertThat(config.rank()).isEqualTo(16);
    assertThat(config.alpha()).isEqualTo(16);
    assertThat(config.dropout()).isZero();
    assertThat(LoraConfig.builder().dropout(0.1).build().toBuilder().build().dropout())
        .isEqualTo(0.1);
    assertThat(config.bias()).isEqualTo(Bias.NONE);
    assertThat(config.targets()).isEqualTo(new LoraTargets.AllLinear());
    assertThat(config.initialization()).isEqualTo(LoraInitialization.KAIMING);
    assertThat(config.toBuilder().build()).isEqualTo(config);
  }

  @Test
  void everyRangeIsNamed() {
    refused(c -> c.rank(0), "rank is 0, must be 1 to 4096");
    refused(c -> c.rank(4097), "rank is 4097, must be 1 to 4096");
    refused(c -> c.alpha(0), "alpha is 0.0, must be finite and over 0");
    refused(c -> c.alpha(Double.NaN), "alpha is NaN, must be finite and over 0");
    refused(c -> c.dropout(-0.1), "dropout is -0.1, must be 0 to less than 1");
    refused(c -> c.dropout(1), "dropout is 1.0, must be 0 to less than 1");
    refused(c -> c.dropout(Double.NaN), "dropout is NaN, must be 0 to less than 1");
    refused(c -> c.rankPattern(Map.of("a", 0)), "rankPattern 'a' is 0, must be 1 to 4096");
    refused(
        c -> c.alphaPattern(Map.of("a", -1.0)),
        "alphaPattern 'a' is -1.0, must be finite and over 0");
    refused(
        c -> c.layersToTransform(-1), "layersToTransform holds -1, a layer's number is 0 or more");
    refused(
        c -> c.targetPattern("a").layersToTransform(1),
        "layersToTransform is [1], but the targets are a pattern: name the layers in it");
    refused(c -> c.targetModules("a b"), "target module 'a b' is not a module name");
    refused(c -> c.modulesToSave("a|b"), "modulesToSave holds 'a|b', which is not a module name");
    refused(c -> c.layersPattern("h("), "layersPattern holds 'h(', which is not a module name");
    refused(c -> c.targetPattern("("), "pattern '(', at character 1: missing ')'");
    refused(
        c -> c.dora(true).initialization(LoraInitialization.PISSA),
        "dora with the initialization PISSA is not supported; KAIMING and LOFTQ are");
    assertThatThrownBy(() -> LoraConfig.builder().targetModules(new String[0]))
        .hasMessage("no target module is named; allLinear() targets all");
    assertThatThrownBy(() -> LoraConfig.builder().targetModules(new TargetModule[0]))
        .hasMessage("no role is targeted");
    assertThatThrownBy(
            () ->
                new AdaptedModule(
                    "m", 4, 4, java.util.List.of(new AdaptedModule.Slice(TargetModule.Q, 2, 3))))
        .hasMessageContaining("lies outside the 4 rows of m");
  }
}
