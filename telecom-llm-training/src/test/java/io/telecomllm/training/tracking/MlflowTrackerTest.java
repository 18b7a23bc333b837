package io.telecomllm.training.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.telecomllm.data.Choices;
import io.telecomllm.training.progress.TrainingListener.Anomaly;
import io.telecomllm.training.progress.TrainingListener.AnomalyRecord;
import io.telecomllm.training.progress.TrainingListener.CheckpointRecord;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import io.telecomllm.training.progress.TrainingReport.Ending;
import io.telecomllm.training.tracking.FakeMlflow.Answer;
import io.telecomllm.training.tracking.FakeMlflow.Request;
import io.telecomllm.training.tracking.MlflowTracker.Delivery;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class MlflowTrackerTest {
  private static final Logger LOG = Logger.getLogger(MlflowTracker.class.getName());

  private final List<String> warnings = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public synchronized void publish(LogRecord entry) {
          if (entry.getLevel().equals(Level.WARNING)) {
            warnings.add(new java.util.logging.SimpleFormatter().formatMessage(entry));
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    LOG.addHandler(handler);
    LOG.setUseParentHandlers(false);
  }

  @AfterEach
  void noLonger() {
    LOG.removeHandler(handler);
    LOG.setUseParentHandlers(true);
  }

  private static MlflowTracker.Builder to(FakeMlflow server) {
    return MlflowTracker.to(server.address())
        .timeout(Duration.ofMillis(500))
        .patience(Duration.ofSeconds(5));
  }

  private static void train(MlflowTracker tracker, int steps) {
    tracker.started(Runs.run(steps, 0));
    Runs.steps(steps).forEach(tracker::step);
    tracker.finished(Runs.report(steps, Ending.COMPLETED));
  }

  /** The values of one kind that log-batch requests brought, in order. */
  private static List<JsonObject> values(FakeMlflow server, String kind) {
    return server.calls("runs/log-batch").stream()
        .map(r -> r.body().get(kind))
        .filter(JsonArray.class::isInstance)
        .flatMap(a -> StreamSupport.stream(((JsonArray) a).spliterator(), false))
        .map(JsonElement::getAsJsonObject)
        .toList();
  }

  private static List<String> pairs(FakeMlflow server, String kind) {
    return values(server, kind).stream()
        .map(v -> v.get("key").getAsString() + "=" + v.get("value").getAsString())
        .toList();
  }

  @Test
  void aRunIsTold() {
    try (FakeMlflow server = new FakeMlflow(FakeMlflow.SOUND)) {
      MlflowTracker tracker =
          to(server).experiment("TeleQnA & co").runName("phi3, rank 16").token("secret").build();
      assertThat(server.requests).isEmpty();
      tracker.started(Runs.run(2, 0));
      tracker.step(new StepRecord(1, 1, 1.5, 0, Choices.NONE, 0.25, 2e-4, 8, 1200, 700, 0.5));
      tracker.step(
          new StepRecord(
              2,
              1,
              Double.NaN,
              0,
              Choices.NONE,
              Double.POSITIVE_INFINITY,
              2e-4,
              8,
              1200,
              700,
              0.5));
      tracker.evaluated(Runs.evaluation(2, 0.75));
      tracker.saved(new CheckpointRecord(1, Path.of("run/step-1")));
      tracker.saved(new CheckpointRecord(2, Path.of("run/step-2")));
      tracker.anomaly(new AnomalyRecord(2, Anomaly.LOSS_NOT_FINITE, "x".repeat(6000), true));
      tracker.finished(Runs.report(2, Ending.STOPPED_EARLY));
      tracker.close();
      tracker.close();

      assertThat(server.requests).extracting(Request::authorization).containsOnly("Bearer secret");
      assertThat(server.calls("experiments/get-by-name"))
          .extracting(Request::query)
          .containsExactly("experiment_name=TeleQnA & co");
      JsonObject create = server.calls("runs/create").get(0).body();
      assertThat(create.get("experiment_id").getAsString()).isEqualTo("7");
      assertThat(create.get("run_name").getAsString()).isEqualTo("phi3, rank 16");
      assertThat(server.calls("runs/log-batch"))
          .allSatisfy(r -> assertThat(r.body().get("run_id").getAsString()).isEqualTo("abc123"));
      assertThat(pairs(server, "params"))
          .contains(
              "lora.rank=16", "training.optimizer.learning_rate=2.0E-4", "training.seed=3407");
      assertThat(pairs(server, "metrics"))
          .containsSequence(
              "loss=1.5",
              "grad_norm=0.25",
              "learning_rate=2.0E-4",
              "epoch=1.0",
              "tokens_per_second=2400.0",
              "loss=NaN",
              "grad_norm=Infinity")
          .contains(
              "eval_loss=0.75", "eval_accuracy=0.625", "accuracy_before=0.4", "accuracy_after=0.8");
      assertThat(values(server, "metrics").get(5).get("step").getAsLong()).isEqualTo(2);
      assertThat(pairs(server, "tags"))
          .contains("telecomllm.checkpoint=run/step-2", "telecomllm.ending=stopped_early")
          .doesNotContain("telecomllm.checkpoint=run/step-1")
          .allSatisfy(tag -> assertThat(tag).hasSizeLessThan(5040));
      JsonObject end = server.calls("runs/update").get(0).body();
      assertThat(end.get("status").getAsString()).isEqualTo("FINISHED");
      assertThat(end.get("end_time").getAsLong()).isPositive();
      Delivery delivery = tracker.delivery();
      assertThat(delivery.run()).contains("abc123");
      assertThat(delivery.lost()).isZero();
      assertThat(delivery.waiting()).isZero();
      assertThat(delivery.ended()).isTrue();
      assertThat(delivery.problem()).isEmpty();
      assertThat(warnings).isEmpty();
    }
  }

  @Test
  void aCancelledRunIsKilledAndOneWithoutEndFailed() {
    try (FakeMlflow server = new FakeMlflow(FakeMlflow.SOUND)) {
      try (MlflowTracker cancelled = to(server).basicAuth("me", "word").build()) {
        cancelled.started(Runs.run(2, 0));
        cancelled.finished(Runs.report(1, Ending.CANCELLED));
      }
      try (MlflowTracker failed = to(server).build()) {
        failed.started(Runs.run(2, 0));
        failed.step(Runs.step(1));
      }
      assertThat(server.calls("runs/update"))
          .extracting(r -> r.body().get("status").getAsString())
          .containsExactly("KILLED", "FAILED");
      assertThat(server.requests.get(0).authorization()).isEqualTo("Basic bWU6d29yZA==");
      // also of a run that has no end
      assertThat(pairs(server, "params").stream().filter("lora.rank=16"::equals)).hasSize(2);
    }
  }

  @Test
  void aRunIsContinued() {
    try (FakeMlflow server = new FakeMlflow(FakeMlflow.SOUND);
        MlflowTracker tracker = to(server).continuing("run42").build()) {
      train(tracker, 3);
      tracker.close();
      assertThat(server.calls("runs/create")).isEmpty();
      assertThat(server.calls("runs/update"))
          .extracting(r -> r.body().get("status").getAsString())
          .containsExactly("RUNNING", "FINISHED");
      assertThat(tracker.delivery().run()).contains("run42");
    }
  }

  @Test
  void anExperimentIsMadeWhereThereIsNone() {
    try (FakeMlflow server =
            new FakeMlflow(
                (n, request) ->
                    request.call().equals("experiments/get-by-name")
                        ? new Answer(404, "{\"error_code\":\"RESOURCE_DOES_NOT_EXIST\"}")
                        : null);
        MlflowTracker tracker = to(server).build()) {
      train(tracker, 3);
      tracker.close();
      assertThat(server.calls("experiments/create").get(0).body().get("name").getAsString())
          .isEqualTo("telecom-llm");
      assertThat(server.calls("runs/create").get(0).body().get("experiment_id").getAsString())
          .isEqualTo("8");
    }
  }

  @Test
  void manyValuesGoInBatches() {
    try (FakeMlflow server = new FakeMlflow(FakeMlflow.SOUND);
        MlflowTracker tracker = to(server).build()) {
      train(tracker, 3000);
      tracker.close();
      assertThat(
              values(server, "metrics").stream()
                  .filter(v -> v.get("key").getAsString().equals("loss")))
          .extracting(v -> v.get("step").getAsInt())
          .hasSize(3000)
          .isSorted();
      assertThat(server.calls("runs/log-batch").size()).isLessThan(40);
      assertThat(server.calls("runs/log-batch"))
          .allSatisfy(
              r ->
                  assertThat(
                          r.body().has("metrics") ? r.body().getAsJsonArray("metrics").size() : 0)
                      .isLessThanOrEqualTo(1000));
    }
  }

  /** A server that fails at the first of each of its calls, in one way. */
  private static FakeMlflow.Behaviour fault(String name) {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    return (number, request) -> {
      if (!seen.add(request.call())) {
        return null;
      }
      return switch (name) {
        case "500" -> new Answer(500, "<html>oops");
        case "429" -> new Answer(429, "{\"error_code\":\"REQUEST_LIMIT_EXCEEDED\"}");
        case "closes" -> FakeMlflow.CLOSE;
        case "not json" -> new Answer(200, "<html>login</html>");
        case "hangs" -> {
          Thread.sleep(2000);
          yield null;
        }
        default -> throw new IllegalArgumentException(name);
      };
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"500", "429", "closes", "not json", "hangs"})
  void whatFailsIsSentAgain(String name) {
    try (FakeMlflow server = new FakeMlflow(fault(name));
        MlflowTracker tracker = to(server).patience(Duration.ofSeconds(20)).build()) {
      train(tracker, 10);
      tracker.close();
      Delivery delivery = tracker.delivery();
      assertThat(delivery.lost()).isZero();
      assertThat(delivery.ended()).isTrue();
      assertThat(delivery.problem()).isPresent();
      assertThat(pairs(server, "metrics")).contains("train_runtime=5.0");
      // one at the first failure, none at the end: nothing is lost
      assertThat(warnings).hasSize(1);
      assertThat(warnings.get(0)).startsWith("MLflow, ").endsWith("; the training goes on");
    }
  }

  @Test
  void aRunWhoseAnswerWasLostIsFoundAgain() {
    AtomicInteger created = new AtomicInteger();
    try (FakeMlflow server =
            new FakeMlflow(
                (n, request) -> {
                  if (request.call().equals("runs/create")) {
                    created.incrementAndGet();
                    return FakeMlflow.CLOSE;
                  }
                  return request.call().equals("runs/search") && created.get() > 0
                      ? new Answer(200, "{\"runs\":[{\"info\":{\"run_id\":\"found\"}}]}")
                      : null;
                });
        MlflowTracker tracker = to(server).build()) {
      train(tracker, 3);
      tracker.close();
      String session =
          server
              .calls("runs/create")
              .get(0)
              .body()
              .getAsJsonArray("tags")
              .get(1)
              .getAsJsonObject()
              .get("value")
              .getAsString();
      assertThat(server.calls("runs/search").get(0).body().get("filter").getAsString())
          .isEqualTo("tags.`telecomllm.session` = '" + session + "'");
      assertThat(tracker.delivery().run()).contains("found");
      assertThat(tracker.delivery().lost()).isZero();
    }
  }

  @Test
  void whatTheServerRefusesIsLostAndCounted() {
    try (FakeMlflow server =
            new FakeMlflow(
                (n, request) ->
                    request.body().has("params")
                        ? new Answer(
                            400,
                            "{\"error_code\":\"INVALID_PARAMETER_VALUE\",\"message\":\"changed\"}")
                        : null);
        MlflowTracker tracker = to(server).build()) {
      train(tracker, 3);
      tracker.close();
      Delivery delivery = tracker.delivery();
      assertThat(delivery.lost()).isEqualTo(pairs(server, "params").size());
      assertThat(delivery.problem())
          .contains("runs/log-batch: status 400 INVALID_PARAMETER_VALUE changed");
      assertThat(delivery.ended()).isTrue();
      assertThat(warnings.get(warnings.size() - 1))
          .matches(
              "MLflow has \\d+ values of the run, "
                  + delivery.lost()
                  + " are lost; last problem: .* changed");
    }
  }

  @Test
  void aServerThatRefusesTheTokenEndsTheSending() {
    try (FakeMlflow server = new FakeMlflow((n, request) -> new Answer(401, ""));
        MlflowTracker tracker = to(server).token("wrong-token").build()) {
      long start = System.nanoTime();
      train(tracker, 10);
      tracker.close();
      assertThat(System.nanoTime() - start).isLessThan(3_000_000_000L);
      assertThat(server.requests).hasSize(1);
      assertThat(tracker.delivery().sent()).isZero();
      assertThat(tracker.delivery().lost()).isGreaterThan(50);
      assertThat(tracker.delivery().ended()).isFalse();
      assertThat(warnings).hasSize(2).noneMatch(w -> w.contains("wrong-token"));
      assertThat(warnings.get(1)).contains("and it was not told that the run ended");
    }
  }

  @Test
  void aServerThatIsDownCostsTheTrainingNothing() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    MlflowTracker tracker =
        MlflowTracker.to(URI.create("http://127.0.0.1:" + port))
            .patience(Duration.ofMillis(700))
            .capacity(1000)
            .build();
    tracker.started(Runs.run(20_000, 0));
    List<StepRecord> steps = Runs.steps(20_000);
    long start = System.nanoTime();
    steps.forEach(tracker::step);
    // microseconds a step; the bound is for a machine that others use too
    assertThat(System.nanoTime() - start).isLessThan(2_000_000_000L);
    Delivery before = tracker.delivery();
    assertThat(before.waiting()).isLessThanOrEqualTo(2000);
    int settings = Hyperparameters.of(Runs.run(20_000, 0)).size();
    assertThat(before.waiting() + before.lost()).isEqualTo(settings + 5 + 7 * 20_000);
    start = System.nanoTime();
    tracker.close();
    assertThat(System.nanoTime() - start).isBetween(600_000_000L, 3_000_000_000L);
    Delivery after = tracker.delivery();
    assertThat(after.lost()).isEqualTo(settings + 5 + 7 * 20_000);
    assertThat(after.sent() + after.waiting()).isZero();
    assertThat(after.run()).isEmpty();
    assertThat(after.problem().orElseThrow())
        .startsWith("experiments/get-by-name: java.net.ConnectException");
    assertThat(warnings).hasSize(2);
  }

  @Test
  void aServerThatComesBackGetsEverything() {
    try (FakeMlflow server = new FakeMlflow((n, request) -> FakeMlflow.CLOSE);
        MlflowTracker tracker = to(server).build()) {
      train(tracker, 100);
      server.behave(FakeMlflow.SOUND);
      tracker.close();
      assertThat(tracker.delivery().lost()).isZero();
      assertThat(
              values(server, "metrics").stream()
                  .filter(v -> v.get("key").getAsString().equals("loss")))
          .hasSize(100);
    }
  }

  @Test
  void anAnswerWithoutEndIsCutOff() throws Exception {
    // headers, then a byte now and then: a timeout that ends with the headers would wait for ever
    try (ServerSocket socket = new ServerSocket(0)) {
      Thread drip =
          new Thread(
              () -> {
                while (!socket.isClosed()) {
                  try (var connection = socket.accept()) {
                    var out = connection.getOutputStream();
                    out.write(
                        "HTTP/1.1 200 OK\r\n\r\n"
                            .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                    for (int i = 0; i < 200; i++) {
                      out.write(' ');
                      out.flush();
                      Thread.sleep(50);
                    }
                  } catch (IOException e) {
                    // the client went away, as it should
                  } catch (InterruptedException e) {
                    return;
                  }
                }
              });
      drip.setDaemon(true);
      drip.start();
      MlflowTracker tracker =
          MlflowTracker.to(URI.create("http://127.0.0.1:" + socket.getLocalPort()))
              .timeout(Duration.ofMillis(300))
              .patience(Duration.ofSeconds(1))
              .build();
      long start = System.nanoTime();
      train(tracker, 3);
      tracker.close();
      assertThat(System.nanoTime() - start).isLessThan(3_000_000_000L);
      assertThat(tracker.delivery().problem())
          .contains("experiments/get-by-name: no answer within 300 ms");
      drip.interrupt();
    }
  }

  @Test
  void aRedirectIsNotFollowed() {
    try (FakeMlflow other = new FakeMlflow(FakeMlflow.SOUND);
        FakeMlflow server =
            new FakeMlflow(
                (n, request) -> new Answer(302, other.address() + "api/2.0/mlflow/runs/get"));
        MlflowTracker tracker = to(server).token("secret").build()) {
      train(tracker, 3);
      tracker.close();
      assertThat(other.requests).isEmpty();
      assertThat(tracker.delivery().problem()).contains("experiments/get-by-name: status 302");
    }
  }

  @Test
  void anInterruptedCloseIsShortAndStillTellsTheEnd() {
    try (FakeMlflow server = new FakeMlflow(FakeMlflow.SOUND)) {
      MlflowTracker tracker = to(server).build();
      train(tracker, 3);
      Thread.currentThread().interrupt();
      long start = System.nanoTime();
      tracker.close();
      assertThat(Thread.interrupted()).isTrue();
      assertThat(System.nanoTime() - start).isLessThan(3_000_000_000L);
      assertThat(server.calls("runs/update")).hasSize(1);
    }
  }

  @Test
  void eventsOutsideOfARunAreCountedAsLost() {
    try (FakeMlflow server = new FakeMlflow(FakeMlflow.SOUND)) {
      MlflowTracker tracker = to(server).build();
      tracker.step(Runs.step(1));
      assertThat(tracker.delivery().lost()).isEqualTo(7);
      tracker.close();
      tracker.step(Runs.step(2));
      tracker.started(Runs.run(2, 0));
      assertThat(Thread.getAllStackTraces().keySet())
          .noneMatch(thread -> thread.getName().equals("telecom-llm-mlflow"));
      assertThat(server.requests).isEmpty();
    }
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> MlflowTracker.to(URI.create("ftp://host")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("server is ftp://host, must be an address of http or https without query");
    assertThatThrownBy(() -> MlflowTracker.to(URI.create("https://me:word@host")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the server's address holds a user; give it by basicAuth(user, password)");
    MlflowTracker.Builder builder = MlflowTracker.to(URI.create("https://host"));
    assertThatThrownBy(() -> builder.capacity(0))
        .hasMessage("capacity is 0, must be 1 to 10000000");
    assertThatThrownBy(() -> builder.timeout(Duration.ZERO))
        .hasMessage("timeout is PT0S, must be over 0 and at most an hour");
    assertThatThrownBy(() -> builder.token("a b\n"))
        .hasMessage("a token is printable ASCII without spaces");
    assertThatThrownBy(() -> builder.continuing("../x")).hasMessage("'../x' is no run's id");
    assertThatThrownBy(() -> builder.basicAuth("a:b", "c"))
        .hasMessage("a user's name holds no ':'");
    assertThatThrownBy(() -> builder.experiment(" ")).hasMessage("the experiment's name is empty");
  }
}
