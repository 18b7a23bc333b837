package io.telecomllm.training.tracking;

import io.telecomllm.InvalidDataException;
import io.telecomllm.json.JsonView;
import io.telecomllm.training.tracking.MlflowApi.Refused;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A run on an MLflow server. For one thread, except that any thread may read its id. */
final class MlflowRun {
  private static final String SESSION = "telecomllm.session";

  private final MlflowApi api;
  private final String experiment;
  private final Optional<String> name;
  private final String session = UUID.randomUUID().toString();
  private @Nullable String experimentId;
  private boolean asked;
  private volatile @Nullable String id;

  MlflowRun(MlflowApi api, String experiment, Optional<String> name, Optional<String> id) {
    this.api = api;
    this.experiment = experiment;
    this.name = name;
    this.id = id.orElse(null);
  }

  /** Returns how long to wait after a number of consecutive failures. */
  Duration pause(int failures) {
    return api.pause(failures);
  }

  Optional<String> id() {
    return Optional.ofNullable(id);
  }

  /** Creates the run, or reopens an earlier one; may be called again until it succeeds. */
  void open() throws IOException, Refused, InterruptedException {
    if (id != null) {
      update("RUNNING", Map.of());
      return;
    }
    String known = experimentId == null ? experimentId() : experimentId;
    experimentId = known;
    if (asked) {
      // the run may have been created although the answer was lost
      id = find(known);
    }
    if (id == null) {
      asked = true;
      id = create(known);
    }
  }

  private String experimentId() throws IOException, Refused, InterruptedException {
    try {
      return text(
          api.get("experiments/get-by-name", Map.of("experiment_name", experiment)),
          "experiment",
          "experiment_id");
    } catch (Refused e) {
      if (!e.code().equals("RESOURCE_DOES_NOT_EXIST")) {
        throw e;
      }
    }
    try {
      return text(api.post("experiments/create", Map.of("name", experiment)), "experiment_id");
    } catch (Refused e) {
      if (e.code().equals("RESOURCE_ALREADY_EXISTS")) {
        throw new IOException("experiments/create: another client created it first", e);
      }
      throw e;
    }
  }

  private @Nullable String find(String in) throws IOException, Refused, InterruptedException {
    JsonView found =
        api.post(
            "runs/search",
            Map.of(
                "experiment_ids",
                List.of(in),
                "filter",
                "tags.`" + SESSION + "` = '" + session + "'",
                "max_results",
                1));
    if (!found.has("runs") || found.list("runs").isEmpty()) {
      return null;
    }
    return text(found.objects("runs").get(0), "info", "run_id");
  }

  private String create(String in) throws IOException, Refused, InterruptedException {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("experiment_id", in);
    body.put("start_time", System.currentTimeMillis());
    name.ifPresent(value -> body.put("run_name", value));
    body.put(
        "tags",
        List.of(
            MlflowValue.tag("mlflow.source.name", "telecom-llm").json(),
            MlflowValue.tag(SESSION, session).json()));
    return text(api.post("runs/create", body), "run", "info", "run_id");
  }

  /** Logs values of one kind. */
  void log(MlflowValue.Kind kind, List<MlflowValue> values)
      throws IOException, Refused, InterruptedException {
    // of tags with the same key the last counts; of metrics each one does
    Map<Object, MlflowValue> kept = new LinkedHashMap<>();
    values.forEach(v -> kept.put(kind == MlflowValue.Kind.METRIC ? v : v.key(), v));
    Map<String, Object> body = named();
    body.put(kind.array(), kept.values().stream().map(MlflowValue::json).toList());
    api.post("runs/log-batch", body);
  }

  private Map<String, Object> named() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("run_id", Objects.requireNonNull(id, "the run is not open"));
    return body;
  }

  /** Ends the run. */
  void end(String status) throws IOException, Refused, InterruptedException {
    update(status, Map.of("end_time", System.currentTimeMillis()));
  }

  private void update(String status, Map<String, Long> times)
      throws IOException, Refused, InterruptedException {
    Map<String, Object> body = named();
    body.put("status", status);
    body.putAll(times);
    api.post("runs/update", body);
  }

  private static String text(JsonView json, String... path) throws IOException {
    try {
      JsonView at = json;
      for (String field : path) {
        if (field.equals(path[path.length - 1])) {
          String text = at.string(field);
          if (!text.isEmpty()) {
            return text;
          }
        } else {
          at = at.object(field);
        }
      }
    } catch (InvalidDataException e) {
      throw new IOException("an answer without " + String.join(".", path), e);
    }
    throw new IOException("an answer without " + String.join(".", path));
  }
}
