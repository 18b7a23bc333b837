package io.telecomllm.export;

import io.telecomllm.lora.Deltas;
import io.telecomllm.model.KvCache;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.model.files.GgufLayout;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.weights.Encoding;
import io.telecomllm.weights.GgufFile;
import io.telecomllm.weights.GgufWriter;
import io.telecomllm.weights.TensorSource;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Shapes, weights and vocabularies to be written as GGUF, and what a model says greedily. */
public final class GgufFixtures {
  // llama.cpp looks the last one up where a model's name says Phi-3
  private static final List<String> NAMED = List.of("<unk>", "<s>", "</s>", "<|endoftext|>");

  private static final List<String> LLAMA_PARTS =
      List.of(
          "input_layernorm",
          "self_attn.q_proj",
          "self_attn.k_proj",
          "self_attn.v_proj",
          "self_attn.o_proj",
          "post_attention_layernorm",
          "mlp.gate_proj",
          "mlp.up_proj",
          "mlp.down_proj");

  private GgufFixtures() {}

  /** All weights of a checkpoint; the source must stay open. */
  public static Map<String, GgufExport.Weight> weights(TensorSource source) {
    Map<String, GgufExport.Weight> weights = new LinkedHashMap<>();
    for (String name : source.names()) {
      weights.put(
          name,
          new GgufExport.Weight(
              source.info(name).shape(), (from, into) -> source.readFloats(name, from, into)));
    }
    return weights;
  }

  /** The weights of a llama file by Hugging Face's names, their rows in Hugging Face's order. */
  public static Map<String, GgufExport.Weight> huggingFaceWeights(
      GgufFile source, ModelConfig config) {
    List<String> names = new ArrayList<>(List.of("model.embed_tokens", "model.norm", "lm_head"));
    for (int layer = 0; layer < config.layers(); layer++) {
      for (String part : LLAMA_PARTS) {
        names.add("model.layers." + layer + "." + part);
      }
    }
    Map<String, GgufExport.Weight> weights = new LinkedHashMap<>();
    for (String module : names) {
      String name = module + ".weight";
      String stored = GgufLayout.LLAMA.tensor(name);
      if (source.names().contains(stored)) {
        List<Long> dimensions = source.info(stored).shape();
        GgufWriter.Values plain = (from, into) -> source.readFloats(stored, from, into);
        weights.put(
            name,
            new GgufExport.Weight(
                dimensions,
                GgufLayout.LLAMA.reorders(name)
                    ? rows(plain, dimensions.get(1), config.headSize())
                    : plain));
      }
    }
    return weights;
  }

  /** Whole rows, each from its place in the file. */
  private static GgufWriter.Values rows(GgufWriter.Values file, long width, int headSize) {
    return (from, into) -> {
      float[] row = new float[(int) width];
      for (long at = from; into.hasRemaining(); ) {
        file.read(GgufLayout.toFileRow(at / width, headSize) * width, FloatBuffer.wrap(row));
        int column = (int) (at % width);
        int count = Math.min((int) width - column, into.remaining());
        into.put(row, column, count);
        at += count;
      }
    };
  }

  /** The least that llama.cpp takes for a vocabulary. */
  public static Map<String, Object> vocabulary(int size) {
    int[] types = new int[size];
    Arrays.fill(types, 1);
    types[0] = 2;
    types[1] = 3;
    types[2] = 3;
    types[3] = 3;
    float[] scores = new float[size];
    List<String> tokens = new ArrayList<>();
    for (int id = 0; id < size; id++) {
      scores[id] = -id;
      boolean isByte = id >= NAMED.size() && id < NAMED.size() + 256;
      tokens.add(
          id < NAMED.size()
              ? NAMED.get(id)
              : isByte ? String.format("<0x%02X>", id - NAMED.size()) : "t" + id);
      types[id] = isByte ? 6 : types[id];
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("tokenizer.ggml.model", "llama");
    fields.put("tokenizer.ggml.tokens", tokens);
    fields.put("tokenizer.ggml.scores", scores);
    fields.put("tokenizer.ggml.token_type", types);
    fields.put("tokenizer.ggml.bos_token_id", 1);
    fields.put("tokenizer.ggml.eos_token_id", 2);
    fields.put("tokenizer.ggml.unknown_token_id", 0);
    return fields;
  }

  /** The model's greedy continuation. */
  public static int[] greedy(Path model, int[] prompt, int tokens) {
    int[] ids = new int[tokens];
    try (LanguageModel loaded =
            ModelLoader.of(model)
                .device(Device.cpu())
                .computeType(DataType.FLOAT32)
                .dense()
                .load();
        KvCache cache = loaded.network().newCache(prompt.length + tokens)) {
      int[] next = prompt;
      for (int i = 0; i < tokens; i++) {
        try (Scope scope = Scope.open(Device.cpu())) {
          int[] last = {next.length - 1};
          float[] logits =
              scope
                  .operators()
                  .toFloats(
                      loaded
                          .network()
                          .logits(TokenBatch.of(next), cache, Deltas.none(), last, scope));
          ids[i] = largest(logits, 0, logits.length);
          next = new int[] {ids[i]};
        }
      }
    }
    return ids;
  }

  /** The index of the largest of {@code size} values, counted from the first of them. */
  public static int largest(float[] values, int from, int size) {
    return IntStream.range(0, size)
        .reduce((a, b) -> values[from + b] > values[from + a] ? b : a)
        .orElseThrow();
  }

  /** What tools/check_gguf.py compares llama.cpp with. */
  public static void expect(Path gguf, int[] prompt, int[] continuation, int context)
      throws IOException {
    Path json = Path.of(gguf.toString().replace(".gguf", ".expected.json"));
    Files.writeString(
        json,
        "{\"prompt\": "
            + Arrays.toString(prompt)
            + ", \"expected\": "
            + Arrays.toString(continuation)
            + ", \"n_ctx\": "
            + context
            + "}\n");
  }

  /** Writes a model without a tokenizer. */
  public static void write(LanguageModel model, Path file, Encoding encoding) {
    model
        .network()
        .read(
            (weights, workspace) ->
                GgufExport.write(file, "model", weights, workspace, encoding, Map.of()));
  }
}
