package io.telecomllm.inference;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** The listeners of an answerer, which those that share its parts have in common. */
final class AnswerListeners {
  private final List<AnswerListener> all = new CopyOnWriteArrayList<>();

  void add(AnswerListener listener) {
    all.add(listener);
  }

  void answered(Answer answer, Duration time) {
    all.forEach(each -> each.answered(answer, time));
  }

  void written(OpenAnswer answer, Duration time) {
    all.forEach(each -> each.written(answer, time));
  }

  void failed(Throwable failure) {
    all.forEach(each -> each.failed(failure));
  }

  /** Makes a call, and tells of its failure. */
  <T> T call(Supplier<T> call) {
    try {
      return call.get();
    } catch (RuntimeException | Error e) {
      failed(e);
      throw e;
    }
  }
}
