package io.telecomllm.examples;

import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.EncodedAnswer;
import io.telecomllm.prompt.Message;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.training.batching.Example;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The first questions of TeleQnA in the order and with the prompt of the peer's benchmark. */
final class TeleQnAExamples {
  private static final String INSTRUCTION =
      "Below is a multiple choice question about telecommunications and 3GPP standards. Select the single"
          + " best option and answer with the option number and its text.\n";

  private TeleQnAExamples() {}

  /** The tokenizer lies beside the questions. */
  static List<Example> read(Path questions, int count) {
    return read(questions, questions.resolveSibling("phi3-tokenizer"), count);
  }

  /** With the tokenizer of that folder. */
  static List<Example> read(Path questions, Path tokenizerFolder, int count) {
    // all that there are, as the peer: an order is one of a certain number of questions
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
