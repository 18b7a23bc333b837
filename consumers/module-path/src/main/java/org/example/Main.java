package org.example;

import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import java.nio.file.Path;
import java.util.List;

/** Answers a question as a named module. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    try (LanguageModel model = ModelLoader.load(Path.of(args[0]));
        TelecomAnswerer answerer = TelecomAnswerer.on(model).build()) {
      System.out.println(
          TelecomAnswerer.class.getModule()
              + " answered "
              + answerer.answer("Which function registers a UE?", List.of("the AMF", "the UPF")).text());
    }
  }
}
