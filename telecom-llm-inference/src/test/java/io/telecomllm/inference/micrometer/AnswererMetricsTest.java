package io.telecomllm.inference.micrometer;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.generation.GenerationListener;
import io.telecomllm.inference.AnswererBuilder;
import io.telecomllm.inference.OpenAnswer;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.calibration.ThresholdRule;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.Message;
import io.telecomllm.prompt.OpenPrompt;
import io.telecomllm.testing.TinyModel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What a registry holds after answers, abstentions, texts and failures. */
class AnswererMetricsTest {
  private static final LanguageModel MODEL = TinyModel.load(400);
  private static final List<String> OPTIONS = List.of("a", "b");
  private static final List<Message> ASKED = List.of(Message.user("What is it?"));

  @AfterAll
  static void close() {
    MODEL.close();
  }

  private static AnswererBuilder builder() {
    return TelecomAnswerer.on(MODEL)
        .prompt(TinyModel.prompt())
        .openPrompt(new OpenPrompt(ChatTemplate.CHAT_ML, "Answer."));
  }

  private static Timer choices(MeterRegistry registry, String outcome) {
    return registry.get(AnswererMetrics.CHOICES).tag("outcome", outcome).timer();
  }

  private static double tokens(MeterRegistry registry, String kind) {
    return registry.get(AnswererMetrics.TOKENS).tag("kind", kind).counter().count();
  }

  @Test
  void choicesAreTimedByTheirOutcome() {
    MeterRegistry registry = new SimpleMeterRegistry();
    try (TelecomAnswerer sure = builder().build();
        TelecomAnswerer unsure = builder().abstention(new ThresholdRule(1)).build()) {
      AnswererMetrics.of(sure).bindTo(registry);
      assertThat(choices(registry, "given").count()).isZero();
      assertThat(choices(registry, "abstained").count()).isZero();
      sure.answer("?", OPTIONS);
      sure.answer("!", OPTIONS);
      assertThat(choices(registry, "given").count()).isEqualTo(2);
      assertThat(choices(registry, "given").totalTime(SECONDS)).isBetween(1e-6, 60.0);
      assertThat(choices(registry, "abstained").count()).isZero();

      MeterRegistry other = new SimpleMeterRegistry();
      AnswererMetrics.of(unsure, Tag.of("answerer", "b")).bindTo(other);
      unsure.answer("?", OPTIONS);
      assertThat(choices(other, "abstained").count()).isEqualTo(1);
      assertThat(other.getMeters()).allMatch(meter -> "b".equals(meter.getId().getTag("answerer")));
    }
  }

  @Test
  void textsAndTheirTokensAreCounted() {
    MeterRegistry registry = new SimpleMeterRegistry();
    try (TelecomAnswerer answerer = builder().build()) {
      AnswererMetrics.of(answerer).bindTo(registry);
      GenerationConfig six = GenerationConfig.with(c -> c.maxNewTokens(6));
      List<OpenAnswer> texts = new ArrayList<>();
      texts.add(answerer.ask(ASKED, six, GenerationListener.NONE));
      texts.add(answerer.ask(ASKED, six, GenerationListener.NONE));
      texts.add(answerer.ask(ASKED, six, GenerationListener.NONE, () -> true));
      assertThat(tokens(registry, "prompt"))
          .isEqualTo(texts.stream().mapToInt(t -> t.generation().usage().prompt()).sum());
      assertThat(tokens(registry, "generated")).isEqualTo(12);
      for (OpenAnswer each : texts) {
        String finish = each.generation().finishReason().name().toLowerCase(java.util.Locale.ROOT);
        assertThat(registry.get(AnswererMetrics.TEXTS).tag("finish", finish).timer().count())
            .isEqualTo(finish.equals("cancelled") ? 1 : 2);
      }
      Timer first = registry.get(AnswererMetrics.FIRST_TOKEN).timer();
      assertThat(first.count()).isEqualTo(2);
      assertThat(first.totalTime(SECONDS))
          .isCloseTo(
              texts.subList(0, 2).stream()
                  .mapToDouble(t -> t.generation().timings().firstTokenSeconds())
                  .sum(),
              within(1e-6));
    }
  }

  @Test
  void failuresAndCallsAreCounted() {
    MeterRegistry registry = new SimpleMeterRegistry();
    try (TelecomAnswerer answerer = builder().build()) {
      AnswererMetrics.of(answerer).bindTo(registry);
      assertThatThrownBy(() -> answerer.withDeadline(Instant.EPOCH).answer("?", OPTIONS));
      assertThatThrownBy(() -> answerer.ask("x".repeat(1000)));
      for (String name : List.of("DeadlineException", "IllegalArgumentException")) {
        assertThat(registry.get(AnswererMetrics.FAILURES).tag("exception", name).counter().count())
            .isEqualTo(1);
      }
      List<Double> during = new ArrayList<>();
      answerer.ask(
          ASKED,
          GenerationConfig.with(c -> c.maxNewTokens(2)),
          token -> during.add(registry.get(AnswererMetrics.CALLS).gauge().value()));
      assertThat(during).containsOnly(1.0);
      assertThat(registry.get(AnswererMetrics.CALLS).gauge().value()).isZero();
    }
  }
}
