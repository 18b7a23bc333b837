package io.telecomllm.training.gradients;

import static io.telecomllm.testing.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.Parameter;
import io.telecomllm.lora.peft.PeftFolder;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.quantization.DynamicCode;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.HalfFloats;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.testing.Golden;
import io.telecomllm.testing.Shared;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.objective.Likelihood;
import io.telecomllm.training.optimizer.AdamW;
import io.telecomllm.training.optimizer.LearningRate;
import io.telecomllm.weights.SafetensorsFile;
import io.telecomllm.weights.SafetensorsWriter;
import io.telecomllm.weights.TensorInfo;
import io.telecomllm.weights.TensorSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole QLoRA step against transformers, PEFT and bitsandbytes: 30 steps from its own NF4
 * checkpoint.
 */
@Tag("shared")
class QLoraGoldenTest {
  private static final String EXPECTED = "goldens/qlora/expected.safetensors";
  private static final double TOLERANCE = 1e-3;

  private static LanguageModel load(Path folder) {
    return ModelLoader.of(folder).device(Device.cpu()).computeType(DataType.FLOAT32).load();
  }

  /**
   * A checkpoint of bitsandbytes, and the dense one that it was made of, packed here: the same
   * model.
   */
  @Test
  void quantizingGivesTheCheckpointOfBitsandbytes() {
    try (LanguageModel theirs = load(Shared.path("goldens/qlora/model"));
        LanguageModel ours = load(Shared.path("goldens/qlora/model-unquantized"));
        Golden golden = Golden.open(EXPECTED);
        Scope scope = Scope.open(Device.cpu())) {
      TokenBatch batch = TokenBatch.of(golden.ints("input_ids"));
      Operators ops = scope.operators();
      float[] expected =
          ops.toFloats(theirs.network().logits(batch, null, Deltas.none(), null, scope));
      float[] found = ops.toFloats(ours.network().logits(batch, null, Deltas.none(), null, scope));
      assertThat(found).isEqualTo(expected);
      // the golden logits come from a kernel that multiplies in bf16: no more than its rounding
      // apart
      assertClose("logits", found, golden.floats("logits"), 0.2);
    }
  }

  @Test
  void lossesGradientNormsAndLearningRates(@TempDir Path folder) {
    repackScales(Shared.path("goldens/qlora/model"), folder);
    try (LanguageModel model = load(folder);
        LoraAdapter adapter = PeftFolder.load(Shared.path("goldens/qlora/adapter-initial"), model);
        LoraAdapter last = PeftFolder.load(Shared.path("goldens/qlora/adapter-final"), model);
        Golden golden = Golden.open(EXPECTED);
        AdamW optimizer =
            new AdamW(adapter.parameters(), AdamW.Settings.eightBit(0.01), Device.cpu())) {
      float[] losses = golden.floats("losses");
      float[] norms = golden.floats("grad_norms");
      float[] rates = golden.floats("learning_rates");
      List<StepBatch> windows = windows(golden);
      LearningRate schedule = LearningRate.cosine(2e-3, 3, losses.length);
      for (int step = 0; step < losses.length; step++) {
        try (Scope scope = Scope.open(Device.cpu())) {
          Gradients gradients = Gradients.zeros(adapter.parameters(), scope);
          double loss =
              InProcessGradients.of(model, adapter, new Likelihood())
                  .add(windows.get(step % windows.size()), 1, gradients, scope)
                  .value();
          double norm = gradients.clip(1.0, scope);
          double rate = schedule.at(step);
          assertThat(loss).as("loss of step " + step).isCloseTo(losses[step], within(TOLERANCE));
          assertThat(norm).as("norm of step " + step).isCloseTo(norms[step], within(TOLERANCE));
          assertThat(rate).as("rate of step " + step).isCloseTo(rates[step], within(1e-8));
          optimizer.step(gradients, rate);
        }
      }
      try (Scope scope = Scope.open(Device.cpu())) {
        Operators ops = scope.operators();
        for (int i = 0; i < last.parameters().size(); i++) {
          Parameter expected = last.parameters().get(i);
          Parameter found = adapter.parameters().get(i);
          assertThat(found.name()).isEqualTo(expected.name());
          // a code on the edge between two may fall either way: a few values differ by a step's
          // worth
          assertThat(meanDifference(ops.toFloats(found.value()), ops.toFloats(expected.value())))
              .as(found.name())
              .isLessThan(1e-4);
        }
      }
    }
  }

