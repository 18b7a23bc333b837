package io.telecomllm.model.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.json.StrictJson;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.ModelConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A config.json of a stranger: each field with each kind of nonsense. */
class HuggingFaceConfigHostileTest {
  private static final String FILE = "model/config.json";
  private static final String ABSENT = "absent";

  private static final String DECODER =
      """
      {"model_type": "%s", "hidden_size": 32, "intermediate_size": 64, "hidden_act": "silu",
       "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
       "vocab_size": 264, "max_position_embeddings": 64, "rms_norm_eps": 1e-5,
       "head_dim": 8, "tie_word_embeddings": false, %s}
      """;

  /** One of each architecture and of each form of scaling. */
  private static final List<String> BASES =
      List.of(
          DECODER.formatted(
              "llama",
              """
              "rope_theta": 500000.0, "attention_bias": true, "mlp_bias": false,
              "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                "high_freq_factor": 4.0, "original_max_position_embeddings": 32}
              """),
          DECODER.formatted(
              "mistral",
              """
              "rope_theta": 10000.0, "sliding_window": 16,
              "rope_scaling": {"type": "dynamic", "factor": 2.0}
              """),
          DECODER.formatted(
              "qwen2",
              """
              "use_sliding_window": true, "sliding_window": 16, "max_window_layers": 1,
              "layer_types": ["full_attention", "sliding_attention"],
              "rope_parameters": {"rope_theta": 1e6, "rope_type": "yarn", "factor": 4.0,
                "original_max_position_embeddings": 16, "attention_factor": 1.1,
                "beta_fast": 32, "beta_slow": 1, "mscale": 1.0, "mscale_all_dim": 1.0}
              """),
          DECODER.formatted(
              "phi3",
              """
              "rope_theta": 10000.0, "partial_rotary_factor": 0.5, "sliding_window": null,
              "original_max_position_embeddings": 32, "rope_scaling": {"type": "longrope",
                "short_factor": [1.0, 1.5], "long_factor": [2, 3.5], "attention_factor": 1.2}
              """),
          """
          {"model_type": "phi", "hidden_size": 32, "intermediate_size": 64,
           "hidden_act": "gelu_new", "num_hidden_layers": 2, "num_attention_heads": 4,
           "num_key_value_heads": 4, "vocab_size": 264, "max_position_embeddings": 64,
           "layer_norm_eps": 1e-5, "partial_rotary_factor": 0.5, "rope_theta": 10000.0,
           "rope_scaling": {"type": "linear", "factor": 2.0}}
          """,
          """
          {"model_type": "falcon", "hidden_size": 32, "num_hidden_layers": 2,
           "num_attention_heads": 4, "vocab_size": 264, "ffn_hidden_size": 128,
           "max_position_embeddings": 64, "layer_norm_epsilon": 1e-5, "activation": "gelu",
           "num_ln_in_parallel_attn": 1, "bias": false, "alibi": false, "rope_theta": 10000.0}
          """);

  /** Where it is another field's values that the changed one no longer goes with. */
  private static final Map<String, String> CONTRADICTED =
      Map.of(
          "use_sliding_window", "layer_types",
          "sliding_window", "layer_types",
          "max_window_layers", "layer_types",
          "partial_rotary_factor", "short_factor");

  private static final List<String> NUMBERS =
      List.of(
          ABSENT,
          "null",
          "0",
          "-1",
          "2147483647",
          "2147483648",
          "9223372036854775808",
          "1e308",
          "\"NaN\"",
          "\"8\"",
          "true",
          "[]",
          "{}",
          "[8]");

  private static String base(String type) {
    return BASES.stream().filter(b -> b.contains("\"" + type + "\"")).findFirst().orElseThrow();
  }

  private static ModelConfig read(String json) {
    return HuggingFaceConfig.read(
        StrictJson.parseObject(FILE, json.getBytes(StandardCharsets.UTF_8)));
  }

