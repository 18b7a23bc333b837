package io.telecomllm.lineage;

import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Asks the probes of a lineage again. */
record ProbeCheck(
    Lineage lineage,
    LanguageModel model,
    LoraAdapter adapter,
    Tokenizer tokenizer,
    QuestionPrompt prompt) {
  /**
   * How far an option's share may lie from the saved one. Between fp32 and bf16 it moved by up to
   * 0.055 with SmolLM2-135M (24 questions of TeleQnA) and 0.073 with random weights; packing to NF4
   * moves it by 0.17 in the mean and is not let pass.
   */
  static final double TOLERANCE = 0.1;

  /** Reports the first probe that is answered otherwise. */
  void replay(Differences differences) {
    try (Scope scope = Scope.open(model.device())) {
      ProbeScorer scorer =
          new ProbeScorer(model, adapter.deltas(model.computeType(), scope), tokenizer, prompt);
      for (int i = 0; i < lineage.probes().size(); i++) {
        Probe probe = lineage.probes().get(i);
        if (!scorer.fits(probe.question(), probe.options())) {
          throw differences.invalid(
              "probes["
                  + i
                  + "] takes more tokens than the "
                  + model.config().contextLength()
                  + " of the model's context");
        }
        List<Double> here = scorer.scores(probe.question(), probe.options());
        if (!agree(probe.scores(), here)) {
          differences.add(Accept.OTHER_SCORES, sentence(i + 1, probe.scores(), here));
          return;
        }
      }
    }
  }

  /** Options closer together than the tolerance may change places. */
  static boolean agree(List<Double> saved, List<Double> here) {
    double[] before = ProbeScorer.shares(saved);
    double[] now = ProbeScorer.shares(here);
    for (int i = 0; i < before.length; i++) {
      // written so that NaN does not agree
      if (!(Math.abs(before[i] - now[i]) <= TOLERANCE)) {
        return false;
      }
    }
    return before[ProbeScorer.best(saved)] - before[ProbeScorer.best(here)] <= TOLERANCE;
  }

  private String sentence(int number, List<Double> saved, List<Double> here) {
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
        + model.weightType()
        + " in "
        + model.computeType()
        + ")";
  }

  private static String percent(List<Double> scores) {
    return Arrays.stream(ProbeScorer.shares(scores))
        .mapToObj(share -> String.format(Locale.ROOT, "%.1f", 100 * share))
        .collect(Collectors.joining("/", "", " %"));
  }
}
