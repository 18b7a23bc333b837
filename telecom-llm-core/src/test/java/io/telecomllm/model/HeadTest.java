package io.telecomllm.model;

import static io.telecomllm.testing.Vectors.assertClose;
import static io.telecomllm.testing.Vectors.maxDifference;
import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.Parameter;
import io.telecomllm.quantization.BlockWeight;
import io.telecomllm.quantization.ByteTable;
import io.telecomllm.quantization.DenseWeight;
import io.telecomllm.quantization.Table;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.weights.Encoding;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A head and an embedding in blocks of a GGUF file give what their unpacked matrices give. */
class HeadTest {
  private static final int VOCABULARY = 9000; // several pieces
  private static final int HIDDEN = 256;
  private static final int ROWS = 7;

  private final Scope scope = Scope.open(Device.cpu());
  private final Operators ops = scope.operators();
  private final Random random = new Random(3);
  private final BlockWeight blocks = blocks();
  private final Tensor bias = ops.floats(floats(VOCABULARY), VOCABULARY);
  private final long[] ids = {8999, 3, 17, 4096, 3};

  private BlockWeight blocks() {
    Tensor raw =
        ops.filled(
            DataType.UINT8, this::fill, VOCABULARY, BlockWeight.rowBytes(Encoding.Q4_K, HIDDEN));
    return new BlockWeight(Encoding.Q4_K, VOCABULARY, HIDDEN, raw);
  }

  /** Random blocks whose scale and minimum, the first four bytes, are about 0.004. */
  private void fill(ByteBuffer raw) {
    byte[] block = new byte[Encoding.Q4_K.blockBytes()];
    while (raw.hasRemaining()) {
      random.nextBytes(block);
      block[1] = 0x1c;
      block[3] = 0x1c;
      raw.put(block);
    }
  }

  private float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private Workspace workspace = new Workspace(Device.cpu(), DataType.FLOAT32);

  private void in(DataType type) {
    workspace.close();
    workspace = new Workspace(Device.cpu(), type);
  }

  @BeforeEach
  void severalPieces() {
    assertThat(blocks.step()).isLessThan(VOCABULARY / 2);
  }

  @AfterEach
  void close() {
    workspace.close();
    scope.close();
  }

  private Tensor hidden(DataType type) {
    return ops.to(ops.floats(floats(ROWS * HIDDEN), ROWS, HIDDEN), type);
  }

  /** The matrix without rounding, dense in fp32. */
  private Table exact() {
    return new DenseWeight(blocks.copy(workspace, DataType.FLOAT32, scope), DataType.FLOAT32);
  }

