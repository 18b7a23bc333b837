package io.telecomllm.examples;

import io.telecomllm.data.TeleQnADataset;
import io.telecomllm.knowledge.Lexicon;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the examples carry with them: a glossary, questions about it, and a tiny model that knows
 * how to look words up in a text but has never seen a question of theirs.
 */
final class EmbeddedData {
  private static final List<String> MODEL_FILES =
      List.of("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json");

  private EmbeddedData() {}

  /** About 320 questions of our own in TeleQnA's format. */
  static TeleQnADataset questions() {
    try (InputStream json = open("questions.json")) {
      return TeleQnADataset.read(json, "questions.json");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** More than 500 telecom terms with their explanations. */
  static Lexicon glossary() {
    try (InputStream lines = open("glossary.jsonl")) {
      return Lexicon.read(lines, "glossary.jsonl");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The tiny model; a model is loaded from a folder, so its files are unpacked into one for the
   * moment.
   */
  static LanguageModel model() {
    try {
      Path folder = Files.createTempDirectory("telecom-llm-base");
      for (String file : MODEL_FILES) {
        Path target = folder.resolve(file);
        target.toFile().deleteOnExit();
        try (InputStream content = open("base/" + file)) {
          Files.copy(content, target);
        }
      }
      folder.toFile().deleteOnExit();
      return ModelLoader.load(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String name) throws FileNotFoundException {
    InputStream stream = EmbeddedData.class.getResourceAsStream(name);
    if (stream == null) {
      throw new FileNotFoundException("resource " + name);
    }
    return stream;
  }
}
