package io.telecomllm.inference.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.DeadlineException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GatheringTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<List<Integer>> batches = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch gate = new CountDownLatch(1);

  @AfterEach
  void stop() throws InterruptedException {
    threads.shutdownNow();
    assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  private Gathering<Integer, Integer> gathering(
      int passes, int most, Function<List<Integer>, List<Integer>> work) {
    return new Gathering<>(passes, most, i -> 1, work, threads, () -> 0);
  }

  /** The first pass waits at the gate. */
  private List<Integer> squares(List<Integer> inputs) {
    batches.add(inputs);
    begun.countDown();
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return inputs.stream().map(i -> i * i).toList();
  }

  private void waitFor(java.util.function.BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(5);
    }
  }

  @Test
  void callsThatWaitShareTheNextPasses() throws Exception {
    Gathering<Integer, Integer> gathering = gathering(1, 8, this::squares);
    List<Future<Integer>> results = new ArrayList<>();
    results.add(threads.submit(() -> gathering.call(0, TimedCall.UNTIMED)));
    begun.await();
    for (int i = 1; i <= 20; i++) {
      int own = i;
      results.add(threads.submit(() -> gathering.call(own, TimedCall.UNTIMED)));
    }
    Thread.sleep(200);
    gate.countDown();
    for (int i = 0; i <= 20; i++) {
      assertThat(results.get(i).get()).isEqualTo(i * i);
    }
    assertThat(batches.stream().map(List::size).toList()).containsExactly(1, 8, 8, 4);
    assertThat(batches.stream().flatMap(List::stream).sorted().toList())
        .isEqualTo(java.util.stream.IntStream.rangeClosed(0, 20).boxed().toList());
  }

  @Test
  void callsWithoutAThreadShareThemToo() throws Exception {
    Gathering<Integer, Integer> gathering = gathering(1, 8, this::squares);
    List<CompletableFuture<Integer>> results = new ArrayList<>();
    for (int i = 0; i <= 10; i++) {
      results.add(new CompletableFuture<>());
      gathering.submit(i, TimedCall.UNTIMED, results.get(i));
      if (i == 0) {
        begun.await();
      }
    }
    // one that is withdrawn is not read
    results.get(4).cancel(false);
    gate.countDown();
    for (int i = 0; i <= 10; i++) {
      if (i != 4) {
        assertThat(results.get(i).get()).isEqualTo(i * i);
      }
    }
    assertThat(batches).containsExactly(List.of(0), List.of(1, 2, 3, 5, 6, 7, 8, 9), List.of(10));
  }

  @Test
  void noMoreThanItsPassesRunAtATime() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger highest = new AtomicInteger();
    Gathering<Integer, Integer> gathering =
        gathering(
            3,
            1,
            inputs -> {
              highest.accumulateAndGet(running.incrementAndGet(), Math::max);
              try {
                Thread.sleep(5);
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              running.decrementAndGet();
              return inputs;
            });
    List<Future<Integer>> results = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      int own = i;
      results.add(threads.submit(() -> gathering.call(own, TimedCall.UNTIMED)));
    }
    for (int i = 0; i < 60; i++) {
      assertThat(results.get(i).get()).isEqualTo(i);
    }
    assertThat(highest).hasValue(3);
  }

  @Test
  void oneCallDoesNotFailForAnother() throws Exception {
    Gathering<Integer, Integer> gathering =
        gathering(
            1,
            8,
            inputs -> {
              List<Integer> squares = squares(inputs);
              if (inputs.contains(3)) {
                throw new IllegalArgumentException("three");
              }
              return squares;
            });
    List<Future<Integer>> results = new ArrayList<>();
    results.add(threads.submit(() -> gathering.call(0, TimedCall.UNTIMED)));
    begun.await();
    for (int i = 1; i <= 5; i++) {
      int own = i;
      results.add(threads.submit(() -> gathering.call(own, TimedCall.UNTIMED)));
    }
    Thread.sleep(200);
    gate.countDown();
    for (int i = 0; i <= 5; i++) {
      if (i == 3) {
        assertThatThrownBy(results.get(3)::get)
            .isInstanceOf(ExecutionException.class)
            .hasRootCauseInstanceOf(IllegalArgumentException.class)
            .hasRootCauseMessage("three");
      } else {
        assertThat(results.get(i).get()).isEqualTo(i * i);
      }
    }
  }

  @Test
  void anInterruptWithdrawsACallThatWaits() throws Exception {
    Gathering<Integer, Integer> gathering = gathering(1, 8, this::squares);
    Future<Integer> first = threads.submit(() -> gathering.call(1, TimedCall.UNTIMED));
    begun.await();
    List<Throwable> seen = Collections.synchronizedList(new ArrayList<>());
    Thread waiting =
        new Thread(
            () -> {
              try {
                gathering.call(2, TimedCall.UNTIMED);
              } catch (RuntimeException e) {
                seen.add(e);
                seen.add(new Exception("interrupted " + Thread.currentThread().isInterrupted()));
              }
            });
    waiting.start();
    waitFor(() -> waiting.getState() == Thread.State.WAITING);
    waiting.interrupt();
    waiting.join();
    gate.countDown();
    assertThat(first.get()).isEqualTo(1);
    assertThat(seen.get(0))
        .isInstanceOf(CancellationException.class)
        .hasMessage("interrupted while waiting for the model");
    assertThat(seen.get(1)).hasMessage("interrupted true");
    assertThat(gathering.call(3, TimedCall.UNTIMED)).isEqualTo(9);
    assertThat(batches).containsExactly(List.of(1), List.of(3));
  }

  @Test
  void aCallWaitsNoLongerThanItsPatience() throws Exception {
    Gathering<Integer, Integer> gathering = gathering(1, 8, this::squares);
    Optional<Duration> patience = Optional.of(Duration.ofMillis(60));
    Future<Integer> first =
        threads.submit(() -> gathering.call(1, new TimedCall(Deadline.NONE, patience)));
    begun.await();
    assertThatThrownBy(() -> gathering.call(2, new TimedCall(Deadline.NONE, patience)))
        .isInstanceOf(DeadlineException.class)
        .hasMessage("waited PT0.06S for the model, which other calls keep busy");
    gate.countDown();
    // one that has been taken is waited for
    assertThat(first.get()).isEqualTo(1);
  }

  /** A call that is late is read by no pass, whoever makes it. */
  @Test
  void aLateCallIsLeftOut() throws Exception {
    Gathering<Integer, Integer> gathering = gathering(1, 8, this::squares);
    TimedCall past = new TimedCall(Deadline.at(Instant.EPOCH), Optional.empty());
    assertThatThrownBy(() -> gathering.call(2, past))
        .isInstanceOf(DeadlineException.class)
        .hasMessage("the deadline 1970-01-01T00:00:00Z passed before the model began");
    Future<Integer> first = threads.submit(() -> gathering.call(1, TimedCall.UNTIMED));
    begun.await();
    TimedCall soon = new TimedCall(Deadline.at(Instant.now().plusMillis(40)), Optional.empty());
    CompletableFuture<Integer> late = new CompletableFuture<>();
    var unused = soon.watch(late::completeExceptionally);
    gathering.submit(3, soon, late);
    TimedCall time = new TimedCall(Deadline.at(Instant.MAX), Optional.of(Duration.ofDays(1)));
    Future<Integer> inTime = threads.submit(() -> gathering.call(4, time));
    assertThatThrownBy(late::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(DeadlineException.class);
    gate.countDown();
    assertThat(first.get()).isEqualTo(1);
    assertThat(inTime.get()).isEqualTo(16);
    assertThat(batches).containsExactly(List.of(1), List.of(4));
  }

  /** Steps of texts come again soon: a pass waits some milliseconds until all have come. */
  @Test
  void aPassWaitsForExpectedCompany() throws Exception {
    gate.countDown();
    Gathering<Integer, Integer> gathering =
        new Gathering<>(1, 8, i -> 1, this::squares, threads, () -> 4);
    List<Future<Integer>> results = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int own = i;
      results.add(
          threads.submit(
              () -> {
                int sum = 0;
                for (int step = 0; step < 50; step++) {
                  sum += gathering.call(own, TimedCall.UNTIMED);
                }
                return sum;
              }));
    }
    for (int i = 0; i < 4; i++) {
      assertThat(results.get(i).get()).isEqualTo(50 * i * i);
    }
    // alone each would need 200; a machine that is busy may miss some
    assertThat(batches.size()).isLessThan(120);
  }
}