  /** The document's fields as JSON text each; those of an object in it by "object.field". */
  private static Map<String, String> fields(String json) {
    Map<String, String> fields = new LinkedHashMap<>();
    Object read = StrictJson.parse(FILE, json.getBytes(StandardCharsets.UTF_8));
    ((Map<?, ?>) read)
        .forEach(
            (name, value) -> {
              if (value instanceof Map<?, ?> inner) {
                inner.forEach((key, v) -> fields.put(name + "." + key, text(v)));
              } else {
                fields.put((String) name, text(value));
              }
            });
    return fields;
  }

  private static String text(Object value) {
    return new com.google.gson.Gson().toJson(value);
  }

  private static String document(Map<String, String> fields) {
    Map<String, List<String>> objects = new TreeMap<>();
    List<String> members = new ArrayList<>();
    fields.forEach(
        (name, value) -> {
          int dot = name.indexOf('.');
          if (dot < 0) {
            members.add("\"" + name + "\": " + value);
          } else {
            objects
                .computeIfAbsent(name.substring(0, dot), k -> new ArrayList<>())
                .add("\"" + name.substring(dot + 1) + "\": " + value);
          }
        });
    objects.forEach(
        (name, inner) -> members.add("\"" + name + "\": {" + String.join(", ", inner) + "}"));
    return "{" + String.join(", ", members) + "}";
  }

