package io.telecomllm.examples.guide;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.micrometer.AnswererMetrics;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Threads;

/** Code of docs/guide/in-a-server.md. */
final class ServeAnswers {
  private ServeAnswers() {}

  static TelecomAnswerer sameBitsEachTime(LanguageModel model) {
    Threads.use(1);
    return TelecomAnswerer.on(model).build();
  }

  static void measure(TelecomAnswerer answerer, String name, MeterRegistry registry) {
    AnswererMetrics.of(answerer, Tag.of("answerer", name)).bindTo(registry);
  }
}
