package io.telecomllm.training.tracking;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.training.progress.TrainingListener;
import io.telecomllm.training.progress.TrainingReport;
import io.telecomllm.training.progress.TrainingReport.CategoryAccuracy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Sends the events of a run to an MLflow server over its REST API (2.0): settings as parameters,
 * numbers as metrics with the names of {@link MetricsFile}, and the last checkpoint, the last
 * anomaly and the ending as tags.
 *
 * <p>Training never waits for the server and never fails with it: events go into a bounded queue,
 * and a daemon thread sends them in batches, with retries while the server cannot be reached.
 * Values are lost if they do not fit into the queue, if the server refuses them, or if they are
 * left when {@link #close} has waited long enough; {@link #delivery} counts them, and a warning is
 * logged.
 *
 * <p>The MLflow run ends as FINISHED, as KILLED if the training was cancelled, and as FAILED if the
 * tracker is closed without the end of a training. One tracker is for one training.
 */
public final class MlflowTracker implements TrainingListener, AutoCloseable {
  private final MlflowSender sender;

  private MlflowTracker(Builder builder) {
    MlflowRun run =
        new MlflowRun(
            new MlflowApi(
                builder.server, Optional.ofNullable(builder.authorization), builder.timeout),
            builder.experiment,
            Optional.ofNullable(builder.name),
            Optional.ofNullable(builder.run));
    this.sender = new MlflowSender(run, builder.capacity, builder.patience);
  }

  /**
   * The number of values of a run (metrics, parameters and tags) that were sent, wait or are lost.
   *
   * @param run the MLflow run's id; empty until the server has created the run
   * @param sent the number of values that the server accepted
   * @param waiting the number of values that may still be sent; 0 after {@link MlflowTracker#close}
   * @param lost the number of values that the server will never receive
   * @param ended whether the server knows that the run ended
   * @param problem the last failure; empty if there was none
   */
  public record Delivery(
      Optional<String> run,
      long sent,
      long waiting,
      long lost,
      boolean ended,
      Optional<String> problem) {}

  /**
   * Returns a builder of a tracker for the server at an address, such as {@code
   * https://mlflow.example.org} or {@code http://127.0.0.1:5000}.
   *
   * @throws IllegalArgumentException if the address is not http or https, or has a user, a query or
   *     a fragment
   */
  public static Builder to(URI server) {
    return new Builder(server);
  }

  @Override
  public void started(RunRecord run) {
    sender.start();
    Hyperparameters.of(run).forEach(this::parameter);
    tag("telecomllm.steps", Long.toString(run.steps()));
    tag("telecomllm.resumed_at", Long.toString(run.resumedAt()));
    tag("telecomllm.questions", Integer.toString(run.questions()));
    tag("telecomllm.skipped", Integer.toString(run.skipped()));
    tag("telecomllm.trainable_parameters", Long.toString(run.trainableParameters()));
  }

  @Override
  public void step(StepRecord step) {
    metric("loss", step.loss(), step.step());
    ChoiceMetrics.of("", step.penalty(), step.choices())
        .forEach((name, value) -> metric(name, value, step.step()));
    metric("grad_norm", step.gradientNorm(), step.step());
    metric("learning_rate", step.learningRate(), step.step());
    metric("epoch", step.epoch(), step.step());
    metric("tokens_per_second", step.tokens() / step.seconds(), step.step());
  }

  @Override
  public void evaluated(EvaluationRecord evaluation) {
    metric("eval_loss", evaluation.loss(), evaluation.step());
    ChoiceMetrics.of("eval_", evaluation.penalty(), evaluation.choices())
        .forEach((name, value) -> metric(name, value, evaluation.step()));
    evaluation
        .accuracy()
        .ifPresent(accuracy -> metric("eval_accuracy", accuracy, evaluation.step()));
  }

  @Override
  public void saved(CheckpointRecord checkpoint) {
    tag("telecomllm.checkpoint", checkpoint.folder().toString());
  }

  @Override
  public void warned(WarningRecord warning) {
    tag("telecomllm.warning", "step " + warning.step() + ": " + warning.message());
  }

  @Override
  public void anomaly(AnomalyRecord anomaly) {
    tag(
        "telecomllm.anomaly",
        "step " + anomaly.step() + ": " + anomaly.kind() + ": " + anomaly.message());
  }

  @Override
  public void finished(TrainingReport report) {
    long step = report.steps().isEmpty() ? 0 : report.steps().get(report.steps().size() - 1).step();
    metric("train_loss", report.finalLoss(), step);
    metric("train_runtime", report.seconds(), step);
    if (!report.accuracy().isEmpty()) {
      metric("accuracy_before", accuracy(report, CategoryAccuracy::before), step);
      metric("accuracy_after", accuracy(report, CategoryAccuracy::after), step);
    }
    tag("telecomllm.ending", report.ending().name().toLowerCase(Locale.ROOT));
    sender.status(report.cancelled() ? "KILLED" : "FINISHED");
  }

  private void metric(String key, double value, long step) {
    sender.offer(MlflowValue.metric(key, value, step));
  }

  private void parameter(String key, String value) {
    sender.offer(MlflowValue.parameter(key, value));
  }

  private void tag(String key, String value) {
    sender.offer(MlflowValue.tag(key, value));
  }

  private static double accuracy(TrainingReport report, ToIntFunction<CategoryAccuracy> right) {
    int questions = report.accuracy().stream().mapToInt(CategoryAccuracy::questions).sum();
    return report.accuracy().stream().mapToInt(right).sum() / (double) questions;
  }

  /** Returns what has been sent and lost so far. Safe for use by any thread. */
  public Delivery delivery() {
    return sender.delivery();
  }

  /**
   * Sends what is left, until the patience ends, and then ends the run. Never throws: {@link
   * #delivery} and a logged warning tell what was lost. A second call does nothing.
   */
  @Override
  public void close() {
    sender.close();
  }

  /** Collects the settings of a tracker. */
  public static final class Builder {
    private final URI server;
    private String experiment = "telecom-llm";
    private @Nullable String name;
    private @Nullable String run;
    private @Nullable String authorization;
    private Duration timeout = Duration.ofSeconds(10);
    private Duration patience = Duration.ofSeconds(10);
    private int capacity = 100_000;

    private Builder(URI server) {
      String scheme = server.getScheme() == null ? "" : server.getScheme().toLowerCase(Locale.ROOT);
      // not shown if it holds a user: a password would be in the log
      checkArgument(
          server.getRawUserInfo() == null,
          "the server's address holds a user; give it by basicAuth(user, password)");
      checkArgument(
          (scheme.equals("http") || scheme.equals("https"))
              && server.getHost() != null
              && server.getRawQuery() == null
              && server.getRawFragment() == null,
          "server is %s, must be an address of http or https without query",
          server);
      this.server = server;
    }

    /**
     * Sets the experiment's name; it is created if it does not exist. The default is {@code
     * telecom-llm}.
     */
    public Builder experiment(String value) {
      checkArgument(!value.isBlank(), "the experiment's name is empty");
      experiment = value;
      return this;
    }

    /** Sets the run's name; by default the server chooses one. */
    public Builder runName(String value) {
      name = value;
      return this;
    }

    /**
     * Continues an MLflow run, given the id that {@link Delivery#run} returned; by default a new
     * run is created.
     */
    public Builder continuing(String runId) {
      checkArgument(runId.matches("[A-Za-z0-9_-]{1,64}"), "'%s' is no run's id", runId);
      run = runId;
      return this;
    }

    /** Sets a bearer token for authorization. */
    public Builder token(String value) {
      checkArgument(value.matches("[\\x21-\\x7e]+"), "a token is printable ASCII without spaces");
      authorization = "Bearer " + value;
      return this;
    }

    /** Sets a user and a password for authorization. */
    public Builder basicAuth(String user, String password) {
      checkArgument(user.indexOf(':') < 0, "a user's name holds no ':'");
      authorization =
          "Basic "
              + Base64.getEncoder()
                  .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
      return this;
    }

    /**
     * Sets how long one request may take, including its answer; at most an hour. The default is 10
     * seconds.
     */
    public Builder timeout(Duration value) {
      timeout = positive("timeout", value);
      return this;
    }

    /**
     * Sets how long {@link MlflowTracker#close} waits for what is left; at most an hour. The
     * default is 10 seconds.
     */
    public Builder patience(Duration value) {
      patience = positive("patience", value);
      return this;
    }

    /**
     * Sets the number of values that may wait, 1 to 10,000,000. The default is 100,000, enough for
     * 20,000 steps.
     */
    public Builder capacity(int values) {
      checkArgument(
          values >= 1 && values <= 10_000_000, "capacity is %s, must be 1 to 10000000", values);
      capacity = values;
      return this;
    }

    private static Duration positive(String what, Duration value) {
      checkArgument(
          value.toMillis() > 0 && value.compareTo(Duration.ofHours(1)) <= 0,
          "%s is %s, must be over 0 and at most an hour",
          what,
          value);
      return value;
    }

    /** Returns the tracker; nothing is sent before a run starts. */
    public MlflowTracker build() {
      return new MlflowTracker(this);
    }
  }
}
