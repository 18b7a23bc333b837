package io.telecomllm.training.gradients;

import io.telecomllm.TelecomLlmException;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.peft.PeftFolder;
import io.telecomllm.model.LanguageModel;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An adapter as it travels, once a run: the two files of its PEFT folder, which hold all its
 * settings and what of it is not trained.
 *
 * @param config the text of {@code adapter_config.json}
 * @param weights the bytes of {@code adapter_model.safetensors}
 */
@SuppressWarnings("ArrayRecordComponent")
public record AdapterFiles(byte[] config, byte[] weights) implements Serializable {
  private static final String CONFIG = "adapter_config.json";
  private static final String WEIGHTS = "adapter_model.safetensors";

  private interface Use<T> {
    T of(Path folder) throws IOException;
  }

  /** The files of an adapter as it is now. */
  public static AdapterFiles of(LoraAdapter adapter) {
    return inFolder(
        folder -> {
          PeftFolder.save(folder, adapter, "base");
          return new AdapterFiles(
              Files.readAllBytes(folder.resolve(CONFIG)),
              Files.readAllBytes(folder.resolve(WEIGHTS)));
        });
  }

  /** An adapter equal to the one that the files were made of; the caller closes it. */
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
