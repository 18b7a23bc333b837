package io.telecomllm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.tensor.Threads;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PiecesTest {
  private final int before = Threads.count();

  @AfterEach
  void restore() {
    Threads.use(before);
  }

  @Test
  void everyItemIsDoneOnceByOneWorkerAThread() {
    for (int threads : new int[] {1, 2, 7}) {
      Threads.use(threads);
      for (int total : new int[] {0, 1, 9, 10, 11, 1003}) {
        AtomicIntegerArray done = new AtomicIntegerArray(Math.max(1, total));
        AtomicInteger workers = new AtomicInteger();
        Pieces.each(
            total,
            10,
            () -> {
              workers.incrementAndGet();
              return (first, count) -> {
                assertThat(first % 10).isZero();
                for (int i = 0; i < count; i++) {
                  done.incrementAndGet((int) first + i);
                }
              };
            });
        for (int i = 0; i < total; i++) {
          assertThat(done.get(i)).isEqualTo(1);
        }
        assertThat(workers.get()).isLessThanOrEqualTo(Math.max(1, Math.min(threads, total)));
      }
    }
    assertNoThreadLingers();
  }

  @Test
  void theFirstFailureEndsTheWork() {
    Threads.use(3);
    AtomicInteger pieces = new AtomicInteger();
    assertThatThrownBy(
            () ->
                Pieces.each(
                    1_000_000,
                    1,
                    () ->
                        (first, count) -> {
                          pieces.incrementAndGet();
                          if (first == 5) {
                            throw new InvalidDataException("five");
                          }
                        }))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("five");
    assertThat(pieces.get()).isLessThan(1_000_000);
    assertNoThreadLingers();
    assertThatThrownBy(
            () ->
                Pieces.each(
                    9,
                    1,
                    () -> {
                      throw new AssertionError("no worker");
                    }))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void anInterruptIsKeptForTheCaller() {
    Threads.use(2);
    AtomicInteger done = new AtomicInteger();
    Thread.currentThread().interrupt();
    Pieces.each(100, 1, () -> (first, count) -> done.incrementAndGet());
    assertThat(Thread.interrupted()).isTrue();
    assertThat(done.get()).isEqualTo(100);
  }

  private static void assertNoThreadLingers() {
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("telecom-llm-pieces"));
  }
}
