package io.telecomllm.training.tracking;

import io.telecomllm.training.tracking.MlflowApi.Refused;
import io.telecomllm.training.tracking.MlflowTracker.Delivery;
import io.telecomllm.training.tracking.MlflowValue.Kind;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Sends values to an MLflow run on its own thread. Any thread may offer values; each is accepted or
 * dropped at once.
 */
final class MlflowSender {
  private static final System.Logger LOG = System.getLogger(MlflowTracker.class.getName());

  private static final int MOST_VALUES = 1000;
  // values of half a second are sent together
  private static final long PACE_MS = 500;
  private static final long LONGEST_PAUSE_AT_END_MS = 250;

  private final MlflowRun run;
  private final Duration patience;
  private final BlockingQueue<MlflowValue> queue;
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final AtomicLong offered = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong sent = new AtomicLong();
  private volatile String status = "FAILED";
  private volatile boolean ended;
  private volatile @Nullable String problem;

  MlflowSender(MlflowRun run, int capacity, Duration patience) {
    this.run = run;
    this.patience = patience;
    this.queue = new ArrayBlockingQueue<>(capacity);
    this.thread = new Thread(this::work, "telecom-llm-mlflow");
    thread.setDaemon(true);
  }

  void start() {
    if (thread.getState() == Thread.State.NEW && closing.getCount() > 0) {
      thread.start();
    }
  }

  void offer(MlflowValue value) {
    offered.incrementAndGet();
    if (closing.getCount() == 0 || !thread.isAlive() || !queue.offer(value)) {
      dropped.incrementAndGet();
    }
  }

  /** Sets the status that the run ends with when it is closed; FAILED by default. */
  void status(String value) {
    status = value;
  }

  Delivery delivery() {
    boolean open = thread.isAlive();
    long taken = sent.get();
    long lost = open ? dropped.get() : offered.get() - taken;
    return new Delivery(
        run.id(),
        taken,
        open ? Math.max(0, offered.get() - taken - lost) : 0,
        lost,
        ended,
        Optional.ofNullable(problem));
  }

  private void work() {
    try {
      persist(run::open);
      boolean last;
      do {
        last = closing.await(PACE_MS, TimeUnit.MILLISECONDS);
        List<MlflowValue> batch = new ArrayList<>();
        queue.drainTo(batch, MOST_VALUES);
        for (Kind kind : Kind.values()) {
          send(kind, batch.stream().filter(value -> value.kind() == kind).toList());
        }
      } while (!last || !queue.isEmpty());
      persist(() -> run.end(status));
      ended = true;
    } catch (Refused | RuntimeException e) {
      // nothing more reaches the server; training must not be disturbed
      failed(e);
    } catch (InterruptedException e) {
      // close has waited long enough; what is left is lost
    }
  }

  private void send(Kind kind, List<MlflowValue> values) throws InterruptedException {
    for (int from = 0; from < values.size(); from += kind.most()) {
      List<MlflowValue> part = values.subList(from, Math.min(values.size(), from + kind.most()));
      try {
        persist(() -> run.log(kind, part));
        sent.addAndGet(part.size());
      } catch (Refused e) {
        dropped.addAndGet(part.size());
        failed(e);
      }
    }
  }

  /** A request to the server. */
  @FunctionalInterface
  private interface Request {
    void send() throws IOException, Refused, InterruptedException;
  }

  private void persist(Request request) throws Refused, InterruptedException {
    for (int failures = 1; ; failures++) {
      long pause = run.pause(failures).toMillis();
      try {
        request.send();
        return;
      } catch (IOException e) {
        failed(e);
      }
      if (closing.getCount() == 0) {
        Thread.sleep(Math.min(pause, LONGEST_PAUSE_AT_END_MS));
      } else {
        // close ends the pause: one more try at once
        var unused = closing.await(pause, TimeUnit.MILLISECONDS);
      }
    }
  }

  private void failed(Exception e) {
    if (problem == null) {
      LOG.log(Level.WARNING, "MLflow, {0}; the training goes on", e.getMessage());
    }
    problem = e.getMessage();
  }

  void close() {
    if (closing.getCount() == 0) {
      return;
    }
    closing.countDown();
    if (thread.getState() == Thread.State.NEW) {
      return;
    }
    boolean interrupted = !joined(patience);
    if (interrupted) {
      // the interrupted caller wants to go on, but the server should still learn the run's status
      interrupted |= !joined(Duration.ofMillis(Math.min(1000, patience.toMillis())));
    }
    thread.interrupt();
    interrupted |= !joined(Duration.ofSeconds(1));
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    Delivery delivery = delivery();
    if (delivery.lost() > 0 || !delivery.ended()) {
      LOG.log(
          Level.WARNING,
          "MLflow has {0} values of the run, {1} are lost{2}{3}",
          Long.toString(delivery.sent()),
          Long.toString(delivery.lost()),
          delivery.ended() ? "" : ", and it was not told that the run ended",
          delivery.problem().map(last -> "; last problem: " + last).orElse(""));
    }
  }

  /** Waits for the thread's end; returns false if this thread was interrupted. */
  private boolean joined(Duration atMost) {
    try {
      thread.join(atMost.toMillis());
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }
}
