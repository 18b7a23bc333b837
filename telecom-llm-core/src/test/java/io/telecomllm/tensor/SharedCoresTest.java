package io.telecomllm.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Readings of 100 ms each, as the scheduler would give them. */
class SharedCoresTest {
  private static final long WINDOW = TimeUnit.MILLISECONDS.toNanos(100);

  private long now = System.nanoTime();

  /** A thread waited for a core for this share of some windows. */
  private void see(SharedCores cores, double share, int windows) {
    for (int i = 0; i < windows; i++) {
      now += WINDOW;
      long waiting = Math.round(share * WINDOW);
      cores.seen(
          new SharedCores.Times(0, 0), new SharedCores.Times(WINDOW - waiting, waiting), now);
    }
  }

  /** What a thread waits for beside others that are always busy. */
  private static double share(int cores, int threads, int busy) {
    return Math.max(0, 1 - (double) cores / (threads + busy));
  }

  @ParameterizedTest
  @CsvSource({"2, 1, 1", "2, 2, 1", "4, 1, 3", "4, 2, 2", "16, 1, 15", "16, 4, 12", "16, 40, 1"})
  void threadsAreLeftToOthers(int cores, int busy, int left) {
    SharedCores shared = new SharedCores(cores);
    assertThat(shared.latest()).isEqualTo(cores);
    see(shared, share(cores, cores, busy), 3);
    assertThat(shared.latest()).isEqualTo(left);
  }

  @Test
  void aMomentIsNoReason() {
    SharedCores shared = new SharedCores(2);
    for (int i = 0; i < 20; i++) {
      see(shared, 0.4, 2);
      see(shared, 0, 1);
    }
    assertThat(shared.latest()).isEqualTo(2);
  }

  @Test
  void threadsComeBackWhenOthersEnd() {
    SharedCores shared = new SharedCores(16);
    see(shared, share(16, 16, 40), 3);
    assertThat(shared.latest()).isEqualTo(1);
    see(shared, 0, 2);
    assertThat(shared.latest()).isGreaterThan(1);
    see(shared, 0, 20);
    assertThat(shared.latest()).isEqualTo(16);
  }

  /** More threads are tried ever less often, but at least every two seconds. */
  @Test
  void trialsThatFailGetRarer() {
    SharedCores shared = new SharedCores(2);
    see(shared, share(2, 2, 1), 3);
    int tried = 0;
    for (int i = 0; i < 400; i++) {
      int threads = shared.latest();
      tried += threads == 2 ? 1 : 0;
      see(shared, share(2, threads, 1), 1);
    }
    assertThat(tried).isBetween(400 * 100 / 2000, 40);
    see(shared, 0, 17);
    assertThat(shared.latest()).isEqualTo(2);
  }

  @Test
  void aThreadThatDidNotComputeHasSeenNothing() {
    SharedCores shared = new SharedCores(2);
    for (int i = 0; i < 5; i++) {
      now += WINDOW;
      shared.seen(
          new SharedCores.Times(0, 0),
          new SharedCores.Times(0, TimeUnit.MILLISECONDS.toNanos(5)),
          now);
    }
    assertThat(shared.latest()).isEqualTo(2);
  }
}
