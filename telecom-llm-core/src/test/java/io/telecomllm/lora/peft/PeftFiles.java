package io.telecomllm.lora.peft;

import static java.util.Objects.requireNonNull;
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
import io.telecomllm.testing.FloatTensors;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.weights.SafetensorsWriter.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
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
      untie(random(ofBase(EMBEDDING).shape(), 3));
    }
  }

  /** Gives the base a head of its own. */
  void untie(Tensor head) throws IOException {
    rewrite(base.resolve("config.json"), "embeddings\": true", "embeddings\": false");
    changeBase(tensors -> tensors.put(HEAD, head));
  }

  /** Returns the same folder's adapter with a copy of the base. */
  PeftFiles copyOfBase() {
    try {
      Path copy = Files.createDirectory(base.resolve("copy"));
      for (String name : List.of("config.json", "model.safetensors")) {
        Files.copy(base.resolve(name), copy.resolve(name));
      }
      return new PeftFiles(copy, folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a tensor of the base. */
  Tensor ofBase(String name) {
    return requireNonNull(FloatTensors.read(base.resolve("model.safetensors")).get(name), name);
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

  /** The logits of the base merged with the folder's adapter. */
  float[] mergedLogits() {
    return on(
        model -> {
          try (LoraAdapter adapter = PeftFolder.load(folder, model);
              LanguageModel merged = model.merged(adapter)) {
            return logits(merged, scope -> Deltas.none());
          }
        });
  }

  /** The logits after the adapter was loaded, saved elsewhere and loaded again. */
  float[] savedAgain() {
    Path again = folder.resolve("again");
    return on(
        model -> {
          try (LoraAdapter adapter = PeftFolder.load(folder, model)) {
            PeftFolder.save(again, adapter, "base");
          }
          try (LoraAdapter adapter = PeftFolder.load(again, model)) {
            return logits(model, scope -> adapter.deltas(DataType.FLOAT32, scope));
          }
        });
  }

  /** The logits of the base without an adapter. */
  float[] baseLogits() {
    return on(model -> logits(model, scope -> Deltas.none()));
  }

  void change(Consumer<Map<String, Tensor>> change) {
    FloatTensors.change(folder.resolve("adapter_model.safetensors"), change);
  }

  void changeConfig(String from, String to) throws IOException {
    rewrite(folder.resolve("adapter_config.json"), from, to);
  }

  void changeBase(Consumer<Map<String, Tensor>> change) {
    FloatTensors.change(base.resolve("model.safetensors"), change);
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