  /** Tries every value in every field; what is not read must be refused by file and field. */
  private static Set<String> accepted(String type, List<String> values) {
    Map<String, String> whole = fields(base(type));
    Set<String> accepted = new TreeSet<>();
    for (String field : whole.keySet()) {
      for (String value : values) {
        Map<String, String> changed = new LinkedHashMap<>(whole);
        changed.remove(field);
        if (!value.equals(ABSENT)) {
          changed.put(field, value);
        }
        try {
          read(document(changed));
          accepted.add(field + "=" + value);
        } catch (TelecomLlmException e) {
          assertThat(e)
              .as(field + " = " + value)
              .isInstanceOfAny(InvalidDataException.class, UnsupportedModelException.class)
              .hasMessageStartingWith(FILE)
              .message()
              .containsAnyOf(
                  field.substring(field.indexOf('.') + 1), CONTRADICTED.getOrDefault(field, field));
        }
      }
    }
    return accepted;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llama | attention_bias=true mlp_bias=true rms_norm_eps=0 rope_scaling.high_freq_factor=1e308 rope_scaling.high_freq_factor=2147483647 rope_scaling.high_freq_factor=2147483648 rope_scaling.high_freq_factor=9223372036854775808 rope_theta=2147483647 rope_theta=2147483648 rope_theta=9223372036854775808 tie_word_embeddings=true",
        "mistral | rms_norm_eps=0 rope_theta=2147483647 rope_theta=2147483648 rope_theta=9223372036854775808 sliding_window=2147483647 tie_word_embeddings=true",
        "qwen2 | rms_norm_eps=0 rope_parameters.beta_fast=1e308 rope_parameters.beta_fast=2147483647 rope_parameters.beta_fast=2147483648 rope_parameters.beta_fast=9223372036854775808 rope_parameters.mscale=-1 rope_parameters.mscale=0 rope_parameters.mscale=1e308 rope_parameters.mscale=2147483647 rope_parameters.mscale=2147483648 rope_parameters.mscale=9223372036854775808 rope_parameters.mscale_all_dim=-1 rope_parameters.mscale_all_dim=0 rope_parameters.mscale_all_dim=1e308 rope_parameters.mscale_all_dim=2147483647 rope_parameters.mscale_all_dim=2147483648 rope_parameters.mscale_all_dim=9223372036854775808 rope_parameters.rope_theta=2147483647 rope_parameters.rope_theta=2147483648 rope_parameters.rope_theta=9223372036854775808 sliding_window=2147483647 tie_word_embeddings=true use_sliding_window=true",
        "phi3 | rms_norm_eps=0 rope_theta=2147483647 rope_theta=2147483648 rope_theta=9223372036854775808 sliding_window=2147483647 tie_word_embeddings=true",
        "phi | layer_norm_eps=0 rope_theta=2147483647 rope_theta=2147483648 rope_theta=9223372036854775808",
        "falcon | bias=true layer_norm_epsilon=0 rope_theta=2147483647 rope_theta=2147483648 rope_theta=9223372036854775808",
      })
  void everyFieldWithEveryNonsense(String type, String legitimate) {
    String found =
        accepted(type, NUMBERS).stream()
            .filter(change -> !change.endsWith("=" + ABSENT) && !change.endsWith("=null"))
            .collect(Collectors.joining(" "));
    assertThat(found).isEqualTo(legitimate);
  }

  /** Fields that these files cannot do without; a null counts as absent. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llama | hidden_size intermediate_size max_position_embeddings model_type num_attention_heads num_hidden_layers rms_norm_eps rope_scaling.factor rope_scaling.high_freq_factor rope_scaling.low_freq_factor vocab_size",
        "mistral | hidden_size intermediate_size max_position_embeddings model_type num_attention_heads num_hidden_layers rms_norm_eps rope_scaling.factor vocab_size",
        "qwen2 | hidden_size intermediate_size max_position_embeddings max_window_layers model_type num_attention_heads num_hidden_layers rms_norm_eps rope_parameters.factor sliding_window use_sliding_window vocab_size",
        "phi3 | hidden_size intermediate_size max_position_embeddings model_type num_attention_heads num_hidden_layers partial_rotary_factor rms_norm_eps rope_scaling.long_factor rope_scaling.short_factor vocab_size",
        "phi | hidden_size intermediate_size layer_norm_eps max_position_embeddings model_type num_attention_heads num_hidden_layers rope_scaling.factor vocab_size",
        "falcon | hidden_size model_type num_attention_heads num_hidden_layers vocab_size",
      })
  void fieldsThatMustBeThere(String type, String required) {
    Set<String> missing = new TreeSet<>(fields(base(type)).keySet());
    accepted(type, List.of(ABSENT))
        .forEach(change -> missing.remove(change.substring(0, change.indexOf('='))));
    assertThat(String.join(" ", missing)).isEqualTo(required);
    Set<String> isNull = new TreeSet<>(fields(base(type)).keySet());
    accepted(type, List.of("null"))
        .forEach(change -> isNull.remove(change.substring(0, change.indexOf('='))));
    assertThat(isNull).isEqualTo(missing);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "llama | hidden_size | 1073741824 | , field hidden_size: expected an integer from 1 to 131072, found 1073741824",
        "llama | num_hidden_layers | 1000000000 | , field num_hidden_layers: expected an integer from 1 to 1024, found 1000000000",
        "llama | vocab_size | 2147483647 | , field vocab_size: expected an integer from 1 to 4194304, found 2147483647",
        "llama | vocab_size | 9223372036854775808 | , field vocab_size: expected an integer from 1 to 4194304, found 9223372036854775808",
        "llama | vocab_size | absent | , field vocab_size: missing",
        "llama | vocab_size | null | , field vocab_size: is null",
        "llama | vocab_size | 264.0 | , field vocab_size: expected an integer from 1 to 4194304, found 264.0",
        "llama | num_attention_heads | 3 | , field num_attention_heads: expected a divisor of hidden_size 32, found 3",
        "llama | num_key_value_heads | 3 | , field num_key_value_heads: expected a divisor of num_attention_heads 4, found 3",
        "llama | num_key_value_heads | 8 | , field num_key_value_heads: expected an integer from 1 to 4, found 8",
        "llama | head_dim | 7 | , field head_dim: expected an even number, found 7",
        "phi | num_attention_heads | 32 | , field num_attention_heads: expected heads of an even size up to 4096, hidden_size 32 leaves 1, found 32",
        "llama | rms_norm_eps | 1 | , field rms_norm_eps: expected a number from 0 to below 1, found 1",
        "llama | hidden_act | \"gelu\" | , field hidden_act: expected one that goes with llama, found \"gelu\"",
        "falcon | activation | \"silu\" | , field activation: expected one that goes with falcon, found \"silu\"",
        "falcon | ffn_hidden_size | 0 | , field ffn_hidden_size: expected an integer from 1 to 524288, found 0",
        "phi3 | partial_rotary_factor | 0 | , field partial_rotary_factor: expected a number over 0 and at most 1, found 0",
        "phi3 | partial_rotary_factor | 0.4 | , field partial_rotary_factor: expected a share of head_dim 8 that is even and over 0, not 3 features, found 0.4",
        "phi3 | partial_rotary_factor | 0.1 | , field partial_rotary_factor: expected a share of head_dim 8 that is even and over 0, not 0 features, found 0.1",
        "phi3 | rope_theta | 1 | , field rope_theta: expected a number over 1 and at most 1e30, found 1",
        "phi3 | rope_theta | 1e31 | , field rope_theta: expected a number over 1 and at most 1e30, found 1.0E31",
        "qwen2 | rope_parameters.rope_theta | 0 | , field rope_parameters.rope_theta: expected a number over 1 and at most 1e30, found 0",
        "phi3 | rope_scaling.short_factor | [1, 1, 1] | , field rope_scaling: short_factor holds 3 numbers, must be 2",
        "phi3 | rope_scaling.long_factor | [] | , field rope_scaling: long_factor holds 0 numbers, must be 2",
        "phi3 | rope_scaling.long_factor | [1, 0] | , field rope_scaling: long_factor holds 0.0, must be over 0 and at most 1e6",
        "phi3 | rope_scaling.long_factor | [1, \"2\"] | , field rope_scaling.long_factor[1]: expected a finite number, found \"2\"",
        "phi3 | original_max_position_embeddings | 0 | , field original_max_position_embeddings: expected an integer from 1 to 16777216, found 0",
        "llama | rope_scaling.low_freq_factor | 4 | , field rope_scaling: low_freq_factor 4.0 and high_freq_factor 4.0 must be over 0, the second above the first",
        "llama | rope_scaling.factor | 0 | , field rope_scaling: RoPE scaling factor is 0.0, must be 1 to 1024",
        "llama | rope_scaling.factor | -1 | , field rope_scaling: RoPE scaling factor is -1.0, must be 1 to 1024",
        "phi | rope_scaling.factor | 1e300 | , field rope_scaling: RoPE scaling factor is 1.0E300, must be 1 to 1024",
        "qwen2 | rope_parameters.beta_fast | 0.5 | , field rope_parameters: beta_slow 1.0 and beta_fast 0.5 must be over 0, the second not below the first",
        "qwen2 | rope_parameters.attention_factor | -1 | , field rope_parameters: attention_factor is -1.0, must be over 0 and at most 100",
        "mistral | sliding_window | 0 | , field sliding_window: expected an integer from 1 to 2147483647, found 0",
        "mistral | sliding_window | -1 | , field sliding_window: expected an integer from 1 to 2147483647, found -1",
        "qwen2 | max_window_layers | -1 | , field max_window_layers: expected an integer from 0 to 2147483647, found -1",
        "qwen2 | layer_types | [\"full_attention\"] | , field layer_types: expected one for each of num_hidden_layers 2, found an array of 1",
        "qwen2 | layer_types | [\"full_attention\", 1] | , field layer_types[1]: expected a string, found 1",
        "mistral | max_position_embeddings | 16777216 | : max_position_embeddings is 33554432, must be 1 to 16777216",
        "mistral | head_dim | 2 | , field rope_scaling: dynamic RoPE needs more than 2 rotated features",
        "phi3 | rope_scaling | [1] | , field rope_scaling: expected an object, found an array of 1",
        "llama | model_type | 1 | , field model_type: expected a string, found 1",
        "llama | attention_bias | \"true\" | , field attention_bias: expected true or false, found \"true\"",
      })
  void contradictionsAreNamed(String type, String field, String value, String message) {
    Map<String, String> changed = new LinkedHashMap<>(fields(base(type)));
    changed.keySet().removeIf(name -> name.equals(field) || name.startsWith(field + "."));
    if (!value.equals(ABSENT)) {
      changed.put(field, value);
    }
    assertThatThrownBy(() -> read(document(changed)))
        .isExactlyInstanceOf(InvalidDataException.class)
        .hasMessage(FILE + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "llama | model_type | \"\" | model_type is , supported are phi3, llama, mistral, qwen2, qwen3, phi, falcon",
        "llama | model_type | \"\\u001b[2J\\n\" | model_type is ?[2J , supported are phi3, llama, mistral, qwen2, qwen3, phi, falcon",
        "llama | hidden_act | \"relu\" | hidden_act is relu, supported are silu, gelu, gelu_new, gelu_pytorch_tanh",
        "llama | rope_scaling.rope_type | \"axial\" | rope_type is axial, supported are default, linear, dynamic, llama3, yarn, longrope",
        "qwen2 | layer_types | [\"full_attention\", \"full_attention\"] | layer_types is full_attention, only sliding_attention is supported",
        "qwen2 | layer_types | [\"sliding_attention\", \"sliding_attention\"] | layer_types is sliding_attention, only full_attention is supported",
        "mistral | attention_bias | true | attention_bias is true, only false is supported",
        "phi | qk_layernorm | true | qk_layernorm is true, only false is supported",
        "falcon | alibi | true | alibi is true, only false is supported",
        "falcon | multi_query | false | multi_query is false, only true is supported",
        "falcon | num_ln_in_parallel_attn | 2 | num_ln_in_parallel_attn is 2, only 1 is supported",
      })
  void whatNoDecoderDoesIsNamed(String type, String field, String value, String message) {
    Map<String, String> changed = new LinkedHashMap<>(fields(base(type)));
    changed.put(field, value);
    assertThatThrownBy(() -> read(document(changed)))
        .isExactlyInstanceOf(UnsupportedModelException.class)
        .hasMessage(FILE + ": " + message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"model_type\": \"llama\", \"model_type\": \"llama\"}",
        "{\"hidden_size\": NaN}",
        "{\"hidden_size\": -Infinity}",
        "{\"hidden_size\": 1e999}",
        "{\"model_type\": \"llama\"} {}",
        "[]",
        "null",
        "",
        "{\"a\": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        "{\"model_type\": \"lla\\ud800\"}",
        "\ufeff{}",
      })
  void whatIsNoStrictJsonIsRefused(String json) {
    assertThatThrownBy(() -> read(json))
        .isExactlyInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(FILE + ": ");
  }

  /** Readers take the product of share and head size rounded down. */
  @Test
  void everyRotarySizeComesBack() {
    for (int size = 2; size <= 512; size += 2) {
      for (int rotary = 2; rotary <= size; rotary += 2) {
        ModelConfig config =
            ModelConfig.builder(Architecture.LLAMA).heads(4, 4, size).rotarySize(rotary).build();
        Object share = HuggingFaceConfig.write(config).get("partial_rotary_factor");
        assertThat((int) (size * (double) share)).isEqualTo(rotary);
      }
    }
    ModelConfig written =
        ModelConfig.builder(Architecture.LLAMA).heads(32, 32, 88).rotarySize(30).build();
    assertThat(read(text(HuggingFaceConfig.write(written)))).isEqualTo(written);
  }

  @Test
  void aHeadSizeThatIsNotImpliedComesBack() {
    for (Architecture architecture : List.of(Architecture.PHI2, Architecture.LLAMA)) {
      ModelConfig config =
          ModelConfig.builder(architecture)
              .heads(32, 32, 64)
              .activation(GgufLayout.of(architecture).activation())
              .biases(
                  architecture == Architecture.PHI2
                      ? java.util.EnumSet.complementOf(
                          java.util.EnumSet.of(io.telecomllm.lora.TargetModule.GATE))
                      : java.util.Set.of())
              .build();
      assertThat(read(text(HuggingFaceConfig.write(config)))).isEqualTo(config);
    }
  }
}
