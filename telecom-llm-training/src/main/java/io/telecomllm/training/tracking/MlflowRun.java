package io.telecomllm.training.tracking;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.telecomllm.training.tracking.MlflowApi.Refused;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A run on an MLflow server, for one thread; its id may be asked for by any. */
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

  Optional<String> id() {
    return Optional.ofNullable(id);
  }

  /** Makes the run, or wakes an earlier one; may be called until it succeeds. */
  void open() throws IOException, Refused, InterruptedException {
    if (id != null) {
      update("RUNNING", Map.of());
      return;
    }
    String known = experimentId == null ? experimentId() : experimentId;
    experimentId = known;
    if (asked) {
      // an answer that was lost may have been a run
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
      JsonObject body = new JsonObject();
      body.addProperty("name", experiment);
      return text(api.post("experiments/create", body), "experiment_id");
    } catch (Refused e) {
      if (e.code().equals("RESOURCE_ALREADY_EXISTS")) {
        throw new IOException("experiments/create: another made it", e);
      }
      throw e;
    }
  }

  private @Nullable String find(String in) throws IOException, Refused, InterruptedException {
    JsonObject body = new JsonObject();
    JsonArray ids = new JsonArray();
    ids.add(in);
    body.add("experiment_ids", ids);
    body.addProperty("filter", "tags.`" + SESSION + "` = '" + session + "'");
    body.addProperty("max_results", 1);
    JsonElement runs = api.post("runs/search", body).get("runs");
    return runs instanceof JsonArray found && !found.isEmpty()
        ? text(found.get(0), "info", "run_id")
        : null;
  }

  private String create(String in) throws IOException, Refused, InterruptedException {
    JsonObject body = new JsonObject();
    body.addProperty("experiment_id", in);
    body.addProperty("start_time", System.currentTimeMillis());
    name.ifPresent(value -> body.addProperty("run_name", value));
    JsonArray tags = new JsonArray();
    tags.add(MlflowValue.tag("mlflow.source.name", "telecom-llm").json());
    tags.add(MlflowValue.tag(SESSION, session).json());
    body.add("tags", tags);
    return text(api.post("runs/create", body), "run", "info", "run_id");
  }

  /** Logs values of one kind. */
  void log(MlflowValue.Kind kind, List<MlflowValue> values)
      throws IOException, Refused, InterruptedException {
    // of equal tags the last counts; of metrics every one
    Map<Object, MlflowValue> kept = new LinkedHashMap<>();
    values.forEach(v -> kept.put(kind == MlflowValue.Kind.METRIC ? v : v.key(), v));
    JsonArray array = new JsonArray();
    kept.values().forEach(value -> array.add(value.json()));
    JsonObject body = new JsonObject();
    body.addProperty("run_id", id);
    body.add(kind.array(), array);
    api.post("runs/log-batch", body);
  }

  /** Ends the run. */
  void end(String status) throws IOException, Refused, InterruptedException {
    update(status, Map.of("end_time", System.currentTimeMillis()));
  }

  private void update(String status, Map<String, Long> times)
      throws IOException, Refused, InterruptedException {
    JsonObject body = new JsonObject();
    body.addProperty("run_id", id);
    body.addProperty("status", status);
    times.forEach(body::addProperty);
    api.post("runs/update", body);
  }

  private static String text(JsonElement json, String... path) throws IOException {
    JsonElement at = json;
    for (String field : path) {
      at = at instanceof JsonObject object ? object.get(field) : null;
    }
    if (at instanceof JsonPrimitive value && !value.getAsString().isEmpty()) {
      return value.getAsString();
    }
    throw new IOException("an answer without " + String.join(".", path));
  }
}
