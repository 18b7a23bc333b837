package io.telecomllm.training.run;

import io.telecomllm.json.JsonRecords;
import io.telecomllm.json.JsonText;
import io.telecomllm.json.JsonView;
import io.telecomllm.tensor.DataType;
import io.telecomllm.training.optimizer.LossScale;
import io.telecomllm.training.progress.TrainingListener.AnomalyRecord;
import io.telecomllm.training.progress.TrainingListener.EvaluationRecord;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import io.telecomllm.training.progress.TrainingListener.WarningRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The progress of a run and its records: what a resumed run needs in addition to tensors. */
final class RunState {
  long step;
  int microBatch;
  LossScale lossScale;
  int evaluationsSinceBest;
  final List<StepRecord> steps = new ArrayList<>();
  final List<EvaluationRecord> evaluations = new ArrayList<>();
  final List<AnomalyRecord> anomalies = new ArrayList<>();
  final List<WarningRecord> warnings = new ArrayList<>();
  final List<AnsweredCategory> before = new ArrayList<>();

  private RunState(LossScale lossScale) {
    this.lossScale = lossScale;
  }

  /** Creates the state of a new run. */
  static RunState begin(DataType computeType) {
    return new RunState(LossScale.of(computeType));
  }

  /** Returns the best evaluation; empty if there is none. */
  Optional<EvaluationRecord> best() {
    return evaluations.stream().filter(EvaluationRecord::best).reduce((a, b) -> b);
  }

  boolean evaluatedAt(long place) {
    return evaluations.stream().anyMatch(e -> e.step() == place);
  }

  String toJson() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("step", step);
    json.put("microBatch", microBatch);
    json.put("lossScale", lossScale.scale());
    json.put("goodSteps", lossScale.goodSteps());
    json.put("dynamicScale", lossScale.dynamic());
    json.put("evaluationsSinceBest", evaluationsSinceBest);
    json.put("steps", steps);
    json.put("evaluations", evaluations);
    json.put("anomalies", anomalies);
    json.put("warnings", warnings);
    json.put("before", before);
    return JsonText.line(JsonRecords.object(json));
  }

  /**
   * Reads the state of a checkpoint.
   *
   * @throws io.telecomllm.InvalidDataException naming file and field
   */
  static RunState of(JsonView json) {
    RunState state =
        new RunState(
            new LossScale(
                json.number("lossScale"),
                json.integer("goodSteps", 0, Integer.MAX_VALUE),
                json.bool("dynamicScale")));
    state.step = json.longInteger("step", 0, Long.MAX_VALUE);
    state.microBatch = json.integer("microBatch", 1, Integer.MAX_VALUE);
    state.evaluationsSinceBest = json.integer("evaluationsSinceBest", 0, Integer.MAX_VALUE);
    for (JsonView s : json.objects("steps")) {
      requireCounts(s, "step", "epoch", "questions", "tokens", "rows");
      requireFinite(s, "loss", "penalty", "gradientNorm", "learningRate", "seconds");
      state.steps.add(JsonRecords.read(s, StepRecord.class));
    }
    for (JsonView e : json.objects("evaluations")) {
      requireCounts(e, "step", "epoch");
      state.evaluations.add(JsonRecords.read(e, EvaluationRecord.class));
    }
    for (JsonView a : json.objects("anomalies")) {
      requireCounts(a, "step");
      state.anomalies.add(JsonRecords.read(a, AnomalyRecord.class));
    }
    for (JsonView w : json.objects("warnings")) {
      requireCounts(w, "step");
      state.warnings.add(JsonRecords.read(w, WarningRecord.class));
    }
    json.objects("before").forEach(b -> state.before.add(AnsweredCategory.of(b)));
    return state;
  }

  /** Checks that each of these fields is at least 1. */
  private static void requireCounts(JsonView record, String... fields) {
    for (String field : fields) {
      record.longInteger(field, 1, Long.MAX_VALUE);
    }
  }

  /** Checks that each of these fields is finite. */
  private static void requireFinite(JsonView record, String... fields) {
    for (String field : fields) {
      record.number(field);
    }
  }
}