  /**
   * The golden run was taken after a forward pass in evaluation mode, for which bitsandbytes 0.50
   * packs its weights for AVX512-BF16 and then unpacks them for training: that rounds the scales to
   * bf16 and quantises them anew. The same is done to the scales here; the codes stay.
   */
  private static void repackScales(Path from, Path to) {
    try (TensorSource source = SafetensorsFile.open(from.resolve("model.safetensors"));
        Scope scope = Scope.open(Device.cpu())) {
      Files.copy(from.resolve("config.json"), to.resolve("config.json"));
      Operators ops = scope.operators();
      Map<String, SafetensorsWriter.Tensor> tensors = new LinkedHashMap<>();
      for (String name : source.names()) {
        TensorInfo info = source.info(name);
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(info.bytes()));
        source.read(name, bytes);
        tensors.put(
            name,
            SafetensorsWriter.Tensor.of(
                info.encoding().dataType().orElseThrow(), info.shape(), bytes.flip()));
      }
      String state = ".quant_state.bitsandbytes__nf4";
      source.names().stream()
          .filter(name -> name.endsWith(state))
          .map(name -> name.substring(0, name.length() - state.length()))
          .forEach(weight -> repack(weight, weight + state, tensors, ops));
      SafetensorsWriter.write(to.resolve("model.safetensors"), tensors, Map.of("format", "pt"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void repack(
      String weight, String state, Map<String, SafetensorsWriter.Tensor> tensors, Operators ops) {
    String json = StandardCharsets.UTF_8.decode(bytes(tensors, state)).toString();
    Matcher offset = Pattern.compile("\"nested_offset\": ([-+.\\deE]+)").matcher(json);
    assertThat(offset.find()).isTrue();
    float[] code = new float[256];
    bytes(tensors, weight + ".nested_quant_map").asFloatBuffer().get(code);
    ByteBuffer nestedBytes = bytes(tensors, weight + ".nested_absmax");
    float[] nested = new float[nestedBytes.remaining() / Float.BYTES];
    nestedBytes.asFloatBuffer().get(nested);
    ByteBuffer codes = bytes(tensors, weight + ".absmax");
    float[] scales = new float[codes.remaining()];
    for (int i = 0; i < scales.length; i++) {
      float scale = code[codes.get(i) & 0xff] * nested[i / 256] + Float.parseFloat(offset.group(1));
      scales[i] = Float.intBitsToFloat(HalfFloats.toBfloat16(scale) << 16);
    }
    Tensor rounded = ops.floats(scales, scales.length);
    double mean = ops.mean(rounded);
    ops.addScalarInPlace(rounded, -mean);
    Operators.Pair again =
        ops.packing().quantizeBlockwise(rounded, ops.bytes(DynamicCode.nearest(code)), 256);
    List<Long> count = List.of((long) scales.length);
    tensors.put(
        weight + ".absmax",
        SafetensorsWriter.Tensor.of(DataType.UINT8, count, again.first().bytes()));
    tensors.put(
        weight + ".nested_absmax",
        SafetensorsWriter.Tensor.ofFloats(
            List.of((long) nested.length), ops.toFloats(again.second())));
    byte[] changed =
        offset.replaceFirst("\"nested_offset\": " + mean).getBytes(StandardCharsets.UTF_8);
    tensors.put(
        state,
        SafetensorsWriter.Tensor.of(
            DataType.UINT8, List.of((long) changed.length), ByteBuffer.wrap(changed)));
  }

  private static ByteBuffer bytes(Map<String, SafetensorsWriter.Tensor> tensors, String name) {
    return tensors.get(name).bytes().get().duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static double meanDifference(float[] found, float[] expected) {
    double sum = 0;
    for (int i = 0; i < found.length; i++) {
      sum += Math.abs(found[i] - expected[i]);
    }
    return sum / found.length;
  }

  private static List<StepBatch> windows(Golden golden) {
    List<StepBatch> windows = new ArrayList<>();
    for (int k = 0; golden.names().contains("train." + k + ".input_ids"); k++) {
      int[] ids = golden.ints("train." + k + ".input_ids");
      int[] labels = golden.ints("train." + k + ".labels");
      int length = golden.shape("train." + k + ".labels")[1];
      List<Example> examples = new ArrayList<>();
      for (int from = 0; from < ids.length; from += length) {
        examples.add(
            new Example(
                Arrays.copyOfRange(ids, from, from + length),
                Arrays.copyOfRange(labels, from, from + length)));
      }
      windows.add(new StepBatch(List.of(PackedBatch.of(examples))));
    }
    return windows;
  }
}
