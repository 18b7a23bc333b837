package io.telecomllm.training.gradients;

import io.telecomllm.Internal;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.peft.PeftFolder;
import io.telecomllm.model.LanguageModel;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An adapter as it is sent to other processes, once per run: the two files of its PEFT folder,
 * which also hold its settings and the parts of it that are not trained.
 *
 * @param config the text of {@code adapter_config.json}
 * @param weights the bytes of {@code adapter_model.safetensors}
 */
@SuppressWarnings("ArrayRecordComponent")
@Internal
public record AdapterFiles(byte[] config, byte[] weights) implements Serializable {
  private static final String CONFIG = "adapter_config.json";
  private static final String WEIGHTS = "adapter_model.safetensors";

  private interface Use<T> {
    T of(Path folder) throws IOException;
  }

  /** Returns the files of an adapter with its current values. */
  public static AdapterFiles of(LoraAdapter adapter) {
    return inFolder(
        folder -> {
          PeftFolder.save(folder, adapter, "base");
          return new AdapterFiles(
              Files.readAllBytes(folder.resolve(CONFIG)),
              Files.readAllBytes(folder.resolve(WEIGHTS)));
        });
  }

  /** Loads an adapter equal to the one that the files were made from. Close it after use. */
  public LoraAdapter load(LanguageModel model) {
    return inFolder(
        folder -> {
          Files.write(folder.resolve(CONFIG), config);
          Files.write(folder.resolve(WEIGHTS), weights);
          return PeftFolder.load(folder, model);
        });
  }

  private static <T> T inFolder(Use<T> use) {
    try {
      Path folder = Files.createTempDirectory("telecom-llm-adapter");
      try {
        return use.of(folder);
      } finally {
        Files.deleteIfExists(folder.resolve(CONFIG));
        Files.deleteIfExists(folder.resolve(WEIGHTS));
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw new TelecomLlmException("the adapter cannot be kept in a temporary folder: " + e, e);
    }
  }
}
