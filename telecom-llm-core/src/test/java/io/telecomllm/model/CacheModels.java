package io.telecomllm.model;

import io.telecomllm.lora.Deltas;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import java.util.List;

/** Small random models for tests of the cache, and how they are read. */
final class CacheModels {
  /** Of logits of a few units: what fp32 sums in another order differ by. */
  static final double SAME = 2e-5;

  static final int VOCABULARY = 64;
  static final int CONTEXT = 40;
  private static final ModelConfig CONFIG =
      ModelConfig.builder(Architecture.LLAMA)
          .hiddenSize(32)
          .intermediateSize(64)
          .layers(2)
          .heads(4, 2, 8)
          .vocabularySize(VOCABULARY)
          .contextLength(CONTEXT)
          .build();

  private CacheModels() {}

  static LanguageModel plain() {
    return load(CONFIG);
  }

  /** The second of its layers sees 5 tokens back. */
  static LanguageModel sliding() {
    return load(CONFIG.toBuilder().slidingWindow(new SlidingWindow(5, 1)).build());
  }

  /** Every token over 10 turns a sequence otherwise. */
  static LanguageModel dynamic() {
    return load(CONFIG.toBuilder().ropeScaling(RopeScaling.dynamic(4, 10)).build());
  }

  /** A sequence of over 12 tokens is turned otherwise. */
  static LanguageModel longRope() {
    List<Double> shorter = List.of(1.0, 1.1, 1.2, 1.3);
    List<Double> longer = List.of(2.0, 3.0, 4.0, 5.0);
    RopeScaling scaling = new RopeScaling.LongRope(shorter, longer, 12, 1.2);
    return load(CONFIG.toBuilder().ropeScaling(scaling).build());
  }

  private static LanguageModel load(ModelConfig config) {
    return ModelLoader.random(config, 0.3, 11)
        .dense()
        .device(Device.cpu())
        .computeType(DataType.FLOAT32)
        .load();
  }

  static float[] logits(LanguageModel model, TokenBatch batch, KvCache cache, int... rows) {
    try (Scope scope = Scope.open(Device.cpu())) {
      return scope
          .operators()
          .toFloats(model.network().logits(batch, cache, Deltas.none(), rows, scope));
    }
  }

  /** Continues a sequence; the logits of the last token. */
  static float[] read(LanguageModel model, KvCache cache, int sequence, int... ids) {
    return logits(model, TokenBatch.continuing(sequence, ids), cache, ids.length - 1);
  }

  /** Reads without a cache; the logits of the last token. */
  static float[] alone(LanguageModel model, int... ids) {
    return logits(model, TokenBatch.of(ids), null, ids.length - 1);
  }
}
