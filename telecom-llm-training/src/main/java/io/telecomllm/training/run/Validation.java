package io.telecomllm.training.run;

import io.telecomllm.data.Question;
import io.telecomllm.lineage.ProbeScorer;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.prompt.Tokenizer;
import io.telecomllm.tensor.Scope;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.objective.Objective;
import io.telecomllm.training.progress.TrainingListener.EvaluationRecord;
import io.telecomllm.training.settings.EvaluationConfig;
import io.telecomllm.training.settings.EvaluationConfig.Metric;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;

/**
 * The questions of a run that are not trained on: their loss, and how many are answered rightly.
 *
 * @param objective whose loss is measured
 * @param questions that are answered
 * @param stopped whether to give up what is under way
 */
record Validation(
    EvaluationConfig config,
    TrainingData data,
    Objective objective,
    LanguageModel model,
    Tokenizer tokenizer,
    QuestionPrompt prompt,
    List<Question> questions,
    BooleanSupplier stopped) {
  /** Whether it is time. */
  boolean due(long step) {
    return data.hasValidation() && config.due(step, data.endsEpoch(step));
  }

  /** Evaluates after that step; empty if it was stopped before its end. */
  Optional<EvaluationRecord> evaluate(
      long step,
      int microBatch,
      Optimization optimization,
      LoraAdapter adapter,
      Optional<EvaluationRecord> best) {
    double sum = 0;
    long terms = 0;
    for (StepBatch batch : data.validation(microBatch)) {
      if (stopped.getAsBoolean()) {
        return Optional.empty();
      }
      int count = objective.terms(batch.batches());
      sum += optimization.loss(batch) * count;
      terms += count;
    }
    OptionalDouble accuracy = OptionalDouble.empty();
    if (config.metricForBestModel() == Metric.ACCURACY) {
      List<AnsweredCategory> answered = answered(adapter);
      if (answered.isEmpty()) {
        return Optional.empty();
      }
      accuracy = OptionalDouble.of(AnsweredCategory.accuracy(answered));
    }
    EvaluationRecord record =
        new EvaluationRecord(step, data.epoch(step), sum / terms, accuracy, false);
    return Optional.of(
        new EvaluationRecord(
            step, record.epoch(), record.loss(), accuracy, better(record, best, 0)));
  }

  /**
   * Whether an evaluation is better than the best before by more than a threshold; the first is,
   * unless it is not finite.
   */
  boolean better(EvaluationRecord now, Optional<EvaluationRecord> best, double threshold) {
    double value = value(now);
    return best.isEmpty()
        ? Double.isFinite(value)
        : config.metricForBestModel().better(value, value(best.get()), threshold);
  }

  private double value(EvaluationRecord record) {
    return config.metricForBestModel() == Metric.LOSS
        ? record.loss()
        : record.accuracy().orElse(Double.NaN);
  }

  /** How the adapted model answers; empty if it was stopped. */
  List<AnsweredCategory> answered(LoraAdapter adapter) {
    try (Scope scope = Scope.open(model.device())) {
      return answered(adapter.deltas(model.computeType(), scope));
    }
  }

  /** How the model answers with that in it; empty if it was stopped. */
  List<AnsweredCategory> answered(Deltas deltas) {
    return AnsweredCategory.ask(
        new ProbeScorer(model, deltas, tokenizer, prompt), questions, stopped);
  }
}
