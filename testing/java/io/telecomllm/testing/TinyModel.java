package io.telecomllm.testing;

import io.telecomllm.model.files.ModelLoader;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.weights.SafetensorsWriter;
import io.telecomllm.weights.SafetensorsWriter.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A LLaMA of random weights whose tokens are bytes and the control tokens of ChatML. */
public final class TinyModel {
  /** The tokens that have a meaning; the embedding has a few rows more. */
  public static final int TOKENS = 259;

  private static final int VOCABULARY = 264;
  private static final int HIDDEN = 32;
  private static final int WIDTH = 64;
  private static final int KEYS = 16;

  private TinyModel() {}

  /** In fp32 on the CPU, from a temporary folder that is gone afterwards except its tokenizer. */
  public static LanguageModel load(int contextLength) {
    return load(contextLength, 0);
  }

  /** The same with this number in the last norm, where NaN makes every logit NaN. */
  public static LanguageModel load(int contextLength, float damage) {
    try {
      Path folder = Files.createTempDirectory("tiny");
      folder.toFile().deleteOnExit();
      write(folder, contextLength, damage);
      try (var files = Files.list(folder)) {
        files.forEach(file -> file.toFile().deleteOnExit());
      }
      return ModelLoader.of(folder)
          .device(Device.cpu())
          .computeType(DataType.FLOAT32)
          .dense()
          .load();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes its folder: config.json, model.safetensors and the tokenizer. */
  public static void write(Path folder, int contextLength) throws IOException {
    write(folder, contextLength, 0);
  }

  /** A short instruction, so that little of the context is spent. */
  public static QuestionPrompt prompt() {
    return QuestionPrompt.of(ChatTemplate.CHAT_ML).withInstruction("Choose.");
  }

  private static void write(Path folder, int contextLength, float damage) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), config(contextLength));
    Files.writeString(folder.resolve("tokenizer.json"), tokenizer());
    Files.writeString(
        folder.resolve("tokenizer_config.json"), "{\"eos_token\": \"<|endoftext|>\"}");
    SafetensorsWriter.write(folder.resolve("model.safetensors"), weights(damage), Map.of());
  }

  private static String config(int contextLength) {
    return """
        {"model_type": "llama", "hidden_size": %d, "intermediate_size": %d, "hidden_act": "silu",
         "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
         "vocab_size": %d, "max_position_embeddings": %d, "rms_norm_eps": 1e-5,
         "rope_theta": 10000.0, "tie_word_embeddings": true}
        """
        .formatted(HIDDEN, WIDTH, VOCABULARY, contextLength);
  }

  private static Map<String, Tensor> weights(float damage) {
    Random random = new Random(11);
    Map<String, Tensor> weights = new LinkedHashMap<>();
    weights.put("model.embed_tokens.weight", matrix(random, VOCABULARY, HIDDEN));
    for (int i = 0; i < 2; i++) {
      String layer = "model.layers." + i + ".";
      weights.put(layer + "input_layernorm.weight", ones(0));
      weights.put(layer + "post_attention_layernorm.weight", ones(0));
      weights.put(layer + "self_attn.q_proj.weight", matrix(random, HIDDEN, HIDDEN));
      weights.put(layer + "self_attn.k_proj.weight", matrix(random, KEYS, HIDDEN));
      weights.put(layer + "self_attn.v_proj.weight", matrix(random, KEYS, HIDDEN));
      weights.put(layer + "self_attn.o_proj.weight", matrix(random, HIDDEN, HIDDEN));
      weights.put(layer + "mlp.gate_proj.weight", matrix(random, WIDTH, HIDDEN));
      weights.put(layer + "mlp.up_proj.weight", matrix(random, WIDTH, HIDDEN));
      weights.put(layer + "mlp.down_proj.weight", matrix(random, HIDDEN, WIDTH));
    }
    weights.put("model.norm.weight", ones(damage));
    return weights;
  }

  private static Tensor matrix(Random random, long out, long in) {
    float[] values = new float[(int) (out * in)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * 0.3);
    }
    return Tensor.ofFloats(List.of(out, in), values);
  }

  private static Tensor ones(float damage) {
    float[] values = new float[HIDDEN];
    java.util.Arrays.fill(values, 1);
    values[0] += damage;
    return Tensor.ofFloats(List.of((long) HIDDEN), values);
  }

  private static String tokenizer() {
    JsonObject vocabulary = new JsonObject();
    for (String letter : byteLetters()) {
      vocabulary.addProperty(letter, vocabulary.size());
    }
    JsonArray added = new JsonArray();
    for (String control : List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>")) {
      JsonObject token = new JsonObject();
      token.addProperty("id", 256 + added.size());
      token.addProperty("content", control);
      token.addProperty("special", true);
      added.add(token);
    }
    JsonObject model = new JsonObject();
    model.addProperty("type", "BPE");
    model.add("vocab", vocabulary);
    model.add("merges", new JsonArray());
    JsonObject root = new JsonObject();
    root.addProperty("version", "1.0");
    root.add("added_tokens", added);
    root.add("pre_tokenizer", bytes());
    root.add("decoder", bytes());
    root.add("model", model);
    return root.toString();
  }

  private static JsonObject bytes() {
    JsonObject bytes = new JsonObject();
    bytes.addProperty("type", "ByteLevel");
    bytes.addProperty("add_prefix_space", false);
    bytes.addProperty("trim_offsets", true);
    bytes.addProperty("use_regex", true);
    return bytes;
  }

  /** The letters that byte-level tokenizers write for the bytes 0 to 255 (Radford et al. 2019). */
  private static List<String> byteLetters() {
    List<String> letters = new ArrayList<>();
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b > 32 && b < 127) || (b > 160 && b != 173);
      letters.add(Character.toString(printable ? b : next++));
    }
    return letters;
  }
}
