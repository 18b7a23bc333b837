package io.telecomllm.lineage;

import io.telecomllm.DivergenceException;
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
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Asks the probes of a lineage again and compares the answers. */
record ProbeCheck(Lineage lineage, PromptedModel prompted, LoraAdapter adapter) {
  /**
   * The largest difference from an option's saved probability. Between fp32 and bf16 it was up to
   * 0.055 with SmolLM2-135M (24 questions of TeleQnA) and 0.073 with random weights; packing to NF4
   * changes it by 0.17 on average, which is refused.
   */
  static final double TOLERANCE = 0.1;

  /** Adds the first probe that is answered differently. */
  void replay(Differences differences) {
    LanguageModel model = prompted.model();
    try (Scope scope = Scope.open(model.device());
        OptionScorer scorer =
            prompted.scorer(adapter.deltas(model.computeType(), scope), Scoring.LABEL)) {
      List<RenderedQuestion> rendered = new ArrayList<>();
      for (Probe probe : lineage.probes()) {
        RenderedQuestion question = prompted.ask(probe.question(), probe.options());
        if (!scorer.fits(question)) {
          throw differences.invalid(
              "probes["
                  + rendered.size()
                  + "] takes more tokens than the "
                  + model.config().contextLength()
                  + " of the model's context");
        }
        rendered.add(question);
      }
      List<OptionScores> scores;
      try {
        scores = scorer.score(rendered);
      } catch (DivergenceException e) {
        differences.add(
            Accept.OTHER_SCORES,
            "the adapter gave its probes' options finite scores when it was saved, but now "
                + e.getMessage());
        return;
      }
      for (int i = 0; i < scores.size(); i++) {
        OptionScores saved = new OptionScores(lineage.probes().get(i).scores());
        if (!agree(saved, scores.get(i))) {
          differences.add(Accept.OTHER_SCORES, sentence(i + 1, saved, scores.get(i)));
          return;
        }
      }
    }
  }

  /** Returns whether two answers agree; options closer than the tolerance may change places. */
  static boolean agree(OptionScores saved, OptionScores here) {
    List<Double> before = saved.probabilities();
    List<Double> now = here.probabilities();
    boolean close =
        IntStream.range(0, before.size())
            .allMatch(i -> Math.abs(before.get(i) - now.get(i)) <= TOLERANCE);
    return close && before.get(saved.best()) - before.get(here.best()) <= TOLERANCE;
  }

  private String sentence(int number, OptionScores saved, OptionScores here) {
    return "the adapter gave the options of probe "
        + number
        + " the shares "
        + percent(saved)
        + " when it was saved, it gives "
        + percent(here)
        + " now, so its files or the model's have changed (saved with "
        + lineage.base().weights()
        + " weights in "
        + lineage.base().computeType()
        + ", now "
        + prompted.model().weightType()
        + " in "
        + prompted.model().computeType()
        + ")";
  }

  private static String percent(OptionScores scores) {
    return scores.probabilities().stream()
        .map(share -> String.format(Locale.ROOT, "%.1f", 100 * share))
        .collect(Collectors.joining("/", "", " %"));
  }
}
