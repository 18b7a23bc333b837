package io.telecomllm.examples.peers;

import io.telecomllm.InvalidDataException;
import io.telecomllm.data.Accuracy;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.Message;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.PackedBatch;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The prompt of the peer's script and its way to choose an answer: the most probable digit. */
final class PeerPrompt {
  private static final String SYSTEM =
      "You answer multiple choice questions about telecommunications. Reply with the option number"
          + " and its text.";
  private static final int MOST_OPTIONS = 5;
  private static final int AT_A_TIME = 16;

  private final Tokenizer tokenizer;
  private final int[] stem; // "option "
  private final int[] digits; // the tokens "1" to "5"

  PeerPrompt(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    int[][] options =
        IntStream.rangeClosed(1, MOST_OPTIONS)
            .mapToObj(i -> tokenizer.encode("option " + i))
            .toArray(int[][]::new);
    this.stem = Arrays.copyOf(options[0], options[0].length - 1);
    this.digits = Arrays.stream(options).mapToInt(o -> o[o.length - 1]).toArray();
  }

  /** Returns the ids of the prompt up to where the answer begins. */
  int[] ids(PeerQuestion question) {
    return ChatTemplate.CHAT_ML.encode(
        tokenizer,
        List.of(Message.system(SYSTEM), Message.user(question.text() + question.listed())),
        true);
  }

  /**
   * Checks that this tokenizer and prompt give the ids that the peer trained on.
   *
   * @throws InvalidDataException naming the question if they do not
   */
  void requireSame(PeerQuestion question, PeerRun.Row row) {
    int[] own = ids(question);
    int at = Arrays.mismatch(own, row.prompt());
    if (at >= 0) {
      throw new InvalidDataException(
          "order.json: "
              + row.id()
              + ": input_ids differ from this tokenizer's at "
              + at
              + ": expected "
              + (at < own.length ? own[at] : "the answer")
              + ", found "
              + row.ids()[at]);
    }
  }

  /** Measures the accuracy of a model on the questions. */
  Accuracy accuracy(LanguageModel model, Deltas deltas, List<PeerQuestion> questions) {
    int right = 0;
    for (int from = 0; from < questions.size(); from += AT_A_TIME) {
      List<PeerQuestion> some =
          questions.subList(from, Math.min(from + AT_A_TIME, questions.size()));
      right += right(model, deltas, some);
    }
    return new Accuracy(right, questions.size());
  }

  private int right(LanguageModel model, Deltas deltas, List<PeerQuestion> questions) {
    // packing may change the order, so each label is the question's index, not a token to learn
    PackedBatch batch =
        PackedBatch.of(
            IntStream.range(0, questions.size())
                .mapToObj(i -> probe(ids(questions.get(i)), i))
                .toList());
    int right = 0;
    try (Scope scope = Scope.open(model.device())) {
      Tensor logits = model.network().logits(batch.tokens(), null, deltas, batch.rows(), scope);
      Operators ops = scope.operators();
      int vocabulary = logits.size(1);
      float[] values = ops.toFloats(ops.reshape(logits, logits.elements()));
      for (int i = 0; i < batch.labels().length; i++) {
        PeerQuestion question = questions.get(batch.labels()[i]);
        if (choice(values, i * vocabulary, question.options().size()) == question.answer()) {
          right++;
        }
      }
    }
    return right;
  }

  private Example probe(int[] prompt, int place) {
    int[] ids = Arrays.copyOf(prompt, prompt.length + stem.length + 1);
    System.arraycopy(stem, 0, ids, prompt.length, stem.length);
    ids[ids.length - 1] = digits[0];
    int[] labels = new int[ids.length];
    Arrays.fill(labels, Example.NO_LABEL);
    labels[ids.length - 1] = place;
    return new Example(ids, labels);
  }

  /**
   * Returns the most probable option, the first one if several tie, as torch's argmax on a CPU
   * does.
   */
  private int choice(float[] logits, int row, int options) {
    int best = 0;
    for (int i = 1; i < options; i++) {
      if (logits[row + digits[i]] > logits[row + digits[best]]) {
        best = i;
      }
    }
    return best;
  }
}
