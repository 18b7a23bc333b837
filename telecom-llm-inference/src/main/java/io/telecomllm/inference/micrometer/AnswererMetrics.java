package io.telecomllm.inference.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.telecomllm.generation.Generation;
import io.telecomllm.inference.Answer;
import io.telecomllm.inference.AnswerListener;
import io.telecomllm.inference.OpenAnswer;
import io.telecomllm.inference.TelecomAnswerer;
import java.time.Duration;
import java.util.Locale;

/**
 * Micrometer's meters of a {@link TelecomAnswerer}.
 *
 * <pre>{@code
 * AnswererMetrics.of(answerer).bindTo(registry);
 * }</pre>
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><th>name</th><th>kind</th><th>tag</th><th>what it measures</th></tr>
 * <tr><td>{@value #CHOICES}</td><td>timer</td><td>{@code outcome}: {@code given} or {@code
 * abstained}</td><td>answers to multiple-choice questions, and the time from the call to
 * them</td></tr>
 * <tr><td>{@value #TEXTS}</td><td>timer</td><td>{@code finish}: the {@link
 * io.telecomllm.generation.FinishReason}, such as {@code stop}</td><td>answers in words, and the
 * time from the call to their end</td></tr>
 * <tr><td>{@value #FIRST_TOKEN}</td><td>timer</td><td></td><td>the time from the beginning of a text
 * to its first token</td></tr>
 * <tr><td>{@value #TOKENS}</td><td>counter</td><td>{@code kind}: {@code prompt} or {@code
 * generated}</td><td>tokens of texts</td></tr>
 * <tr><td>{@value #FAILURES}</td><td>counter</td><td>{@code exception}: the class</td><td>calls that
 * failed, those that were refused, late or cancelled included</td></tr>
 * <tr><td>{@value #CALLS}</td><td>gauge</td><td></td><td>calls in progress, those that wait
 * included</td></tr>
 * </table>
 *
 * <p>It measures from the moment it is bound, for as long as the answerer is used. Immutable.
 */
public final class AnswererMetrics implements MeterBinder {
  /** The name of the timer of answers to multiple-choice questions. */
  public static final String CHOICES = "telecom.llm.choices";

  /** The name of the timer of answers in words. */
  public static final String TEXTS = "telecom.llm.texts";

  /** The name of the timer of first tokens. */
  public static final String FIRST_TOKEN = "telecom.llm.texts.first.token";

  /** The name of the counter of tokens. */
  public static final String TOKENS = "telecom.llm.tokens";

  /** The name of the counter of failures. */
  public static final String FAILURES = "telecom.llm.failures";

  /** The name of the gauge of calls. */
  public static final String CALLS = "telecom.llm.calls";

  private final TelecomAnswerer answerer;
  private final Tags tags;

  private AnswererMetrics(TelecomAnswerer answerer, Tags tags) {
    this.answerer = answerer;
    this.tags = tags;
  }

  /**
   * Returns the meters of an answerer.
   *
   * @param tags what all of them have, such as the answerer's name where there are several
   */
  public static AnswererMetrics of(TelecomAnswerer answerer, Tag... tags) {
    requireNonNull(answerer, "answerer is null");
    return new AnswererMetrics(answerer, Tags.of(tags));
  }

  /** Registers the meters; to be called once for a registry. */
  @Override
  public void bindTo(MeterRegistry registry) {
    answerer.listen(new Meters(registry, tags));
    Gauge.builder(CALLS, answerer, TelecomAnswerer::calls)
        .description("Calls in progress, those that wait included")
        .tags(tags)
        .register(registry);
  }

  /** Passes on what it is told to a registry. */
  private static final class Meters implements AnswerListener {
    private final MeterRegistry registry;
    private final Tags tags;
    private final Timer given;
    private final Timer abstained;
    private final Timer firstToken;
    private final Counter prompt;
    private final Counter generated;

    Meters(MeterRegistry registry, Tags tags) {
      this.registry = registry;
      this.tags = tags;
      given = choices("given");
      abstained = choices("abstained");
      firstToken =
          Timer.builder(FIRST_TOKEN)
              .description("Time from the beginning of a text to its first token")
              .tags(tags)
              .register(registry);
      prompt = tokens("prompt");
      generated = tokens("generated");
    }

    private Timer choices(String outcome) {
      return Timer.builder(CHOICES)
          .description("Answers to multiple-choice questions")
          .tags(tags)
          .tag("outcome", outcome)
          .register(registry);
    }

    private Counter tokens(String kind) {
      return Counter.builder(TOKENS)
          .description("Tokens of texts")
          .baseUnit("tokens")
          .tags(tags)
          .tag("kind", kind)
          .register(registry);
    }

    @Override
    public void answered(Answer answer, Duration time) {
      (answer.given().isPresent() ? given : abstained).record(time);
    }

    @Override
    public void written(OpenAnswer answer, Duration time) {
      Generation generation = answer.generation();
      Timer.builder(TEXTS)
          .description("Answers in words")
          .tags(tags)
          .tag("finish", generation.finishReason().name().toLowerCase(Locale.ROOT))
          .register(registry)
          .record(time);
      if (generation.usage().generated() > 0) {
        firstToken.record(seconds(generation.timings().firstTokenSeconds()));
      }
      prompt.increment(generation.usage().prompt());
      generated.increment(generation.usage().generated());
    }

    private static Duration seconds(double seconds) {
      return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    @Override
    public void failed(Throwable failure) {
      Counter.builder(FAILURES)
          .description("Calls that failed")
          .tags(tags)
          .tag("exception", failure.getClass().getSimpleName())
          .register(registry)
          .increment();
    }
  }
}
