package io.telecomllm.inference;

import com.google.common.base.Suppliers;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.Tokenizer;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.testing.Shared;
import java.util.function.Supplier;

/** The instruct model of the reference data in fp32, loaded once and never closed. */
public final class SmolLm2 {
  private static final Supplier<LanguageModel> MODEL =
      Suppliers.memoize(
          () ->
              LanguageModel.loader(Shared.gguf())
                  .device(Device.cpu())
                  .computeType(DataType.FLOAT32)
                  .dense()
                  .load());
  private static final Supplier<Tokenizer> TOKENIZER =
      Suppliers.memoize(() -> Tokenizer.of(model()));

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
