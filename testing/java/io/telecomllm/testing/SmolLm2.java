package io.telecomllm.testing;

import io.telecomllm.model.files.ModelLoader;

import com.google.common.base.Suppliers;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The real model of the reference data in fp32, loaded once and never closed. */
public final class SmolLm2 {
  private static final Supplier<LanguageModel> MODEL =
      Suppliers.memoize(
          () ->
              ModelLoader.of(gguf())
                  .device(Device.cpu())
                  .computeType(DataType.FLOAT32)
                  .dense()
                  .load());
  private static final Supplier<Tokenizer> TOKENIZER =
      Suppliers.memoize(() -> Tokenizer.load(gguf()));

  private SmolLm2() {}

  /** The model. */
  public static LanguageModel model() {
    return MODEL.get();
  }

  /** Its tokenizer. */
  public static Tokenizer tokenizer() {
    return TOKENIZER.get();
  }

  private static Path gguf() {
    try (Stream<Path> files = Files.list(Shared.path("data"))) {
      return files.filter(f -> f.toString().endsWith(".gguf")).sorted().findFirst().orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
