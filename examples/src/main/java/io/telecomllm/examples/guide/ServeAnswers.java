package io.telecomllm.examples.guide;

import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Threads;

/** Code of docs/guide/in-a-server.md. */
final class ServeAnswers {
  private ServeAnswers() {}

  static TelecomAnswerer sameBitsEachTime(LanguageModel model) {
    Threads.use(1);
    return TelecomAnswerer.on(model).build();
  }
}
