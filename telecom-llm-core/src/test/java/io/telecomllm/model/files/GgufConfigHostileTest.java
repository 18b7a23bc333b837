package io.telecomllm.model.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.RopeScaling;
import io.telecomllm.model.SlidingWindow;
import io.telecomllm.weights.Encoding;
import io.telecomllm.weights.GgufFile;
import io.telecomllm.weights.GgufWriter;
import io.telecomllm.weights.GgufWriter.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** GGUF metadata of a stranger: each field with each kind of nonsense. */
class GgufConfigHostileTest {
  private static final String ABSENT = "absent";

  private static final List<Object> VALUES =
      List.of(
          ABSENT,
          0,
          Integer.MAX_VALUE,
          1L << 31,
          Long.MAX_VALUE,
          -1f,
          Float.NaN,
          Float.MAX_VALUE,
          "8",
          true,
          new int[] {8, 8},
          List.of());

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("hostile.gguf");
  }

  private static Map<String, Object> metadata() {
    ModelConfig config =
        ModelConfig.builder(Architecture.MISTRAL)
            .hiddenSize(64)
            .intermediateSize(128)
            .layers(2)
            .heads(4, 2, 16)
            .vocabularySize(8)
            .contextLength(2048)
            .slidingWindow(new SlidingWindow(16, 0))
            .ropeScaling(new RopeScaling.Yarn(8, 256, 1.5, 32, 1, true))
            .build();
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("general.architecture", "llama");
    metadata.putAll(GgufConfig.metadata(config));
    return metadata;
  }

  private ModelConfig read(Map<String, ?> metadata, List<Long> embedding, float... divisors) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(
        "token_embd.weight",
        Tensor.ofFloats(
            Encoding.F32, embedding, (from, into) -> into.put(new float[into.remaining()])));
    if (divisors.length > 0) {
      tensors.put(
          "rope_freqs.weight",
          Tensor.ofFloats(
              Encoding.F32, List.of((long) divisors.length), (from, into) -> into.put(divisors)));
    }
    GgufWriter.write(file(), metadata, tensors);
    try (GgufFile gguf = GgufFile.open(file())) {
      return GgufConfig.read(gguf);
    }
  }

  private static String shown(Object value) {
    return value instanceof int[] array ? Arrays.toString(array) : value.toString();
  }

  @Test
  void everyFieldWithEveryNonsense() {
    Set<String> accepted = new TreeSet<>();
    for (String field : metadata().keySet()) {
      for (Object value : VALUES) {
        Map<String, Object> changed = metadata();
        changed.put(field, value);
        changed.values().removeIf(ABSENT::equals);
        if (!(changed.get("general.architecture") instanceof String)) {
          continue; // such a file cannot be written
        }
        try {
          read(changed, List.of(8L, 64L));
          accepted.add(field.replace("llama.", "") + "=" + shown(value));
        } catch (TelecomLlmException e) {
          boolean scaling = field.contains(".scaling.");
          assertThat(e)
              .as(field + " = " + shown(value))
              .isInstanceOfAny(InvalidDataException.class, UnsupportedModelException.class)
              .hasMessageStartingWith(file().toString())
              .hasMessageContaining(scaling ? "llama.rope.scaling" : field);
        }
      }
    }
    // what llama.cpp takes a default for, and numbers that are allowed
    assertThat(accepted)
        .containsExactly(
            "attention.head_count_kv=absent",
            "attention.key_length=absent",
            "attention.layer_norm_rms_epsilon=0",
            "attention.sliding_window=0",
            "attention.sliding_window=2147483647",
            "attention.sliding_window=absent",
            "attention.value_length=absent",
            "rope.dimension_count=absent",
            "rope.freq_base=2147483647",
            "rope.freq_base=2147483648",
            "rope.freq_base=9223372036854775807",
            "rope.freq_base=absent",
            "rope.scaling.attn_factor=absent",
            "rope.scaling.factor=0",
            "rope.scaling.factor=absent",
            "rope.scaling.original_context_length=absent",
            "rope.scaling.type=absent",
            "vocab_size=absent");
  }

  private static Arguments of(String field, Object value, String message) {
    return Arguments.of(field, value, message);
  }

  static Stream<Arguments> theImportantOnes() {
    return Stream.of(
        of(
            "llama.embedding_length",
            1 << 30,
            "llama.embedding_length: expected an integer from 1 to 131072, found 1073741824"),
        of(
            "llama.block_count",
            1_000_000_000,
            "llama.block_count: expected an integer from 1 to 1024, found 1000000000"),
        of(
            "llama.attention.head_count",
            0,
            "llama.attention.head_count: expected an integer from 1 to 4096, found 0"),
        of(
            "llama.attention.head_count_kv",
            3,
            "llama.attention.head_count_kv: expected a divisor of the 4 heads, found 3"),
        of(
            "llama.attention.head_count_kv",
            new int[] {2, 2},
            "llama.attention.head_count_kv: expected an integer from 1 to 4, found an array of 2"),
        of(
            "llama.attention.key_length",
            15,
            "llama.attention.key_length: expected an even number up to 4096 or heads that leave"
                + " one, found 15"),
        of(
            "llama.attention.layer_norm_rms_epsilon",
            1f,
            "llama.attention.layer_norm_rms_epsilon: expected a number from 0 to below 1, found"
                + " 1.0"),
        of(
            "llama.attention.layer_norm_rms_epsilon",
            Float.NaN,
            "llama.attention.layer_norm_rms_epsilon: expected a finite number, found NaN"),
        of(
            "llama.rope.dimension_count",
            3,
            "llama.rope.dimension_count: expected an even number, found 3"),
        of(
            "llama.rope.dimension_count",
            18,
            "llama.rope.dimension_count: expected an integer from 1 to 16, found 18"),
        of(
            "llama.rope.freq_base",
            0f,
            "llama.rope.freq_base: expected a number over 1 and at most 1e30, found 0.0"),
        of(
            "llama.rope.scaling.factor",
            0.5f,
            "llama.rope.scaling: RoPE scaling factor is 0.5, must be 1 to 1024"),
        of(
            "llama.rope.scaling.factor",
            -1f,
            "llama.rope.scaling.factor: expected a number over 0, found -1.0"),
        of(
            "llama.rope.scaling.attn_factor",
            -1f,
            "llama.rope.scaling: attention_factor is -1.2079441541679836, must be over 0 and at"
                + " most 100"),
        of(
            "llama.rope.scaling.yarn_beta_fast",
            0.5f,
            "llama.rope.scaling: beta_slow 1.0 and beta_fast 0.5 must be over 0, the second not"
                + " below the first"),
        of(
            "llama.rope.scaling.original_context_length",
            0,
            "llama.rope.scaling.original_context_length: expected an integer from 1 to 16777216,"
                + " found 0"),
        of(
            "llama.attention.sliding_window",
            1L << 31,
            "llama.attention.sliding_window: expected an integer from 0 to 2147483647, found"
                + " 2147483648"));
  }

  @ParameterizedTest
  @MethodSource
  void theImportantOnes(String field, Object value, String message) {
    Map<String, Object> changed = metadata();
    changed.put(field, value);
    assertThatThrownBy(() -> read(changed, List.of(8L, 64L)))
        .isExactlyInstanceOf(InvalidDataException.class)
        .hasMessage(file() + ", field " + message);
  }

  @Test
  void tensorsThatContradictTheMetadata() {
    assertThatThrownBy(() -> read(metadata(), List.of(1L << 22 | 1, 1L)))
        .isExactlyInstanceOf(InvalidDataException.class)
        .hasMessage(
            file()
                + ": tensor token_embd.weight has shape [4194305, 1], expected (vocabulary up to"
                + " 4194304, hidden)");
    for (float divisor : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY, 2e6f}) {
      assertThatThrownBy(() -> read(metadata(), List.of(8L, 64L), 1, 1, 1, 1, 1, 1, 1, divisor))
          .isExactlyInstanceOf(InvalidDataException.class)
          .hasMessage(
              file()
                  + ": tensor rope_freqs.weight holds "
                  + divisor
                  + ", expected numbers over 0 and at most 1e6");
    }
  }
}
