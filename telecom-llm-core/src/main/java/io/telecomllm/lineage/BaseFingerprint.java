package io.telecomllm.lineage;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.telecomllm.json.JsonRecords;
import io.telecomllm.lora.AdaptedModule;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.weights.Checkpoint;
import io.telecomllm.weights.TensorInfo;
import io.telecomllm.weights.TensorSource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Computes the SHA-256 that identifies a base model, from some megabytes of its checkpoint.
 *
 * <p>It hashes the numbers of the configuration and, for each tensor of the checkpoint in the order
 * of the names, its name, encoding, shape and bytes: all bytes up to 64 KiB, else four pieces of 16
 * KiB, the first at the beginning, the last at the end, the others spread evenly between. A text is
 * preceded by the number of its UTF-8 bytes, a number is 4 or 8 bytes, little endian.
 *
 * <p>So the fingerprint does not depend on the device, the compute type, how linear layers are
 * packed while they are loaded, or how a checkpoint is split into files. It does depend on the
 * types of the checkpoint's values (another quantisation of the same model is another base) and on
 * a RoPE scaling that a program sets. It does not notice a change outside the pieces, such as a few
 * values or rows of a large matrix; the probes of a lineage may. It assumes that the files have not
 * changed since they were loaded.
 *
 * <p>Weights without a checkpoint (random or merged ones) are hashed as they are in memory, rounded
 * to bfloat16, so that dense ones have the same fingerprint in float32 and bfloat16.
 */
final class BaseFingerprint {
  private static final String FORMAT = "telecom-llm-base-1";
  private static final int PIECES = 4;
  private static final int PIECE_BYTES = 1 << 14;

  private final Hasher hasher = Hashing.sha256().newHasher();

  private BaseFingerprint() {}

  static String of(LanguageModel model) {
    BaseFingerprint fingerprint = new BaseFingerprint();
    fingerprint.text(FORMAT);
    fingerprint.config(model.config());
    Optional<Path> checkpoint = model.checkpoint();
    if (checkpoint.isPresent()) {
      fingerprint.stored(checkpoint.get());
    } else {
      fingerprint.loaded(model);
    }
    return fingerprint.hasher.hash().toString();
  }

  private void config(ModelConfig config) {
    text(config.architecture().modelType());
    List.of(
            config.hiddenSize(),
            config.intermediateSize(),
            config.layers(),
            config.heads(),
            config.keyValueHeads(),
            config.headSize(),
            config.vocabularySize(),
            config.contextLength(),
            config.rope().rotarySize())
        .forEach(hasher::putInt);
    hasher.putDouble(config.normEpsilon()).putDouble(config.rope().theta());
    text(config.activation().name());
    text(JsonRecords.of((Record) config.rope().scaling()).toString());
    text(config.slidingWindow().map(w -> w.size() + " from " + w.firstLayer()).orElse("none"));
    text(new TreeSet<>(config.biases()).toString());
    text(config.tiedEmbeddings() ? "tied" : "untied");
  }

  private void stored(Path checkpoint) {
    try (TensorSource source = Checkpoint.open(checkpoint)) {
      for (String name : new TreeSet<>(source.names())) {
        TensorInfo info = source.info(name);
        header(name, info.encoding().name(), info.shape());
        pieces(
            info.bytes(),
            (from, length) -> {
              byte[] piece = new byte[length];
              source.read(name, from, ByteBuffer.wrap(piece));
              hasher.putBytes(piece);
            });
      }
    }
  }

  private void loaded(LanguageModel model) {
    Map<String, Function<Scope, Tensor>> tensors = new TreeMap<>();
    for (String name : model.network().replaceable().keySet()) {
      tensors.put(name, scope -> model.network().parameter(name, scope));
    }
    for (AdaptedModule module : model.network().linearLayers()) {
      tensors.put(module.name() + ".weight", scope -> model.network().weight(module.name(), scope));
    }
    tensors.forEach(
        (name, read) -> {
          try (Scope there = Scope.open(model.device());
              Scope host = Scope.open(Device.cpu())) {
            Operators ops = host.operators();
            Tensor value = ops.copy(ops.to(read.apply(there), DataType.BFLOAT16));
            List<Long> shape = Arrays.stream(value.shape()).boxed().toList();
            header(name, "loaded", shape);
            ByteBuffer bytes = value.bytes();
            pieces(
                bytes.remaining(),
                (from, length) -> hasher.putBytes(bytes.slice((int) from, length)));
          }
        });
  }

  private interface Piece {
    void take(long from, int length);
  }

  private static void pieces(long bytes, Piece piece) {
    if (bytes <= (long) PIECES * PIECE_BYTES) {
      piece.take(0, (int) bytes);
      return;
    }
    for (int i = 0; i < PIECES; i++) {
      piece.take(i * (bytes - PIECE_BYTES) / (PIECES - 1), PIECE_BYTES);
    }
  }

  private void header(String name, String encoding, List<Long> shape) {
    text(name);
    text(encoding);
    hasher.putInt(shape.size());
    shape.forEach(hasher::putLong);
  }

  private void text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    hasher.putInt(utf8.length).putBytes(utf8);
  }
}
