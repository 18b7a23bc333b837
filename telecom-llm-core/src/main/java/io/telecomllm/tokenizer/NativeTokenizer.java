package io.telecomllm.tokenizer;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonObject;
import io.telecomllm.InvalidDataException;
import io.telecomllm.tensor.NativeLibrary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The native tokenizers library behind two calls. Closing it during a call is not safe. */
final class NativeTokenizer implements AutoCloseable {
  private static final String FLAVOR = "RUST_FLAVOR";
  private static final Map<String, String> OPTIONS =
      Map.of("addSpecialTokens", "false", "truncation", "do_not_truncate", "padding", "do_not_pad");

  private final HuggingFaceTokenizer tokenizer;

  private NativeTokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** Builds the tokenizer that {@code root}, in tokenizer.json form, describes. */
  static NativeTokenizer create(JsonObject root, String source) {
    byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
    try {
      Library.load();
      return new NativeTokenizer(
          HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), OPTIONS));
    } catch (EngineException | LinkageError e) {
      throw NativeLibrary.failure("the library of tokenizers", "tokenizers", e);
    } catch (IOException | RuntimeException e) {
      throw new InvalidDataException(source + ": not a valid tokenizer: " + e.getMessage(), e);
    }
  }

  long[] encode(String text) {
    return tokenizer.encode(text, false, false).getIds();
  }

  String decode(long[] ids) {
    return tokenizer.decode(ids, false);
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  /** Loads the library once. */
  private static final class Library {
    static {
      // on a machine with a GPU, DJL would download a CUDA build that tokenizing does not need
      boolean unset = System.getenv(FLAVOR) == null && System.getProperty(FLAVOR) == null;
      if (unset) {
        System.setProperty(FLAVOR, "cpu");
      }
      try {
        ai.djl.huggingface.tokenizers.jni.LibUtils.checkStatus();
      } finally {
        if (unset) {
          System.clearProperty(FLAVOR);
        }
      }
    }

    static void load() {}
  }
}
