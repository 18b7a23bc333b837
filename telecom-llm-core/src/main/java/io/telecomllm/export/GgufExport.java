package io.telecomllm.export;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.NetworkWeights;
import io.telecomllm.model.files.GgufConfig;
import io.telecomllm.model.files.GgufLayout;
import io.telecomllm.model.files.GgufRope;
import io.telecomllm.quantization.Workspace;
import io.telecomllm.weights.Encoding;
import io.telecomllm.weights.GgufWriter;
import io.telecomllm.weights.GgufWriter.Tensor;
import io.telecomllm.weights.GgufWriter.Values;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes whole models as GGUF files that llama.cpp runs. */
final class GgufExport {
  /** The version of ggml's block formats. */
  private static final int QUANTIZATION_VERSION = 2;

  private GgufExport() {}

  /**
   * A weight by Hugging Face's name, which is read only when it is written.
   *
   * @param shape row-major
   * @param values reads its values
   */
  record Weight(List<Long> shape, Values values) {
    Weight {
      shape = List.copyOf(shape);
    }
  }

  /** Writes a model's file; packed weights are unpacked one at a time. */
  static void write(
      Path file,
      String name,
      NetworkWeights network,
      Workspace workspace,
      Encoding encoding,
      Map<String, Object> vocabulary) {
    try (DecoderFloats floats = new DecoderFloats(network, workspace)) {
      write(file, name, network.config(), floats.weights(), encoding, vocabulary);
    }
  }

  /**
   * Writes the file, which appears whole or not at all; one piece of one weight is in memory at a
   * time.
   *
   * @param name the model's name, {@code general.name}
   * @param weights the weights by Hugging Face's names; without a head if it is tied to the
   *     embedding
   * @param encoding the encoding of the matrices: F32, F16, BF16, Q8_0 or Q4_0
   * @param vocabulary the metadata of the tokenizer
   */
  static void write(
      Path file,
      String name,
      ModelConfig config,
      Map<String, Weight> weights,
      Encoding encoding,
      Map<String, Object> vocabulary) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    GgufLayout layout = GgufLayout.of(config.architecture());
    metadata.put("general.architecture", layout.architecture());
    metadata.put("general.type", "model");
    metadata.put("general.name", name);
    metadata.put("general.file_type", GgufLayout.fileType(encoding));
    metadata.put("general.quantization_version", QUANTIZATION_VERSION);
    metadata.putAll(GgufConfig.metadata(config));
    metadata.putAll(vocabulary);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    GgufRope.tensors(config).forEach((tensor, values) -> tensors.put(tensor, vector(values)));
    weights.forEach(
        (weight, content) -> {
          String tensor = layout.tensor(weight);
          Encoding kind =
              GgufLayout.encoding(tensor, content.shape(), encoding, config.tiedEmbeddings());
          Values values =
              layout.reorders(weight) ? reordered(content, config.headSize()) : content.values();
          tensors.put(tensor, Tensor.ofFloats(kind, content.shape(), values));
        });
    GgufWriter.write(file, metadata, tensors);
  }

  private static Tensor vector(List<Float> values) {
    return Tensor.ofFloats(
        Encoding.F32,
        List.of((long) values.size()),
        (from, into) -> {
          for (int i = (int) from; into.hasRemaining(); i++) {
            into.put(values.get(i));
          }
        });
  }

  /** Returns a weight's values with the rows in the order of the file. */
  private static Values reordered(Weight weight, int headSize) {
    long rows = weight.shape().get(0);
    checkArgument(rows % headSize == 0, "%s rows, a head has %s", rows, headSize);
    long width = weight.shape().size() == 1 ? 1 : weight.shape().get(1);
    return (from, into) -> {
      long at = from;
      int end = into.limit();
      while (into.position() < end) {
        long row = GgufLayout.fromFileRow(at / width, headSize);
        long column = at % width;
        int count = (int) Math.min(width - column, end - into.position());
        FloatBuffer part = into.slice(into.position(), count);
        weight.values().read(row * width + column, part);
        into.position(into.position() + count);
        at += count;
      }
    };
  }
}
