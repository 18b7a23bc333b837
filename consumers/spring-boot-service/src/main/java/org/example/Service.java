package org.example;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.calibration.ThresholdRule;
import io.telecomllm.inference.micrometer.AnswererMetrics;
import io.telecomllm.inference.tmf621.TroubleTicketAnswerer;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/**
 * Answers and trouble tickets over HTTP. Spring closes each bean before those that it was made of:
 * the answerer, which waits for what it computes, before the model.
 */
@SpringBootApplication
public class Service {
  public static void main(String[] args) {
    SpringApplication.run(Service.class, args);
  }

  @Bean
  LanguageModel model(@Value("${telecom.model}") String model) {
    return ModelLoader.load(model);
  }

  @Bean
  TelecomAnswerer answerer(LanguageModel model, @Value("${telecom.threshold}") double threshold) {
    return TelecomAnswerer.on(model)
        .abstention(new ThresholdRule(threshold))
        .maxCalls(200)
        .waitAtMost(Duration.ofSeconds(20))
        .build();
  }

  @Bean
  TroubleTicketAnswerer tickets(TelecomAnswerer answerer) {
    return TroubleTicketAnswerer.of(answerer);
  }

  @Bean
  MeterBinder meters(TelecomAnswerer answerer) {
    return AnswererMetrics.of(answerer);
  }
}