  private Head head(Table table) {
    return new Head("lm_head.weight", table, "lm_head.bias", bias);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16", "FLOAT16"})
  void logitsAreThoseOfTheMatrixWithoutRounding(DataType type) {
    in(type);
    Tensor h = hidden(type);
    float[] expected =
        ops.toFloats(head(exact()).logits(workspace, scope, ops.to(h, DataType.FLOAT32)));
    float[] all = ops.toFloats(head(blocks).logits(workspace, scope, h));
    // sums of 256 products of up to 15
    assertClose("logits", all, expected, 1e-4);
    float[] some = ops.toFloats(head(blocks).logits(workspace, scope, h, ids));
    float[] picked = new float[ROWS * ids.length];
    for (int i = 0; i < picked.length; i++) {
      picked[i] = expected[i / ids.length * VOCABULARY + (int) ids[i % ids.length]];
    }
    assertClose("logits of some tokens", some, picked, 1e-4);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16"})
  void aHeadOfBytesGivesTheLogitsOfItsBlocks(DataType type) {
    in(type);
    BlockWeight six =
        new BlockWeight(
            Encoding.Q6_K,
            VOCABULARY,
            HIDDEN,
            ops.filled(DataType.UINT8, this::fillSix, VOCABULARY, Encoding.Q6_K.blockBytes()));
    ByteTable bytes = ByteTable.of(six, scope);
    Tensor h = hidden(type);
    for (Tensor some : List.of(h, ops.narrow(h, 0, 2, 1))) {
      float[] expected = ops.toFloats(head(six).logits(workspace, scope, some));
      assertThat(maxDifference(expected, new float[expected.length])).isGreaterThan(1);
      assertClose(
          "logits", ops.toFloats(head(bytes).logits(workspace, scope, some)), expected, 1e-4);
      assertClose(
          "logits of some tokens",
          ops.toFloats(head(bytes).logits(workspace, scope, some, ids)),
          ops.toFloats(head(six).logits(workspace, scope, some, ids)),
          1e-4);
      Tensor plain = new Head("w", bytes, "b", null).logits(workspace, scope, some);
      ops.biasInPlace(plain, bias);
      assertClose("without bias", ops.toFloats(plain), expected, 1e-4);
    }
    Losses expected = losses(six, h, 3, 0.1);
    Losses found = losses(bytes, h, 3, 0.1);
    assertClose("loss", found.sum(), expected.sum(), 1e-5 * expected.sum()[0]);
    assertClose("gradient of h", found.ofHidden(), expected.ofHidden(), 1e-3);
  }

  /** Random blocks whose scale, the last two bytes, is about 0.0005. */
  private void fillSix(ByteBuffer raw) {
    byte[] block = new byte[Encoding.Q6_K.blockBytes()];
    while (raw.hasRemaining()) {
      random.nextBytes(block);
      block[209] = 0x10;
      raw.put(block);
    }
  }

  private record Losses(float[] sum, float[] ofHidden, float[] ofBias) {}

  private Losses losses(Table table, Tensor h, int chunk, double smoothing) {
    int[] labels = IntStream.range(0, ROWS).map(i -> i * 1234).toArray();
    float[] weights = {1, 0.5f, 2, 0, 1, 1, 0.25f};
    Gradients gradients = Gradients.zeros(List.of(new Parameter("lm_head.bias", bias)), scope);
    Operators.Pair loss =
        head(table)
            .crossEntropy(
                workspace,
                scope,
                h,
                ops.longs(labels),
                ops.floats(weights, ROWS),
                chunk,
                smoothing,
                gradients);
    return new Losses(
        ops.toFloats(loss.first()),
        ops.toFloats(loss.second()),
        ops.toFloats(gradients.require("lm_head.bias")));
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32, 0, 1e-5", "FLOAT32, 0.1, 1e-5", "BFLOAT16, 0.1, 0.01", "FLOAT16, 0, 0.002"})
  void lossAndGradientsAreThoseOfTheDenseMatrix(DataType type, double smoothing, double tolerance) {
    in(type);
    Tensor h = hidden(type);
    for (int chunk : new int[] {3, ROWS}) {
      Losses expected = losses(exact(), ops.to(h, DataType.FLOAT32), chunk, smoothing);
      Losses found = losses(blocks, h, chunk, smoothing);
      assertThat(expected.sum()[0]).isPositive();
      assertClose("loss", found.sum(), expected.sum(), 1e-5 * expected.sum()[0]);
      double largest = maxDifference(expected.ofHidden(), new float[ROWS * HIDDEN]);
      assertClose("gradient of h", found.ofHidden(), expected.ofHidden(), tolerance * largest);
      assertClose("gradient of the bias", found.ofBias(), expected.ofBias(), 1e-5);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16", "FLOAT16"})
  void rowsAreLookedUpInTheComputeType(DataType type) {
    in(type);
    Tensor found = blocks.lookUp(workspace, ops.longs(ids), scope);
    assertThat(ops.typeOf(found)).isEqualTo(type);
    Tensor expected =
        ops.to(ops.selectRows(((DenseWeight) exact()).matrix(), ops.longs(ids)), type);
    assertThat(ops.toFloats(found)).isEqualTo(ops.toFloats(expected));
  }

  @Test
  void itIsAsLargeAsItsBlocks() {
    assertThat(blocks.bytes()).isEqualTo(VOCABULARY * 144L);
  }
}
