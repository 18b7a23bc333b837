package io.telecomllm.examples.guide;

import io.telecomllm.hub.ModelStore;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.RopeScaling;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import java.nio.file.Path;

/** Code of docs/guide/load-a-model.md. */
final class LoadModel {
  private LoadModel() {}

  static void load() {
    try (LanguageModel phi3 = ModelLoader.load("microsoft/Phi-3-mini-4k-instruct");
        LanguageModel small = ModelLoader.load(Path.of("SmolLM2-135M-Instruct.Q4_1.gguf"))) {
      System.out.println(phi3.weightBytes() + " bytes, " + small.config().layers() + " layers");
    }
  }

  static LanguageModel withSettings(Path folder) {
    return ModelLoader.of(folder).device(Device.cpu()).computeType(DataType.FLOAT32).dense().load();
  }

  static LanguageModel fromTheCacheAlone() {
    ModelStore store = ModelStore.fromEnvironment().revision("main").offline(true);
    return ModelLoader.of("microsoft/Phi-3-mini-4k-instruct", store).load();
  }

  static LanguageModel withLongerContext(Path folder) {
    return ModelLoader.of(folder).ropeScaling(RopeScaling.yarn(4, 4096)).load();
  }
}
