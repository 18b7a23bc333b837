package io.telecomllm.quantization;

import io.telecomllm.Internal;
import io.telecomllm.InvalidDataException;
import io.telecomllm.json.JsonText;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.weights.SafetensorsWriter;
import io.telecomllm.weights.TensorReader;
import io.telecomllm.weights.TensorSource;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads and writes 4-bit weights in the checkpoint format of bitsandbytes: a tensor of codes under
 * the weight's own name, others for its scales and tables, and a small JSON object as the bytes of
 * a tensor. Source: {@code QuantState.as_dict} and {@code from_dict} of bitsandbytes 0.50.
 */
@Internal
public final class BitsAndBytes {
  private static final String STATE = ".quant_state.bitsandbytes__";
  private static final int MAX_STATE_BYTES = 1 << 16;
  private static final List<DataType> COMPUTED =
      List.of(DataType.FLOAT32, DataType.BFLOAT16, DataType.FLOAT16);

  private BitsAndBytes() {}

  /** Returns whether a checkpoint holds this weight packed to 4 bits. */
  public static boolean isPacked(TensorSource source, String name) {
    for (FourBitCode code : FourBitCode.values()) {
      if (source.names().contains(stateName(name, code))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Reads a weight (out, in) straight into memory owned by the scope.
   *
   * @throws InvalidDataException naming file, tensor and field, if a part is missing, does not fit
   *     the shape, or is not as bitsandbytes writes it
   */
  public static FourBitWeight read(TensorSource source, String name, int out, int in, Scope scope) {
    FourBitCode code = code(source, name);
    JsonView state = state(source, stateName(name, code));
    if (!state.integers("shape", 1, Integer.MAX_VALUE).equals(List.of((long) out, (long) in))) {
      throw state.invalid("shape", "[" + out + ", " + in + "] as the configuration has it");
    }
    if (!state.string("quant_type").equals(typeName(code))) {
      throw state.invalid("quant_type", "\"" + typeName(code) + "\" as in the tensor's name");
    }
    long elements = (long) out * in;
    int block = state.integer("blocksize", 32, 4096);
    if (Integer.bitCount(block) != 1 || elements % block != 0) {
      throw state.invalid("blocksize", "a power of two that divides " + elements);
    }
    checkTable(source, name + ".quant_map", code.table());
    // with bnb_4bit_quant_storage the bytes of the codes are stored as numbers of another type
    Tensor packed = TensorReader.readBytes(source, name, elements / 2, scope);
    return new FourBitWeight(
        code, out, in, block, packed, scales(source, name, state, elements / block, scope));
  }

  private static BlockScales scales(
      TensorSource source, String name, JsonView state, long blocks, Scope scope) {
    String scales = name + ".absmax";
    if (!state.has("nested_blocksize")) {
      return new BlockScales.Plain(
          TensorReader.read(source, scales, DataType.FLOAT32, scope, blocks));
    }
    int nested =
        state.integer("nested_blocksize", BlockScales.Nested.BLOCK, BlockScales.Nested.BLOCK);
    float offset = (float) state.number("nested_offset");
    if (!Float.isFinite(offset)) {
      throw state.invalid("nested_offset", "a number of single precision");
    }
    long groups = (blocks + nested - 1) / nested;
    return new BlockScales.Nested(
        TensorReader.read(source, scales, DataType.UINT8, scope, blocks),
        TensorReader.read(source, name + ".nested_absmax", DataType.FLOAT32, scope, groups),
        TensorReader.read(source, name + ".nested_quant_map", DataType.FLOAT32, scope, 256),
        offset,
        nestedType(state));
  }

  private static DataType nestedType(JsonView state) {
    String name = state.optionalString("nested_dtype").orElse("float32");
    return COMPUTED.stream()
        .filter(type -> typeName(type).equals(name))
        .findFirst()
        .orElseThrow(
            () -> state.invalid("nested_dtype", "\"float32\", \"bfloat16\" or \"float16\""));
  }

  private static FourBitCode code(TensorSource source, String name) {
    List<FourBitCode> codes =
        List.of(FourBitCode.values()).stream()
            .filter(code -> source.names().contains(stateName(name, code)))
            .toList();
    if (codes.size() != 1) {
      throw new InvalidDataException(
          source.path()
              + ", tensor "
              + name
              + ": expected one quant_state, nf4 or fp4, found "
              + codes);
    }
    return codes.get(0);
  }

  private static JsonView state(TensorSource source, String name) {
    long bytes = source.info(name).bytes();
    if (bytes > MAX_STATE_BYTES) {
      throw new InvalidDataException(
          source.path()
              + ", tensor "
              + name
              + ": "
              + bytes
              + " bytes of JSON, expected at most "
              + MAX_STATE_BYTES);
    }
    byte[] json = new byte[(int) bytes];
    source.read(name, ByteBuffer.wrap(json));
    return StrictJson.parseObject(source.path() + ", tensor " + name, json);
  }

  /** Checks that the file's table has the values that the library decodes with. */
  private static void checkTable(TensorSource source, String name, float[] expected) {
    long size = source.info(name).elements();
    float[] found = new float[expected.length];
    if (size == expected.length) {
      source.readFloats(name, FloatBuffer.wrap(found));
    }
    for (int i = 0; i < expected.length; i++) {
      if (size != expected.length || !(Math.abs(found[i] - expected[i]) < 1e-6f)) {
        throw new InvalidDataException(
            source.path()
                + ", tensor "
                + name
                + ": expected the 16 values of the code, found "
                + (size != expected.length ? size + " values" : found[i] + " at " + i));
      }
    }
  }

  /**
   * Returns the tensors of a weight, with bitsandbytes' names and in its order. They are views of
   * the weight's memory, or copied from a GPU one by one when they are written.
   *
   * @param name the weight's name, such as {@code model.layers.0.mlp.down_proj.weight}
   * @param type the type that bitsandbytes will unpack to: FLOAT32, BFLOAT16 or FLOAT16
   * @param device the device of the weight
   */
  public static Map<String, SafetensorsWriter.Tensor> tensors(
      String name, FourBitWeight weight, DataType type, Device device) {
    Map<String, SafetensorsWriter.Tensor> all = new LinkedHashMap<>();
    all.put(name, native8(weight.packed(), device, weight.packed().elements(), 1L));
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("quant_type", typeName(weight.code()));
    state.put("blocksize", weight.block());
    state.put("dtype", typeName(type));
    state.put("shape", List.of(weight.out(), weight.in()));
    float[] table = weight.code().table();
    if (weight.scales() instanceof BlockScales.Nested nested) {
      all.put(name + ".absmax", native8(nested.codes(), device, nested.count()));
      all.put(name + ".quant_map", floats(table));
      all.put(name + ".nested_absmax", floats(values(nested.nested())));
      all.put(name + ".nested_quant_map", floats(values(nested.table())));
      state.put("nested_blocksize", BlockScales.Nested.BLOCK);
      state.put("nested_dtype", typeName(nested.type()));
      state.put("nested_offset", (double) nested.offset());
    } else if (weight.scales() instanceof BlockScales.Plain plain) {
      all.put(name + ".absmax", floats(values(plain.scales())));
      all.put(name + ".quant_map", floats(table));
    }
    byte[] json = JsonText.line(state).getBytes(StandardCharsets.UTF_8);
    all.put(
        stateName(name, weight.code()),
        SafetensorsWriter.Tensor.of(
            DataType.UINT8, List.of((long) json.length), ByteBuffer.wrap(json)));
    return all;
  }

  private static SafetensorsWriter.Tensor native8(Tensor tensor, Device device, Long... shape) {
    return new SafetensorsWriter.Tensor(
        DataType.UINT8,
        List.of(shape),
        () -> {
          if (device.kind() == Device.Kind.CPU) {
            return tensor.bytes();
          }
          try (Scope host = Scope.open(Device.cpu())) {
            ByteBuffer bytes = host.operators().to(tensor, DataType.UINT8).bytes();
            return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
          }
        });
  }

  private static SafetensorsWriter.Tensor floats(float... values) {
    return SafetensorsWriter.Tensor.ofFloats(List.of((long) values.length), values);
  }

  private static float[] values(Tensor tensor) {
    try (Scope host = Scope.open(Device.cpu())) {
      Operators ops = host.operators();
      return ops.toFloats(tensor);
    }
  }

  private static String stateName(String name, FourBitCode code) {
    return name + STATE + typeName(code);
  }

  private static String typeName(DataType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  static String typeName(FourBitCode code) {
    return code.name().toLowerCase(Locale.ROOT);
  }
}
