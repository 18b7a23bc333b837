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

/** The instruct model of the reference data in fp32, loaded once and never closed. */
public final class SmolLm2 {
  private static final Supplier<LanguageModel> MODEL =
      Suppliers.memoize(
          () ->
              ModelLoader.of(Shared.gguf())
                  .device(Device.cpu())
                  .computeType(DataType.FLOAT32)
                  .dense()
                  .load());
  private static final Supplier<Tokenizer> TOKENIZER =
      Suppliers.memoize(() -> Tokenizer.load(Shared.gguf()));

  private SmolLm2() {}

  /** The model. */
  public static LanguageModel model() {
    return MODEL.get();
  }

  /** Its tokenizer. */
  public static Tokenizer tokenizer() {
    return TOKENIZER.get();
  }
}
