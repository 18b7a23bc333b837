package io.telecomllm.lineage;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.data.Question;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.RenderedQuestion;
import io.telecomllm.scoring.OptionScorer;
import io.telecomllm.scoring.OptionScores;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.scoring.Scoring;
import io.telecomllm.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A question and how the adapted model answered it, to check later that it still does. Immutable.
 *
 * @param question the text, which is asked without references
 * @param options 2 to 9 texts
 * @param scores the log-probability of each option's label ({@code option k}), finite and at most
 *     0: of the label's tokens after the beginning that all labels share, given the prompt and that
 *     beginning
 */
public record Probe(String question, List<String> options, List<Double> scores) {
  /** The number of probes that an adapter gets. */
  public static final int COUNT = 4;

  /** Checks sizes and ranges. */
  public Probe {
    options = List.copyOf(options);
    scores = List.copyOf(scores);
    checkArgument(
        options.size() >= Question.MIN_OPTIONS && options.size() <= Question.MAX_OPTIONS,
        "a probe has %s options, expected %s to %s",
        options.size(),
        Question.MIN_OPTIONS,
        Question.MAX_OPTIONS);
    checkArgument(
        options.size() == scores.size(),
        "a probe has %s scores for %s options",
        scores.size(),
        options.size());
    // rounding can leave the most probable token slightly above 0
    scores.forEach(
        score ->
            checkArgument(
                score > Double.NEGATIVE_INFINITY && score < 1e-3,
                "a probe's score is %s, must be finite and at most 0",
                score));
  }

  /**
   * Asks up to {@link #COUNT} of the questions, spread evenly over the list; one that does not fit
   * the model's context is replaced by the next. The same questions in the same order give the same
   * probes.
   *
   * @throws io.telecomllm.TelecomLlmException if the model computes a value that is not finite
   */
  @Internal
  public static List<Probe> ask(
      List<Question> questions, PromptedModel prompted, LoraAdapter adapter) {
    LanguageModel model = prompted.model();
    try (Scope scope = Scope.open(model.device());
        OptionScorer scorer =
            prompted.scorer(adapter.deltas(model.computeType(), scope), Scoring.LABEL)) {
      List<Question> asked = new ArrayList<>();
      List<RenderedQuestion> rendered = new ArrayList<>();
      int count = Math.min(COUNT, questions.size());
      for (int i = 0; i < count; i++) {
        int end = (int) ((i + 1L) * questions.size() / count);
        for (int at = (int) ((long) i * questions.size() / count); at < end; at++) {
          RenderedQuestion question = prompted.ask(questions.get(at));
          if (scorer.fits(question)) {
            asked.add(questions.get(at));
            rendered.add(question);
            break;
          }
        }
      }
      List<OptionScores> scores = scorer.score(rendered);
      return IntStream.range(0, asked.size())
          .mapToObj(i -> of(asked.get(i), scores.get(i)))
          .toList();
    }
  }

  private static Probe of(Question question, OptionScores scores) {
    return new Probe(question.text(), question.options(), scores.logProbabilities());
  }
}
