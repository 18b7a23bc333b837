package io.telecomllm.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.HalfFloats;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.testing.Shared;
import io.telecomllm.weights.SafetensorsFile;
import io.telecomllm.weights.SafetensorsWriter;
import io.telecomllm.weights.TensorSource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BitsAndBytesTest {
  private static final String STATE = "w.quant_state.bitsandbytes__nf4";

  @TempDir Path folder;

  private static ByteBuffer bytes(TensorSource source, String name) {
    ByteBuffer bytes = ByteBuffer.allocate((int) source.info(name).bytes());
    source.read(name, bytes);
    return bytes.flip();
  }

  private static Object json(TensorSource source, String name) {
    return StrictJson.parse(name, bytes(source, name).array());
  }

  @Tag("shared")
  @Test
  void whatBitsandbytesWroteIsWrittenAgainEqual() {
    Path original = Shared.path("goldens/qlora/model").resolve("model.safetensors");
    Path copy = folder.resolve("copy.safetensors");
    try (TensorSource source = SafetensorsFile.open(original);
        Scope scope = Scope.open(Device.cpu())) {
      Map<String, SafetensorsWriter.Tensor> tensors = new LinkedHashMap<>();
      int packed = 0;
      for (String name : source.names()) {
        if (BitsAndBytes.isPacked(source, name)) {
          String state = name + ".quant_state.bitsandbytes__nf4";
          List<Long> shape =
              StrictJson.parseObject(state, bytes(source, state).array())
                  .integers("shape", 1, 1 << 20);
          FourBitWeight weight =
              BitsAndBytes.read(
                  source, name, shape.get(0).intValue(), shape.get(1).intValue(), scope);
          tensors.putAll(BitsAndBytes.tensors(name, weight, DataType.FLOAT32, Device.cpu()));
          packed++;
        } else if (!name.contains(".weight.")) {
          tensors.put(
              name,
              SafetensorsWriter.Tensor.of(
                  source.info(name).encoding().dataType().orElseThrow(),
                  source.info(name).shape(),
                  bytes(source, name)));
        }
      }
      assertThat(packed).isPositive();
      SafetensorsWriter.write(copy, tensors, source.metadata());
      try (TensorSource written = SafetensorsFile.open(copy)) {
        assertThat(written.names()).hasSameElementsAs(source.names());
        for (String name : source.names()) {
          if (name.contains(".quant_state.")) {
            assertThat(json(written, name)).as(name).isEqualTo(json(source, name));
          } else {
            assertThat(written.info(name).shape()).isEqualTo(source.info(name).shape());
            assertThat(bytes(written, name)).as(name).isEqualTo(bytes(source, name));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"NF4,false", "NF4,true", "FP4,false", "FP4,true"})
  void aWeightOfEitherCodeComesBack(FourBitCode code, boolean nested) {
    float[] values = new float[128 * 130];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i * 0.37) * (1 + i % 17);
    }
    QuantizationConfig config = new QuantizationConfig(code, nested, 128);
    Path file = folder.resolve("w.safetensors");
    try (Scope scope = Scope.open(Device.cpu())) {
      FourBitWeight weight = config.quantize(scope.operators().floats(values, 128, 130), scope);
      Map<String, SafetensorsWriter.Tensor> tensors =
          BitsAndBytes.tensors("w", weight, DataType.BFLOAT16, Device.cpu());
      SafetensorsWriter.write(file, tensors, Map.of());
      try (TensorSource source = SafetensorsFile.open(file)) {
        assertThat(BitsAndBytes.isPacked(source, "w")).isTrue();
        assertThat(BitsAndBytes.isPacked(source, "v")).isFalse();
        FourBitWeight read = BitsAndBytes.read(source, "w", 128, 130, scope);
        assertThat(read.code()).isEqualTo(code);
        assertThat(read.block()).isEqualTo(128);
        assertThat(scope.operators().toFloats(read.toFloats(scope)))
            .isEqualTo(scope.operators().toFloats(weight.toFloats(scope)));
        JsonView state =
            StrictJson.parseObject(
                "state",
                bytes(source, "w.quant_state.bitsandbytes__" + BitsAndBytes.typeName(code))
                    .array());
        assertThat(state.string("dtype")).isEqualTo("bfloat16");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"BFLOAT16", "FLOAT16", "FLOAT32"})
  void codesMayBeStoredAsNumbersOfAnotherType(DataType storage) {
    Path file = folder.resolve("storage.safetensors");
    try (Scope scope = Scope.open(Device.cpu())) {
      FourBitWeight weight = QuantizationConfig.nf4().quantize(ramp(scope), scope);
      Map<String, SafetensorsWriter.Tensor> tensors =
          BitsAndBytes.tensors("w", weight, DataType.FLOAT32, Device.cpu());
      ByteBuffer codes = tensors.get("w").bytes().get();
      long values = (long) codes.remaining() / storage.bytes();
      tensors.put("w", SafetensorsWriter.Tensor.of(storage, List.of(values, 1L), codes));
      SafetensorsWriter.write(file, tensors, Map.of());
      try (TensorSource source = SafetensorsFile.open(file)) {
        assertThat(values(scope, BitsAndBytes.read(source, "w", 64, 96, scope)))
            .isEqualTo(values(scope, weight));
      }
    }
  }

  private static Tensor ramp(Scope scope) {
    float[] values = new float[64 * 96];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i * 0.37) * (1 + i % 17);
    }
    return scope.operators().floats(values, 64, 96);
  }

  private static float[] values(Scope scope, FourBitWeight weight) {
    return scope.operators().toFloats(weight.toFloats(scope));
  }

  /**
   * bitsandbytes 0.50.0 on torch 2.7.1 unpacks the scales in that type and adds the offset, itself
   * rounded to it; then it goes to fp32.
   */
  @ParameterizedTest
  @CsvSource({"FLOAT32", "BFLOAT16", "FLOAT16"})
  void nestedScalesAreUnpackedInTheTypeThatTheStateNames(DataType type) {
    Path file = folder.resolve("nested.safetensors");
    try (Scope scope = Scope.open(Device.cpu())) {
      Operators ops = scope.operators();
      FourBitWeight weight = QuantizationConfig.nf4().quantize(ramp(scope), scope);
      BlockScales.Nested own = (BlockScales.Nested) weight.scales();
      BlockScales.Nested typed =
          new BlockScales.Nested(own.codes(), own.nested(), own.table(), own.offset(), type);
      FourBitWeight changed =
          new FourBitWeight(weight.code(), 64, 96, weight.block(), weight.packed(), typed);
      SafetensorsWriter.write(
          file, BitsAndBytes.tensors("w", changed, DataType.FLOAT32, Device.cpu()), Map.of());
      float[] table = ops.toFloats(own.table());
      float[] nested = ops.toFloats(own.nested());
      float[] codes = ops.toFloats(own.codes());
      try (TensorSource source = SafetensorsFile.open(file)) {
        JsonView state = StrictJson.parseObject("state", bytes(source, STATE).array());
        assertThat(state.string("nested_dtype")).isEqualTo(type.name().toLowerCase(Locale.ROOT));
        FourBitWeight read = BitsAndBytes.read(source, "w", 64, 96, scope);
        float[] scales = ops.toFloats(read.scales().values(ops));
        for (int i = 0; i < scales.length; i++) {
          float centred = rounded(table[(int) codes[i]] * nested[i / 256], type);
          assertThat(scales[i]).isEqualTo(rounded(centred + rounded(own.offset(), type), type));
        }
      }
    }
  }

  private static float rounded(float value, DataType type) {
    return switch (type) {
      case BFLOAT16 -> Float.intBitsToFloat(HalfFloats.toBfloat16(value) << 16);
      case FLOAT16 -> Half.round(value);
      default -> value;
    };
  }

  /** Values of fp16 by the definition: 11 binary digits, in the range of these scales. */
  private static final class Half {
    private static float round(float value) {
      double unit = Math.pow(2, Math.getExponent(value) - 10);
      return (float) (Math.rint(value / unit) * unit);
    }
  }

  private static Map<String, SafetensorsWriter.Tensor> valid(Scope scope) {
    return BitsAndBytes.tensors(
        "w",
        QuantizationConfig.nf4().quantize(scope.operators().floats(new float[512], 8, 64), scope),
        DataType.FLOAT32,
        Device.cpu());
  }

  private static SafetensorsWriter.Tensor text(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return SafetensorsWriter.Tensor.of(
        DataType.UINT8, List.of((long) bytes.length), ByteBuffer.wrap(bytes));
  }

  private void refused(Consumer<Map<String, SafetensorsWriter.Tensor>> damage, String message) {
    Path file = folder.resolve("damaged.safetensors");
    try (Scope scope = Scope.open(Device.cpu())) {
      Map<String, SafetensorsWriter.Tensor> tensors = valid(scope);
      damage.accept(tensors);
      SafetensorsWriter.write(file, tensors, Map.of());
      try (TensorSource source = SafetensorsFile.open(file)) {
        assertThatThrownBy(() -> BitsAndBytes.read(source, "w", 8, 64, scope))
            .isInstanceOf(InvalidDataException.class)
            .hasMessageStartingWith(file.toString())
            .hasMessageContaining(message);
      }
    }
  }

  private void refusedState(String from, String to, String message) {
    refused(
        tensors -> {
          ByteBuffer json = tensors.get(STATE).bytes().get().duplicate();
          String state = StandardCharsets.UTF_8.decode(json).toString();
          assertThat(state).contains(from);
          tensors.put(STATE, text(state.replace(from, to)));
        },
        ", tensor " + STATE + message);
  }

  @Test
  void damagedStatesAreRefusedByField() {
    refusedState("\"shape\":[8,64]", "\"shape\":[64,8]", ", field shape: expected [8, 64]");
    refusedState("\"shape\":[8,64]", "\"shape\":[512]", ", field shape: expected [8, 64]");
    refusedState("\"shape\":[8,64]", "\"shape\":[-8,-64]", ", field shape[0]: expected an integer");
    refusedState("\"shape\":[8,64],", "", ", field shape: missing");
    refusedState(
        "\"quant_type\":\"nf4\"", "\"quant_type\":\"fp4\"", ", field quant_type: expected");
    refusedState("\"quant_type\":\"nf4\",", "", ", field quant_type: missing");
    for (String block : List.of("0", "-64", "1", "48", "96", "8192", "4294967296", "1e400")) {
      refusedState("\"blocksize\":64", "\"blocksize\":" + block, "");
    }
    refusedState(
        "\"blocksize\":64",
        "\"blocksize\":1024",
        ", field blocksize: expected a power of two that divides 512, found 1024");
    refusedState("\"blocksize\":64,", "", ", field blocksize: missing");
    refusedState("\"nested_blocksize\":256", "\"nested_blocksize\":1", ", field nested_blocksize");
    refusedState("\"nested_offset\":0.0", "\"nested_offset\":1e300", ", field nested_offset");
    refusedState("\"nested_offset\":0.0", "\"nested_offset\":\"x\"", ", field nested_offset");
    refusedState("{", "[", ": not JSON");
    refused(
        tensors -> tensors.put(STATE, text(" ".repeat(70_000) + "{}")),
        ", tensor " + STATE + ": 70002 bytes of JSON");
    refused(
        tensors -> tensors.put("w.quant_state.bitsandbytes__fp4", tensors.get(STATE)),
        ", tensor w: expected one quant_state, nf4 or fp4, found [NF4, FP4]");
  }

  @Test
  void tensorsThatDoNotFitAreRefusedByName() {
    refused(
        tensors -> tensors.put("w", text("x".repeat(255))),
        ", tensor w: expected 256 values of U8, found U8 of shape [255]");
    refused(
        tensors ->
            tensors.put("w", SafetensorsWriter.Tensor.ofFloats(List.of(256L), new float[256])),
        ", tensor w: expected 256 values of U8, found F32 of shape [256]");
    refused(
        tensors -> tensors.put("w.absmax", text("1234567")),
        ", tensor w.absmax: expected 8 values of U8, found U8 of shape [7]");
    refused(
        tensors ->
            tensors.put("w.nested_absmax", SafetensorsWriter.Tensor.ofFloats(List.of(2L), 1f, 1f)),
        ", tensor w.nested_absmax: expected 1 values of F32, found F32 of shape [2]");
    refused(
        tensors ->
            tensors.put(
                "w.nested_quant_map",
                SafetensorsWriter.Tensor.ofFloats(List.of(16L), new float[16])),
        ", tensor w.nested_quant_map: expected 256 values of F32, found F32 of shape [16]");
    refused(
        tensors ->
            tensors.put(
                "w.quant_map",
                SafetensorsWriter.Tensor.ofFloats(List.of(16L), FourBitCode.FP4.table())),
        ", tensor w.quant_map: expected the 16 values of the code, found 0.0 at 0");
    for (String part : List.of("w", "w.absmax", "w.quant_map", "w.nested_absmax")) {
      refused(tensors -> tensors.remove(part), ": no tensor " + part + " among 5");
    }
  }

  private static JsonView config(String json) {
    return StrictJson.parseObject("config.json", json.getBytes(StandardCharsets.UTF_8));
  }

  @Tag("shared")
  @Test
  void theConfigurationIsReadAndWritten() {
    JsonView golden = StrictJson.read(Shared.path("goldens/qlora/model").resolve("config.json"));
    QuantizationConfig packing = BitsAndBytesConfig.read(golden).orElseThrow();
    assertThat(packing).isEqualTo(QuantizationConfig.nf4());
    assertThat(BitsAndBytesConfig.toMap(packing, DataType.FLOAT32))
        .isEqualTo(golden.value("quantization_config"));
    assertThat(BitsAndBytesConfig.read(config("{}"))).isEmpty();
    assertThat(BitsAndBytesConfig.read(config("{\"quantization_config\":{\"load_in_4bit\":true}}")))
        .contains(new QuantizationConfig(FourBitCode.FP4, false, 64));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'quant_method':'gptq','bits':4| quant_method: expected \"bitsandbytes\", found \"gptq\"",
        "'quant_method':'awq'| quant_method: expected \"bitsandbytes\", found \"awq\"",
        "'quant_method':'fp8'| quant_method: expected \"bitsandbytes\", found \"fp8\"",
        "'bits':4| quant_method: expected \"bitsandbytes\", found nothing",
        "'quant_method':'bitsandbytes','load_in_8bit':true| load_in_4bit: expected true",
        "'load_in_4bit':true,'bnb_4bit_quant_type':'int4'| bnb_4bit_quant_type: expected nf4 or",
        "'load_in_4bit':true,'bnb_4bit_quant_storage':'int32'| bnb_4bit_quant_storage: expected"
      })
  void otherMethodsAreRefusedByName(String fields, String message) {
    String json = "{\"quantization_config\":{" + fields.replace('\'', '"') + "}}";
    assertThatThrownBy(() -> BitsAndBytesConfig.read(config(json)))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageStartingWith("config.json, field quantization_config." + message);
  }
}
