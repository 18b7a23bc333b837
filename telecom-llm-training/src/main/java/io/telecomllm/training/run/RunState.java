package io.telecomllm.training.run;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.telecomllm.tensor.DataType;
import io.telecomllm.training.optimizer.LossScale;
import io.telecomllm.training.progress.TrainingListener.Anomaly;
import io.telecomllm.training.progress.TrainingListener.AnomalyRecord;
import io.telecomllm.training.progress.TrainingListener.EvaluationRecord;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import io.telecomllm.weights.JsonView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** How far a run is, and what it saw: all that a resumed one needs beside tensors. */
final class RunState {
  long step;
  int microBatch;
  LossScale lossScale;
  int evaluationsSinceBest;
  final List<StepRecord> steps = new ArrayList<>();
  final List<EvaluationRecord> evaluations = new ArrayList<>();
  final List<AnomalyRecord> anomalies = new ArrayList<>();
  final List<AnsweredCategory> before = new ArrayList<>();

  private RunState(LossScale lossScale) {
    this.lossScale = lossScale;
  }

  /** That of a new run. */
  static RunState begin(DataType computeType) {
    return new RunState(LossScale.of(computeType));
  }

  /** The best evaluation, if there is one. */
  Optional<EvaluationRecord> best() {
    return evaluations.stream().filter(EvaluationRecord::best).reduce((a, b) -> b);
  }

  boolean evaluatedAt(long place) {
    return evaluations.stream().anyMatch(e -> e.step() == place);
  }

  String toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("step", step);
    json.addProperty("microBatch", microBatch);
    json.addProperty("lossScale", lossScale.scale());
    json.addProperty("goodSteps", lossScale.goodSteps());
    json.addProperty("dynamicScale", lossScale.dynamic());
    json.addProperty("evaluationsSinceBest", evaluationsSinceBest);
    JsonArray all = new JsonArray();
    steps.forEach(s -> all.add(json(s)));
    json.add("steps", all);
    JsonArray measured = new JsonArray();
    evaluations.forEach(e -> measured.add(json(e)));
    json.add("evaluations", measured);
    JsonArray seen = new JsonArray();
    anomalies.forEach(a -> seen.add(json(a)));
    json.add("anomalies", seen);
    JsonArray answered = new JsonArray();
    before.forEach(b -> answered.add(b.json()));
    json.add("before", answered);
    return new GsonBuilder().serializeNulls().create().toJson(json);
  }

  private static JsonObject json(StepRecord s) {
    JsonObject json = new JsonObject();
    json.addProperty("step", s.step());
    json.addProperty("epoch", s.epoch());
    json.addProperty("loss", s.loss());
    json.addProperty("gradientNorm", s.gradientNorm());
    json.addProperty("learningRate", s.learningRate());
    json.addProperty("questions", s.questions());
    json.addProperty("tokens", s.tokens());
    json.addProperty("rows", s.rows());
    json.addProperty("seconds", s.seconds());
    return json;
  }

  private static JsonObject json(EvaluationRecord e) {
    JsonObject json = new JsonObject();
    json.addProperty("step", e.step());
    json.addProperty("epoch", e.epoch());
    add(json, "loss", e.loss());
    add(json, "accuracy", e.accuracy().orElse(Double.NaN));
    json.addProperty("best", e.best());
    return json;
  }

  private static void add(JsonObject json, String name, double value) {
    // JSON has no NaN
    if (Double.isFinite(value)) {
      json.addProperty(name, value);
    } else {
      json.add(name, JsonNull.INSTANCE);
    }
  }

  private static JsonObject json(AnomalyRecord a) {
    JsonObject json = new JsonObject();
    json.addProperty("step", a.step());
    json.addProperty("kind", a.kind().name());
    json.addProperty("message", a.message());
    json.addProperty("skipped", a.skipped());
    return json;
  }

  /**
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
      state.steps.add(
          new StepRecord(
              s.longInteger("step", 1, Long.MAX_VALUE),
              s.integer("epoch", 1, Integer.MAX_VALUE),
              s.number("loss"),
              s.number("gradientNorm"),
              s.number("learningRate"),
              s.integer("questions", 1, Integer.MAX_VALUE),
              s.integer("tokens", 1, Integer.MAX_VALUE),
              s.integer("rows", 1, Integer.MAX_VALUE),
              s.number("seconds")));
    }
    for (JsonView e : json.objects("evaluations")) {
      state.evaluations.add(
          new EvaluationRecord(
              e.longInteger("step", 1, Long.MAX_VALUE),
              e.integer("epoch", 1, Integer.MAX_VALUE),
              number(e, "loss").orElse(Double.NaN),
              number(e, "accuracy"),
              e.bool("best")));
    }
    for (JsonView a : json.objects("anomalies")) {
      state.anomalies.add(
          new AnomalyRecord(
              a.longInteger("step", 1, Long.MAX_VALUE),
              anomaly(a),
              a.string("message"),
              a.bool("skipped")));
    }
    json.objects("before").forEach(b -> state.before.add(AnsweredCategory.of(b)));
    return state;
  }

  private static OptionalDouble number(JsonView json, String name) {
    return json.value(name) == null ? OptionalDouble.empty() : json.optionalNumber(name);
  }

  private static Anomaly anomaly(JsonView json) {
    String kind = json.string("kind");
    for (Anomaly known : Anomaly.values()) {
      if (known.name().equals(kind)) {
        return known;
      }
    }
    throw json.invalid("kind", "one of the anomalies");
  }
}
