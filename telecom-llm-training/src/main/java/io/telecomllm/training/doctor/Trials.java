package io.telecomllm.training.doctor;

import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.TargetModule;
import io.telecomllm.model.Activation;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.KvCache;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.quantization.BlockWeight;
import io.telecomllm.quantization.ByteTable;
import io.telecomllm.quantization.DenseWeight;
import io.telecomllm.quantization.GroupPacking;
import io.telecomllm.quantization.GroupWeight;
import io.telecomllm.quantization.Int8Packing;
import io.telecomllm.quantization.Int8Weight;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.optimizer.AdamW;
import io.telecomllm.training.run.Optimization;
import io.telecomllm.training.settings.OptimizerConfig;
import io.telecomllm.weights.Encoding;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** Small models with random weights, trained for a step and asked once, on any device. */
final class Trials {
  private static final int VOCABULARY = 256;
  private static final double DEVIATION = 0.05;
  private static final double RATE = 1e-3;

  private Trials() {}

  /** Trains and asks one model of each kind of layer and of adapter. */
  static void run(Device device, DataType type) {
    ModelConfig plain = shape(Architecture.PHI3).build();
    trial(ModelLoader.random(plain, DEVIATION, 1), device, type, LoraConfig.defaults(), true);
    ModelConfig biased =
        shape(Architecture.PHI2)
            .activation(Activation.GELU_TANH)
            .rotarySize(8)
            .biases(EnumSet.complementOf(EnumSet.of(TargetModule.GATE)))
            .build();
    LoraConfig dora = LoraConfig.builder().rank(4).alpha(8).dora(true).dropout(0.1).build();
    trial(ModelLoader.random(biased, DEVIATION, 2), device, type, dora, false);
    ModelConfig falcon = shape(Architecture.FALCON).activation(Activation.GELU).build();
    trial(
        ModelLoader.random(falcon, DEVIATION, 3).dense(),
        device,
        type,
        LoraConfig.defaults(),
        true);
    ModelConfig normed = shape(Architecture.QWEN3).tiedEmbeddings(true).build();
    LoraConfig whole = LoraConfig.builder().rank(4).modulesToSave("embed_tokens", "norm").build();
    trial(ModelLoader.random(normed, DEVIATION, 4), device, type, whole, false);
    unpackBlocks(device, type);
    if (device.kind() == Device.Kind.CPU && GroupPacking.isSupported()) {
      answer(type);
    }
    if (device.kind() == Device.Kind.CPU && Int8Packing.isSupported()) {
      answerInBytes(type);
    }
    fewOthers(device, type);
  }

  private static void unpackBlocks(Device device, DataType type) {
    Random random = new Random(8);
    try (Scope scope = Scope.open(device);
        Workspace workspace = new Workspace(device, type)) {
      for (Encoding encoding : Encoding.values()) {
        if (encoding.dataType().isEmpty()) {
          blocks(encoding, 2, random, scope).dense(workspace);
        }
      }
    }
  }

  private static BlockWeight blocks(Encoding encoding, int rows, Random random, Scope scope) {
    byte[] raw = new byte[rows * BlockWeight.rowBytes(encoding, 512)];
    for (int i = 0; i < raw.length; i++) {
      // as the upper byte of a half, a positive number under 0.5
      raw[i] = (byte) random.nextInt(0x38);
    }
    Operators ops = scope.operators();
    return new BlockWeight(
        encoding, rows, 512, ops.reshape(ops.bytes(raw), rows, raw.length / rows));
  }

  /** Lays blocks out for answering, and multiplies a row with them packed and unpacked. */
  private static void answer(DataType type) {
    Random random = new Random(9);
    try (Scope scope = Scope.open(Device.cpu());
        Workspace workspace = new Workspace(Device.cpu(), type)) {
      Operators ops = scope.operators();
      Tensor x = ops.zeros(type, 1, 512);
      ops.normalInPlace(x, 1, 11);
      for (Encoding encoding : Encoding.values()) {
        if (encoding.dataType().isEmpty()) {
          BlockWeight blocks = blocks(encoding, 64, random, scope);
          GroupWeight weight = GroupPacking.pack(encoding.name(), blocks, scope);
          ops.packing().groupLinear(x, weight.packed(), ops.to(weight.scales(), type));
          ops.linear(x, weight.dense(workspace));
          if (ByteTable.fits(blocks)) {
            ByteTable head = ByteTable.of(blocks, scope);
            ops.packing().byteLogits(x, head.codes(), head.scales(), ops.none());
            head.dense(workspace);
          }
        }
      }
    }
  }

  /** Multiplies rows with a matrix in bytes, rounded to 8 and to 16 bits, and unpacks it. */
  private static void answerInBytes(DataType type) {
    try (Scope scope = Scope.open(Device.cpu());
        Workspace workspace = new Workspace(Device.cpu(), type);
        Int8Packing packing = new Int8Packing(64, 512, Device.cpu())) {
      Operators ops = scope.operators();
      Tensor x = ops.zeros(type, 8, 512);
      Tensor w = ops.zeros(DataType.FLOAT32, 64, 512);
      ops.normalInPlace(x, 1, 12);
      ops.normalInPlace(w, 1, 13);
      packing.add("w", new DenseWeight(w, DataType.FLOAT32));
      Int8Weight weight = packing.pack(scope);
      weight.product(workspace, ops, x, 0, 64);
      weight.preciseProduct(ops, x);
      weight.dense(workspace);
    }
  }

