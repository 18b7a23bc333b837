package io.telecomllm.lineage;

import com.google.common.primitives.Ints;
import io.telecomllm.data.Question;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.prompt.RenderedQuestion;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How probable an adapted model finds the options' labels: one question, one forward pass. */
public record ProbeScorer(
    LanguageModel model, Deltas deltas, Tokenizer tokenizer, QuestionPrompt prompt) {

  /** Whether the model can read the question with any of its answers. */
  public boolean fits(String question, List<String> options) {
    RenderedQuestion rendered = prompt.render(tokenizer, question, options);
    int longest = rendered.candidates().stream().mapToInt(c -> c.labelIds().length).max().orElse(0);
    return rendered.promptIds().length + longest - 1 <= model.config().contextLength();
  }

  /**
   * The log-probability of each option's label behind the prompt; not finite where the logits are.
   */
  public List<Double> scores(String question, List<String> options) {
    RenderedQuestion rendered = prompt.render(tokenizer, question, options);
    List<Integer> ids = new ArrayList<>(Ints.asList(rendered.promptIds()));
    List<TokenBatch.Segment> segments = new ArrayList<>();
    segments.add(new TokenBatch.Segment(0, ids.size(), -1));
    List<Integer> rows = new ArrayList<>(List.of(ids.size() - 1));
    List<int[]> labels = rendered.candidates().stream().map(c -> c.labelIds()).toList();
    for (int[] label : labels) {
      // the last token of a label is predicted, never read
      int read = label.length - 1;
      if (read > 0) {
        segments.add(new TokenBatch.Segment(ids.size(), read, 0));
        for (int i = 0; i < read; i++) {
          rows.add(ids.size());
          ids.add(label[i]);
        }
      }
    }
    TokenBatch batch = new TokenBatch(Ints.toArray(ids), segments);
    return sums(labels, logProbabilities(batch, Ints.toArray(rows), labels));
  }

  /** Of each label's tokens in turn: the first behind the prompt, the others behind it. */
  private float[] logProbabilities(TokenBatch batch, int[] rows, List<int[]> labels) {
    try (Scope work = Scope.open(model.device())) {
      Operators ops = work.operators();
      Tensor logits = model.logits(batch, null, deltas, rows, work);
      long vocabulary = logits.size(1);
      List<Long> places = new ArrayList<>();
      int row = 1;
      for (int[] label : labels) {
        places.add((long) label[0]);
        for (int i = 1; i < label.length; i++) {
          places.add(row++ * vocabulary + label[i]);
        }
      }
      Tensor all = ops.reshape(ops.logSoftmax(logits), logits.elements());
      long[] wanted = places.stream().mapToLong(Long::longValue).toArray();
      return ops.toFloats(ops.selectRows(all, ops.longs(wanted)));
    }
  }

  private List<Double> sums(List<int[]> labels, float[] picked) {
    List<Double> sums = new ArrayList<>();
    int next = 0;
    for (int[] label : labels) {
      double sum = 0;
      for (int i = 0; i < label.length; i++) {
        sum += picked[next++];
      }
      sums.add(sum);
    }
    return sums;
  }

  /** Whether the most probable option is the answer. */
  public boolean isRight(Question question) {
    return best(scores(question.text(), question.options())) == question.answer();
  }

  /** The first of the options with the highest score. */
  static int best(List<Double> scores) {
    int best = 0;
    for (int i = 1; i < scores.size(); i++) {
      best = scores.get(i) > scores.get(best) ? i : best;
    }
    return best;
  }

  /** Scores as the shares of the options. */
  static double[] shares(List<Double> scores) {
    double max = scores.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    double[] shares = scores.stream().mapToDouble(score -> Math.exp(score - max)).toArray();
    double sum = Arrays.stream(shares).sum();
    return Arrays.stream(shares).map(share -> share / sum).toArray();
  }
}
