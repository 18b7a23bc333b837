package io.telecomllm.examples.benchmarks;

import io.telecomllm.examples.peers.PeerQuestion;
import io.telecomllm.examples.peers.PythonRandom;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.EncodedAnswer;
import io.telecomllm.prompt.Message;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.training.batching.Example;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the first questions of TeleQnA in the order and with the prompt of the peer's benchmark.
 */
final class TeleQnAExamples {
  private static final String INSTRUCTION =
      "Below is a multiple choice question about telecommunications and 3GPP standards. Select the"
          + " single best option and answer with the option number and its text.\n";

  private TeleQnAExamples() {}

  /**
   * Reads {@code count} examples; the tokenizer is in the folder phi3-tokenizer next to the
   * questions.
   */
  static List<Example> read(Path questions, int count) {
    return read(questions, questions.resolveSibling("phi3-tokenizer"), count);
  }

  /** Reads {@code count} examples with the tokenizer of a folder. */
  static List<Example> read(Path questions, Path tokenizerFolder, int count) {
    // all questions, as the peer: a shuffled order depends on the number of questions
    List<PeerQuestion> all = new ArrayList<>(PeerQuestion.read(questions).values());
    new PythonRandom(3).shuffle(all);
    try (Tokenizer tokenizer = Tokenizer.load(tokenizerFolder)) {
      return all.subList(0, Math.min(count, all.size())).stream()
          .map(question -> example(tokenizer, question))
          .toList();
    }
  }

  private static Example example(Tokenizer tokenizer, PeerQuestion question) {
    String text =
        INSTRUCTION + "### Question:\n" + question.text() + "\n### Options:" + question.listed();
    EncodedAnswer encoded =
        ChatTemplate.PHI_3.encodeAnswer(
            tokenizer, List.of(Message.user(text)), question.answerLine());
    return Example.of(encoded.promptIds(), encoded.answerIds());
  }

  /** Returns the number of tokens that all examples begin with. */
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
