package io.telecomllm.tokenizer;

import com.google.common.base.Suppliers;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.telecomllm.testing.Shared;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The reference tokenizers, loaded once and never closed. */
public final class Tokenizers {
  private static final Supplier<Tokenizer> PHI3 =
      Suppliers.memoize(() -> Tokenizer.load(phi3Folder()));
  private static final Supplier<Tokenizer> SMOLLM2 =
      Suppliers.memoize(() -> Tokenizer.of(Gguf.vocabulary(gguf())));

  private Tokenizers() {}

  public static Tokenizer phi3() {
    return PHI3.get();
  }

  public static Tokenizer smollm2() {
    return SMOLLM2.get();
  }

  public static Path phi3Folder() {
    return Shared.path("data/phi3-tokenizer");
  }

  public static Path gguf() {
    return Shared.gguf();
  }

  public static JsonObject json(Path file) {
    try {
      return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static int[] ids(JsonElement array) {
    return ((JsonArray) array).asList().stream().mapToInt(JsonElement::getAsInt).toArray();
  }

  public static long countControls(Tokenizer tokenizer, int[] ids) {
    return IntStream.of(ids).filter(tokenizer::isControl).count();
  }

  /** Every control token of a tokenizer, spelled. */
  public static List<String> controls(Tokenizer tokenizer) {
    List<String> controls = new ArrayList<>();
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      if (tokenizer.isControl(id)) {
        controls.add(tokenizer.token(id).get());
      }
    }
    return controls;
  }
}
