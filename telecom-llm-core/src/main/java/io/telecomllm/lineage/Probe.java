package io.telecomllm.lineage;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.TelecomLlmException;
import io.telecomllm.data.Question;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * A question and how the adapted model answered it, kept to see later whether it still does.
 *
 * @param question its text, put without passages
 * @param options 2 to 9 texts
 * @param scores the log-probability of each option's label ({@code option k}) behind the prompt,
 *     finite and at most 0
 */
public record Probe(String question, List<String> options, List<Double> scores) {
  /** How many an adapter gets. */
  public static final int COUNT = 4;

  /** Checks numbers and ranges. */
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
    // rounding leaves the most probable token a hair above 0
    scores.forEach(
        score ->
            checkArgument(
                score > Double.NEGATIVE_INFINITY && score < 1e-3,
                "a probe's score is %s, must be finite and at most 0",
                score));
  }

  /**
   * Asks up to {@link #COUNT} of the questions, spread evenly over the list; one that does not fit
   * the model's context gives way to the next. The same questions in the same order give the same
   * probes.
   *
   * @throws io.telecomllm.TelecomLlmException if the model computes a value that is not finite
   */
  public static List<Probe> ask(
      List<Question> questions,
      LanguageModel model,
      LoraAdapter adapter,
      Tokenizer tokenizer,
      QuestionPrompt prompt) {
    List<Probe> probes = new ArrayList<>();
    try (Scope scope = Scope.open(model.device())) {
      Deltas deltas = adapter.deltas(model.computeType(), scope);
      ProbeScorer scorer = new ProbeScorer(model, deltas, tokenizer, prompt);
      int count = Math.min(COUNT, questions.size());
      for (int i = 0; i < count; i++) {
        int end = (int) ((i + 1L) * questions.size() / count);
        for (int at = (int) ((long) i * questions.size() / count); at < end; at++) {
          Question question = questions.get(at);
          if (scorer.fits(question.text(), question.options())) {
            List<Double> scores = scorer.scores(question.text(), question.options());
            if (!scores.stream().allMatch(Double::isFinite)) {
              throw new TelecomLlmException(
                  "the log-probabilities of a probe's options are "
                      + scores
                      + ": the model or its adapter holds values that are not finite");
            }
            probes.add(new Probe(question.text(), question.options(), scores));
            break;
          }
        }
      }
    }
    return List.copyOf(probes);
  }
}
