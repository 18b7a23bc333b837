package io.telecomllm.model.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.export.Export;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.FloatTensors;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the file holds decides whether the head is the embedding, not config.json alone. */
class TiedHeadTest {
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String HEAD = "lm_head.weight";

  @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    TinyModel.write(folder, 64);
  }

  /** Writes the checkpoint again with other tensors; config.json still ties the head. */
  private void change(Consumer<Map<String, SafetensorsWriter.Tensor>> change) {
    FloatTensors.change(folder.resolve("model.safetensors"), change);
  }

  private static SafetensorsWriter.Tensor doubled(SafetensorsWriter.Tensor tensor) {
    FloatBuffer values =
        tensor.bytes().get().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] twice = new float[values.remaining()];
    for (int i = 0; i < twice.length; i++) {
      twice[i] = 2 * values.get(i);
    }
    return SafetensorsWriter.Tensor.ofFloats(tensor.shape(), twice);
  }

  private static float[] logits(LanguageModel model) {
    try (Scope scope = Scope.open(Device.cpu())) {
      return scope
          .operators()
          .toFloats(
              model.network().logits(TokenBatch.of(5, 9, 17), null, Deltas.none(), null, scope));
    }
  }

  private static LanguageModel load(Path path) {
    return ModelLoader.of(path).device(Device.cpu()).computeType(DataType.FLOAT32).dense().load();
  }

  @Test
  void anotherHeadInTheFileIsUsedAndWrittenAgain(@TempDir Path copy) {
    float[] tied;
    try (LanguageModel model = load(folder)) {
      tied = logits(model);
    }
    change(tensors -> tensors.put(HEAD, doubled(tensors.get(EMBEDDING))));
    try (LanguageModel model = load(folder)) {
      float[] found = logits(model);
      for (int i = 0; i < tied.length; i++) {
        assertThat(found[i]).isEqualTo(2 * tied[i]);
      }
      assertThat(model.config().tiedEmbeddings()).isFalse();
      Export.of(model).folder(copy);
      try (LanguageModel written = load(copy)) {
        assertThat(logits(written)).isEqualTo(found);
      }
    }
  }

  @Test
  void anEqualHeadInTheFileTakesNoMemory() {
    try (LanguageModel before = load(folder)) {
      change(tensors -> tensors.put(HEAD, tensors.get(EMBEDDING)));
      try (LanguageModel model = load(folder)) {
        assertThat(model.config()).isEqualTo(before.config());
        assertThat(model.weightBytes()).isEqualTo(before.weightBytes());
        assertThat(logits(model)).isEqualTo(logits(before));
      }
    }
  }

  @Test
  void theCommonMatrixMayHaveTheHeadsNameOnly() {
    try (LanguageModel before = load(folder)) {
      change(tensors -> tensors.put(HEAD, tensors.remove(EMBEDDING)));
      try (LanguageModel model = load(folder)) {
        assertThat(logits(model)).isEqualTo(logits(before));
      }
    }
  }
}
