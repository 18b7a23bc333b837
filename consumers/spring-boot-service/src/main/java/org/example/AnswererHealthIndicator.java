package org.example;

import io.telecomllm.BusyException;
import io.telecomllm.DeadlineException;
import io.telecomllm.inference.TelecomAnswerer;
import java.time.Instant;
import java.util.List;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.stereotype.Component;

/** Asks a question: up if it is answered, out of service while there are too many others. */
@Component
class AnswererHealthIndicator extends AbstractHealthIndicator {
  private final TelecomAnswerer answerer;

  AnswererHealthIndicator(TelecomAnswerer answerer) {
    this.answerer = answerer;
  }

  @Override
  protected void doHealthCheck(Health.Builder builder) {
    builder.withDetail("calls", answerer.calls());
    try {
      answerer
          .withDeadline(Instant.now().plusSeconds(5))
          .answer("Which is a number?", List.of("one", "red"));
      builder.up();
    } catch (BusyException | DeadlineException e) {
      builder.outOfService().withException(e);
    }
  }
}
