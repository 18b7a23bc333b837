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
 * The data of the examples: a glossary, questions about it, and a tiny model that can look words up
 * in a text but has never seen these questions.
 */
final class EmbeddedData {
  private static final List<String> MODEL_FILES =
      List.of("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json");

  private EmbeddedData() {}

  /** Reads about 320 questions, written for this library in TeleQnA's format. */
  static TeleQnADataset questions() {
    try (InputStream json = open("questions.json")) {
      return TeleQnADataset.read(json, "questions.json");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads more than 500 telecom terms with their explanations. */
  static Lexicon glossary() {
    try (InputStream lines = open("glossary.jsonl")) {
      return Lexicon.read(lines, "glossary.jsonl");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Loads the tiny model, from a temporary folder that its files are copied to. */
  static LanguageModel model() {
    try {
      Path folder = Files.createTempDirectory("telecom-llm-base");
      // deleted in reverse order: the folder after its files
      folder.toFile().deleteOnExit();
      for (String file : MODEL_FILES) {
        Path target = folder.resolve(file);
        target.toFile().deleteOnExit();
        try (InputStream content = open("base/" + file)) {
          Files.copy(content, target);
        }
      }
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
