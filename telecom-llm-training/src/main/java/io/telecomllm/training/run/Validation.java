package io.telecomllm.training.run;

import com.google.common.collect.Lists;
import io.telecomllm.DivergenceException;
import io.telecomllm.data.Question;
import io.telecomllm.grounding.Grounding;
import io.telecomllm.grounding.Grounding.Grounded;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.RenderedQuestion;
import io.telecomllm.scoring.OptionScorer;
import io.telecomllm.scoring.OptionScores;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.scoring.Scoring;
import io.telecomllm.tensor.Scope;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.objective.Loss;
import io.telecomllm.training.objective.Objective;
import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.progress.TrainingListener.EvaluationProgress;
import io.telecomllm.training.progress.TrainingListener.EvaluationRecord;
import io.telecomllm.training.settings.EvaluationConfig;
import io.telecomllm.training.settings.EvaluationConfig.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;

/**
 * Evaluates a run on the validation questions: their loss, and how many are answered correctly.
 *
 * @param objective the objective whose loss is measured
 * @param asked the questions to answer
 * @param stopped returns whether to give up an evaluation under way
 * @param listener hears how far an evaluation is
 */
record Validation(
    EvaluationConfig config,
    RunData data,
    Objective objective,
    PromptedModel prompted,
    List<Asked> asked,
    BooleanSupplier stopped,
    TrainingListener listener) {
  /** The number of questions answered between two checks whether to stop. */
  private static final int ANSWERED = 8;

  /** A question as the model reads it, with its references. */
  record Asked(Question question, RenderedQuestion rendered) {}

  /** Renders each question once, as an answerer would ask it; leaves out those that do not fit. */
  static List<Asked> asked(RunSetup setup, List<Question> questions) {
    Grounding grounding = setup.grounding(setup.model().config().contextLength());
    List<Asked> asked = new ArrayList<>();
    for (Question question : questions) {
      Grounded<RenderedQuestion> grounded =
          grounding.ask(question.text(), question.options(), Scoring.LABEL::tokens);
      if (grounded.fits()) {
        asked.add(new Asked(question, grounded.question()));
      }
    }
    return List.copyOf(asked);
  }

  /** Returns whether an evaluation is due after a step. */
  boolean due(long step) {
    return data.hasValidation() && config.due(step, data.endsEpoch(step));
  }

  /** Evaluates the adapter after a step; empty if it was stopped before its end. */
  Optional<EvaluationRecord> evaluate(
      long step,
      int microBatch,
      Optimization optimization,
      LoraAdapter adapter,
      Optional<EvaluationRecord> best) {
    Loss sum = Loss.NONE;
    double terms = 0;
    boolean answers = config.metricForBestModel() == Metric.ACCURACY;
    List<StepBatch> batches = data.validation(microBatch);
    int questions = batches.stream().mapToInt(StepBatch::examples).sum();
    Progress progress = new Progress(step, questions + (answers ? asked.size() : 0));
    for (StepBatch batch : batches) {
      if (stopped.getAsBoolean()) {
        return Optional.empty();
      }
      double count = objective.terms(batch.batches());
      Loss loss = optimization.loss(batch);
      sum = sum.plus(loss.times(count));
      terms += count;
      progress.done(batch.examples());
    }
    OptionalDouble accuracy = OptionalDouble.empty();
    if (answers) {
      List<AnsweredCategory> answered = answered(adapter, progress);
      if (answered.isEmpty() && !asked.isEmpty()) {
        return Optional.empty();
      }
      if (!answered.isEmpty()) {
        accuracy = OptionalDouble.of(AnsweredCategory.accuracy(answered));
      }
    }
    EvaluationRecord record =
        new EvaluationRecord(
            step,
            data.epoch(step),
            sum.value() / terms,
            sum.penalty() / terms,
            sum.choices(),
            accuracy,
            false);
    return Optional.of(record.withBest(better(record, best, 0)));
  }

  /**
   * Returns whether an evaluation is better than the best before by more than a threshold; the
   * first one is if it is finite.
   */
  boolean better(EvaluationRecord now, Optional<EvaluationRecord> best, double threshold) {
    double value = value(now);
    return best.isEmpty()
        ? Double.isFinite(value)
        : config.metricForBestModel().better(value, value(best.get()), threshold);
  }

  private double value(EvaluationRecord record) {
    return switch (config.metricForBestModel()) {
      case CHOICE_LOSS -> record.choices().loss();
      case LOSS -> record.loss();
      case ACCURACY -> record.accuracy().orElse(Double.NaN);
    };
  }

  /** Answers the questions with the model alone; empty if it was stopped. */
  List<AnsweredCategory> answeredBefore() {
    return answered(Deltas.none(), new Progress(0, asked.size()));
  }

  /** Answers the questions with the adapted model after a step; empty if it was stopped. */
  List<AnsweredCategory> answered(long step, LoraAdapter adapter) {
    return answered(adapter, new Progress(step, asked.size()));
  }

  private List<AnsweredCategory> answered(LoraAdapter adapter, Progress progress) {
    LanguageModel model = prompted.model();
    try (Scope scope = Scope.open(model.device())) {
      return answered(adapter.deltas(model.computeType(), scope), progress);
    }
  }

  private List<AnsweredCategory> answered(Deltas deltas, Progress progress) {
    List<AnsweredCategory> single = new ArrayList<>();
    try (OptionScorer scorer = prompted.scorer(deltas, Scoring.LABEL)) {
      for (List<Asked> some : Lists.partition(asked, ANSWERED)) {
        if (stopped.getAsBoolean()) {
          return List.of();
        }
        List<Optional<OptionScores>> scores = scores(scorer, some);
        for (int i = 0; i < some.size(); i++) {
          Question question = some.get(i).question();
          boolean right = scores.get(i).filter(s -> s.best() == question.answer()).isPresent();
          single.add(new AnsweredCategory(question.category().label(), 1, right ? 1 : 0));
        }
        progress.done(some.size());
      }
    }
    return AnsweredCategory.sum(single);
  }

  /** Scores questions; those whose scores are not finite get none, so that the run continues. */
  private static List<Optional<OptionScores>> scores(OptionScorer scorer, List<Asked> some) {
    try {
      return scorer.score(some.stream().map(Asked::rendered).toList()).stream()
          .map(Optional::of)
          .toList();
    } catch (DivergenceException e) {
      return some.size() == 1
          ? List.of(Optional.empty())
          : some.stream().flatMap(one -> scores(scorer, List.of(one)).stream()).toList();
    }
  }

  /** Tells the listener how far one evaluation is. */
  private final class Progress {
    private final long step;
    private final int questions;
    private int done;

    Progress(long step, int questions) {
      this.step = step;
      this.questions = questions;
    }

    void done(int more) {
      done += more;
      listener.evaluating(new EvaluationProgress(step, done, questions));
    }
  }
}
