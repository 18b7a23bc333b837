package io.telecomllm.lora.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.TelecomLlmException;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.Adapters;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.weights.SafetensorsFile;
import io.telecomllm.weights.SafetensorsWriter;
import io.telecomllm.weights.SafetensorsWriter.Tensor;
import io.telecomllm.weights.TensorInfo;
import io.telecomllm.weights.TensorSource;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A tiny model and an adapter folder for it, whose files a test rewrites by hand. */
final class PeftFiles {
  static final String EMBEDDING = "model.embed_tokens.weight";
  static final String HEAD = "lm_head.weight";
  private static final int[] IDS = {72, 101, 108, 108, 111, 32, 119, 257, 111, 114, 258, 33};

  final Path base;
  final Path folder;

  PeftFiles(Path base, Path folder) {
    this.base = base;
    this.folder = folder;
  }

  /** Writes the base model, with a head of its own if it is not tied. */
  void writeBase(boolean tied) throws IOException {
    TinyModel.write(base, 64);
    if (!tied) {
      rewrite(
          base.resolve("config.json"),
          "\"tie_word_embeddings\": true",
          "\"tie_word_embeddings\": false");
      changeBase(tensors -> tensors.put(HEAD, random(tensors.get(EMBEDDING).shape(), 3)));
    }
  }

  static Tensor random(List<Long> shape, long seed) {
    Random random = new Random(seed);
    float[] values = new float[Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact))];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * 0.3);
    }
    return Tensor.ofFloats(shape, values);
  }

  static void rewrite(Path file, String from, String to) throws IOException {
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
  }

  /** Saves an adapter of random values. */
  void save(LoraConfig.Builder config) {
    on(
        model -> {
          try (LoraAdapter adapter = LoraAdapter.create(config.build(), model, 1)) {
            Adapters.randomise(adapter, 0.2);
            PeftFolder.save(folder, adapter, "base");
          }
          return new float[0];
        });
  }

  float[] on(Function<LanguageModel, float[]> use) {
    try (LanguageModel model =
        ModelLoader.of(base).device(Device.cpu()).computeType(DataType.FLOAT32).dense().load()) {
      return use.apply(model);
    }
  }

  static float[] logits(LanguageModel model, Function<Scope, Deltas> deltas) {
    try (Scope scope = Scope.open(Device.cpu())) {
      return scope
          .operators()
          .toFloats(
              model.network().logits(TokenBatch.of(IDS), null, deltas.apply(scope), null, scope));
    }
  }

  /** The logits of the base with the folder's adapter. */
  float[] logits() {
    return on(
        model -> {
          try (LoraAdapter adapter = PeftFolder.load(folder, model)) {
            return logits(model, scope -> adapter.deltas(DataType.FLOAT32, scope));
          }
        });
  }

  /** The logits of the base without an adapter. */
  float[] baseLogits() {
    return on(model -> logits(model, scope -> Deltas.none()));
  }

  void change(Consumer<Map<String, Tensor>> change) {
    change(folder.resolve("adapter_model.safetensors"), change);
  }

  void changeBase(Consumer<Map<String, Tensor>> change) {
    change(base.resolve("model.safetensors"), change);
  }

  /** Renames the adapter's tensors; returns how many have another name now. */
  int rename(UnaryOperator<String> name) {
    int[] changed = {0};
    change(
        tensors -> {
          Map<String, Tensor> before = new LinkedHashMap<>(tensors);
          tensors.clear();
          before.forEach(
              (key, tensor) -> {
                changed[0] += name.apply(key).equals(key) ? 0 : 1;
                tensors.put(name.apply(key), tensor);
              });
        });
    return changed[0];
  }

  private static void change(Path file, Consumer<Map<String, Tensor>> change) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Map<String, String> metadata;
    try (TensorSource source = SafetensorsFile.open(file)) {
      metadata = source.metadata();
      for (String name : source.names()) {
        TensorInfo info = source.info(name);
        float[] values = new float[Math.toIntExact(info.elements())];
        source.readFloats(name, FloatBuffer.wrap(values));
        tensors.put(name, Tensor.ofFloats(info.shape(), values));
      }
    }
    change.accept(tensors);
    SafetensorsWriter.write(file, tensors, metadata);
  }

  void refused(Class<? extends TelecomLlmException> type, String... parts) {
    on(
        model -> {
          assertThatThrownBy(() -> PeftFolder.load(folder, model).close())
              .isExactlyInstanceOf(type)
              .hasMessageContainingAll(parts);
          return new float[0];
        });
  }
}
