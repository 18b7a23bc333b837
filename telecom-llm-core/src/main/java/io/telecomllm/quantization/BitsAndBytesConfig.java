package io.telecomllm.quantization;

import io.telecomllm.Internal;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.json.JsonView;
import io.telecomllm.tensor.DataType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the object {@code quantization_config} of a config.json. Source: {@code
 * BitsAndBytesConfig} of transformers 5.
 */
@Internal
public final class BitsAndBytesConfig {
  private static final String FIELD = "quantization_config";
  private static final String METHOD = "bitsandbytes";
  private static final int BLOCK = 64;

  /** The types of number that can hold the bytes of codes; which one changes nothing else. */
  private static final List<String> STORAGE =
      List.of("uint8", "int8", "float16", "bfloat16", "float32", "float64");

  private BitsAndBytesConfig() {}

  /**
   * Returns how a checkpoint is packed; empty if it is dense.
   *
   * @param config the whole config.json
   * @throws UnsupportedModelException naming the field, if the method is not 4-bit bitsandbytes
   */
  public static Optional<QuantizationConfig> read(JsonView config) {
    return config.optionalObject(FIELD).map(BitsAndBytesConfig::settings);
  }

  private static QuantizationConfig settings(JsonView json) {
    boolean four = json.bool("load_in_4bit", json.bool("_load_in_4bit", false));
    boolean eight = json.bool("load_in_8bit", json.bool("_load_in_8bit", false));
    // older files do not name the method
    if (!json.optionalString("quant_method").orElse(four || eight ? METHOD : "").equals(METHOD)) {
      throw unsupported(json, "quant_method", "\"" + METHOD + "\"");
    }
    if (!four) {
      throw unsupported(
          json, "load_in_4bit", "true, since only bitsandbytes' 4-bit formats are supported");
    }
    if (!STORAGE.contains(json.optionalString("bnb_4bit_quant_storage").orElse("uint8"))) {
      throw unsupported(json, "bnb_4bit_quant_storage", "one of " + STORAGE);
    }
    String type = json.optionalString("bnb_4bit_quant_type").orElse("fp4");
    for (FourBitCode code : FourBitCode.values()) {
      if (BitsAndBytes.typeName(code).equals(type)) {
        return new QuantizationConfig(code, json.bool("bnb_4bit_use_double_quant", false), BLOCK);
      }
    }
    throw unsupported(json, "bnb_4bit_quant_type", "nf4 or fp4");
  }

  private static UnsupportedModelException unsupported(
      JsonView json, String field, String expected) {
    return new UnsupportedModelException(
        String.valueOf(json.invalid(field, expected).getMessage()));
  }

  /**
   * Returns the object for a model whose linear layers are packed, as transformers writes it.
   *
   * @param compute the type that transformers will compute in: FLOAT32, BFLOAT16 or FLOAT16
   */
  public static Map<String, @Nullable Object> toMap(QuantizationConfig packing, DataType compute) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("_load_in_4bit", true);
    json.put("_load_in_8bit", false);
    json.put("bnb_4bit_compute_dtype", compute.name().toLowerCase(Locale.ROOT));
    json.put("bnb_4bit_quant_storage", "uint8");
    json.put("bnb_4bit_quant_type", BitsAndBytes.typeName(packing.code()));
    json.put("bnb_4bit_use_double_quant", packing.doubleQuantization());
    json.put("llm_int8_enable_fp32_cpu_offload", false);
    json.put("llm_int8_has_fp16_weight", false);
    json.put("llm_int8_skip_modules", null);
    json.put("llm_int8_threshold", 6.0);
    json.put("load_in_4bit", true);
    json.put("load_in_8bit", false);
    json.put("quant_method", METHOD);
    return json;
  }
}
