package io.telecomllm.training.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import io.telecomllm.training.progress.TrainingReport.Ending;
import io.telecomllm.training.settings.TrainingConfig;
import io.telecomllm.training.tracking.MlflowTracker.Delivery;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run on a real MLflow server: the command in the environment variable TELECOMLLM_MLFLOW, else
 * {@code mlflow} on the PATH.
 */
class MlflowServerTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir static Path folder;
  private static Process server;
  private static URI address;

  @BeforeAll
  static void start() throws Exception {
    Optional<Path> mlflow = command();
    Assumptions.assumeTrue(
        mlflow.isPresent(),
        "no mlflow on the PATH and none in TELECOMLLM_MLFLOW: nothing was sent to a real server");
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    address = URI.create("http://127.0.0.1:" + port);
    ProcessBuilder builder =
        new ProcessBuilder(
            mlflow.get().toString(),
            "server",
            "--host=127.0.0.1",
            "--port=" + port,
            "--workers=1",
            "--backend-store-uri=sqlite:///" + folder.resolve("mlflow.db"),
            "--artifacts-destination=" + folder.resolve("artifacts"));
    builder.directory(folder.toFile());
    builder.environment().put("MLFLOW_DISABLE_TELEMETRY", "true");
    Path log = folder.resolve("server.log");
    server = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (!healthy()) {
      assertThat(server.isAlive() && System.nanoTime() < deadline)
          .as("the server's log: %s", Files.readString(log))
          .isTrue();
      Thread.sleep(300);
    }
  }

  private static Optional<Path> command() {
    String named = System.getenv("TELECOMLLM_MLFLOW");
    if (named != null) {
      return Optional.of(Path.of(named));
    }
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .map(place -> Path.of(place, "mlflow"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static boolean healthy() throws InterruptedException {
    try {
      return CLIENT
              .send(
                  HttpRequest.newBuilder(address.resolve("/health"))
                      .timeout(Duration.ofSeconds(5))
                      .build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    }
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (server != null) {
      // its workers are processes of their own
      List<ProcessHandle> workers = server.descendants().toList();
      server.destroy();
      server.waitFor();
      workers.forEach(ProcessHandle::destroyForcibly);
    }
  }

  private static JsonObject get(String call) throws Exception {
    HttpResponse<String> answer =
        CLIENT.send(
            HttpRequest.newBuilder(address.resolve("/api/2.0/mlflow/" + call)).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonParser.parseString(answer.body()).getAsJsonObject();
  }

  private static Map<String, String> pairs(JsonObject data, String kind) {
    return StreamSupport.stream(data.getAsJsonArray(kind).spliterator(), false)
        .map(JsonElement::getAsJsonObject)
        .collect(
            java.util.stream.Collectors.toMap(
                pair -> pair.get("key").getAsString(), pair -> pair.get("value").getAsString()));
  }

  private static Delivery train(MlflowTracker.Builder builder, int from, int to, Ending ending) {
    return train(builder, TrainingConfig.defaults(), from, to, ending);
  }

  private static Delivery train(
      MlflowTracker.Builder builder, TrainingConfig config, int from, int to, Ending ending) {
    MlflowTracker tracker = builder.patience(Duration.ofSeconds(30)).build();
    try (tracker) {
      tracker.started(Runs.run(config, 500, from - 1L));
      for (StepRecord step : Runs.steps(to).subList(from - 1, to)) {
        tracker.step(step);
      }
      tracker.evaluated(Runs.evaluation(to, 0.5));
      tracker.evaluated(Runs.evaluation(to + 1L, Double.NaN));
      tracker.finished(Runs.report(to, ending));
    }
    return tracker.delivery();
  }

  @Test
  void aRunIsKept() throws Exception {
    MlflowTracker.Builder builder =
        MlflowTracker.to(address).experiment("TeleQnA 'quoted' & ünïcode").runName("rank 16");
    Delivery delivery = train(builder, 1, 400, Ending.CANCELLED);
    assertThat(delivery.problem()).isEmpty();
    assertThat(delivery.lost()).isZero();
    assertThat(delivery.ended()).isTrue();

    String run = delivery.run().orElseThrow();
    JsonObject json = get("runs/get?run_id=" + run).getAsJsonObject("run");
    assertThat(json.getAsJsonObject("info").get("status").getAsString()).isEqualTo("KILLED");
    assertThat(json.getAsJsonObject("info").get("run_name").getAsString()).isEqualTo("rank 16");
    assertThat(json.getAsJsonObject("info").get("end_time").getAsLong()).isPositive();
    JsonObject data = json.getAsJsonObject("data");
    assertThat(pairs(data, "params"))
        .containsEntry("lora.rank", "16")
        .hasSize(Hyperparameters.of(Runs.run(1, 0)).size());
    assertThat(pairs(data, "metrics")).containsEntry("eval_loss", "NaN").hasSize(11);
    assertThat(pairs(data, "tags")).containsEntry("telecomllm.ending", "cancelled");

    // the same run goes on, in the same experiment
    Delivery more = train(builder.continuing(run), 401, 500, Ending.COMPLETED);
    assertThat(more.lost()).isZero();
    assertThat(
            get("runs/get?run_id=" + run)
                .getAsJsonObject("run")
                .getAsJsonObject("info")
                .get("status")
                .getAsString())
        .isEqualTo("FINISHED");
    List<JsonObject> history =
        StreamSupport.stream(
                get("metrics/get-history?metric_key=loss&max_results=1000&run_id=" + run)
                    .getAsJsonArray("metrics")
                    .spliterator(),
                false)
            .map(JsonElement::getAsJsonObject)
            .toList();
    assertThat(history).hasSize(500);
    for (JsonObject metric : history) {
      assertThat(metric.get("value").getAsDouble())
          .isEqualTo(Runs.step(metric.get("step").getAsLong()).loss());
    }
  }

  @Test
  void settingsThatChangedAreRefusedAndTheRestIsKept() throws Exception {
    MlflowTracker.Builder builder = MlflowTracker.to(address);
    String run = train(builder, 1, 10, Ending.COMPLETED).run().orElseThrow();
    Delivery changed =
        train(
            builder.continuing(run),
            TrainingConfig.builder().seed(1).build(),
            11,
            20,
            Ending.COMPLETED);
    assertThat(changed.lost()).isEqualTo(Hyperparameters.of(Runs.run(1, 0)).size());
    assertThat(changed.problem().orElseThrow())
        .startsWith("runs/log-batch: status 400 INVALID_PARAMETER_VALUE ");
    assertThat(get("metrics/get-history?metric_key=loss&run_id=" + run).getAsJsonArray("metrics"))
        .hasSize(20);
  }
}