  /** Calls what no trial needs: products without an adapter, probabilities of a whole row. */
  private static void fewOthers(Device device, DataType type) {
    try (Scope scope = Scope.open(device)) {
      Operators ops = scope.operators();
      Tensor x = ops.zeros(type, 8, 16);
      Tensor w = ops.zeros(type, 32, 16);
      ops.normalInPlace(x, 1, 9);
      ops.normalInPlace(w, 1, 10);
      Tensor y = ops.linear(x, w);
      ops.linearBackward(y, w);
      ops.linearWeightBackwardInPlace(ops.zeros(DataType.FLOAT32, 32, 16), y, x);
      ops.matmul(y, w);
      ops.logSoftmax(ops.to(y, DataType.FLOAT32));
      ops.putRowsInPlace(y, ops.longs(3, 1), ops.copy(ops.narrow(y, 0, 0, 2)));
    }
  }

  private static ModelConfig.Builder shape(Architecture architecture) {
    return ModelConfig.builder(architecture)
        .hiddenSize(64)
        .intermediateSize(128)
        .layers(2)
        .heads(4, keysAndValues(architecture), 16)
        .vocabularySize(VOCABULARY)
        .contextLength(128);
  }

  private static int keysAndValues(Architecture architecture) {
    return switch (architecture) {
      case PHI2 -> 4;
      case FALCON -> 1;
      default -> 2;
    };
  }

  private static void trial(
      ModelLoader loader, Device device, DataType type, LoraConfig lora, boolean eightBit) {
    AdamW.Settings settings = eightBit ? AdamW.Settings.eightBit(0.01) : AdamW.Settings.fp32(0);
    try (LanguageModel model = loader.device(device).computeType(type).load();
        LoraAdapter adapter = LoraAdapter.create(lora, model, 5);
        Optimization optimization =
            Optimization.of(model, adapter, new OptimizerConfig(RATE, settings, 1, 1))) {
      // the second step has moments
      optimization.step(batch(2, 24), RATE);
      optimization.step(batch(2, 24), RATE);
      ask(model, adapter);
    }
  }

  /** Reads a beginning into a cache, and continues it twice. */
  private static void ask(LanguageModel model, LoraAdapter adapter) {
    try (Scope scope = Scope.open(model.device());
        KvCache cache = model.network().newCache(64)) {
      Deltas deltas = adapter.deltas(model.computeType(), scope);
      int sequence = cache.sequences().get(0);
      int[] beginning = ids(20, 0);
      model
          .network()
          .logits(TokenBatch.continuing(sequence, beginning), cache, deltas, null, scope);
      model
          .network()
          .logits(TokenBatch.continuing(sequence, 7), cache, deltas, new int[] {0}, scope);
      model
          .network()
          .logits(
              TokenBatch.continuing(sequence, 8),
              cache,
              deltas,
              new int[] {0},
              new long[] {1, 2},
              scope);
    }
  }

  /** Returns the speed of a training step and of a scoring pass, in rows a second. */
  static Map<String, Double> speeds(Device device, DataType type) {
    ModelConfig config =
        ModelConfig.builder(Architecture.PHI3)
            .hiddenSize(1024)
            .intermediateSize(2816)
            .layers(2)
            .heads(16, 16, 64)
            .vocabularySize(8192)
            .contextLength(1024)
            .build();
    StepBatch batch = batch(4, 128);
    Map<String, Double> speeds = new LinkedHashMap<>();
    try (LanguageModel model =
            ModelLoader.random(config, 0.02, 6).device(device).computeType(type).load();
        LoraAdapter adapter = LoraAdapter.create(LoraConfig.defaults(), model, 7);
        Optimization optimization = Optimization.of(model, adapter, OptimizerConfig.defaults());
        Scope scope = Scope.open(device)) {
      Deltas deltas = adapter.deltas(type, scope);
      PackedBatch rows = batch.batches().get(0);
      speeds.put("a training step", batch.rows() / best(() -> optimization.step(batch, RATE)));
      speeds.put(
          "a scoring pass",
          batch.rows()
              / best(
                  () -> {
                    try (Scope work = scope.child()) {
                      work.operators()
                          .toFloats(
                              model
                                  .network()
                                  .logits(rows.tokens(), null, deltas, rows.rows(), work));
                    }
                  }));
    }
    return speeds;
  }

  private static double best(Runnable work) {
    double best = Double.POSITIVE_INFINITY;
    // the first one compiles
    for (int i = 0; i < 4; i++) {
      long start = System.nanoTime();
      work.run();
      best = i == 0 ? best : Math.min(best, (System.nanoTime() - start) / 1e9);
    }
    return best;
  }

  /** Returns a step of examples that begin alike. */
  private static StepBatch batch(int examples, int tokens) {
    return new StepBatch(
        List.of(
            PackedBatch.of(
                IntStream.range(0, examples)
                    .mapToObj(
                        i ->
                            Example.of(
                                ids(tokens, i),
                                new int[] {i + 3, 9},
                                new Example.Choice(0, new int[] {3, 4, 5, 6}),
                                0.5))
                    .toList())));
  }

  /** Returns ids of which the first half is the same for each example. */
  private static int[] ids(int count, int example) {
    return IntStream.range(0, count)
        .map(i -> 10 + (i * 7 + (i < count / 2 ? 0 : example * 31)) % (VOCABULARY - 10))
        .toArray();
  }
}
