package io.telecomllm.examples;

import io.telecomllm.data.Question;
import io.telecomllm.data.TeleQnADataset;
import io.telecomllm.prompt.Tokenizer;
import io.telecomllm.training.batching.Example;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The first questions of TeleQnA in {@link TrainingBenchmark}'s order and prompt. */
final class TeleQnAExamples {
  private TeleQnAExamples() {}

  /** The tokenizer lies beside the questions. */
  static List<Example> read(Path questions, int count) {
    List<Question> all = new ArrayList<>(TeleQnADataset.read(questions).questions());
    new PythonRandom(3).shuffle(all);
    try (Tokenizer tokenizer = Tokenizer.load(questions.resolveSibling("phi3-tokenizer"))) {
      return all.subList(0, Math.min(count, all.size())).stream()
          .map(question -> TrainingBenchmark.example(tokenizer, question))
          .toList();
    }
  }

  /** How many tokens all of them begin with. */
  static int shared(List<Example> examples) {
    int[] first = examples.get(0).ids();
    int shared = 0;
    while (agree(examples, first, shared)) {
      shared++;
    }
    return shared;
  }

  private static boolean agree(List<Example> examples, int[] first, int at) {
    return examples.stream().allMatch(e -> at < e.ids().length - 2 && e.ids()[at] == first[at]);
  }
}
