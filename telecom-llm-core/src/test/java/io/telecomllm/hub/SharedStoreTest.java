package io.telecomllm.hub;

import static io.telecomllm.hub.HubServer.REPOSITORY;
import static io.telecomllm.hub.HubServer.sha256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.files.LockFile;
import io.telecomllm.testing.ChildJvm;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Threads and processes that want the same files, and those that are stopped. */
@Timeout(60)
class SharedStoreTest {
  private static final String FILE = "model.safetensors";
  private static final byte[] WEIGHTS = HubServer.bytes(300_000, 2);

  @TempDir Path cache;

  private final HubServer server = new HubServer();

  /** A process of its own: the endpoint and the cache are its arguments. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) {
      ModelStore store =
          ModelStore.fromEnvironment()
              .token("")
              .offline(false)
              .endpoint(URI.create(args[0]))
              .cache(Path.of(args[1]))
              .retries(StoreTesting.FAST);
      store.fetch(REPOSITORY);
    }
  }

  @BeforeEach
  void serve() {
    server.small("config.json", "{}").large(FILE, WEIGHTS);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private ModelStore store() {
    return StoreTesting.store(server, cache);
  }

  private Path partial() {
    return cache.resolve("models--owner--name/blobs/" + sha256(WEIGHTS) + ".incomplete");
  }

  private Process child() throws Exception {
    return ChildJvm.of(Child.class, server.uri(), cache)
        .redirectErrorStream(true)
        .redirectOutput(new File(cache.toFile(), "child-" + System.nanoTime() + ".log"))
        .start();
  }

  /** Sends a part, waits, and sends the rest. */
  private static HubServer.Fault slow(CountDownLatch reached, CountDownLatch go) {
    return (request, content, out) -> {
      HubServer.head(out, "200 OK", java.util.Map.of(), content.length);
      out.write(content, 0, 100_000);
      out.flush();
      reached.countDown();
      go.await();
      out.write(content, 100_000, content.length - 100_000);
    };
  }

  @Test
  void threadsDownloadEachFileOnce() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    server.next(FILE, slow(reached, go));
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try {
      List<Future<Path>> folders = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        folders.add(threads.submit(() -> store().fetch(REPOSITORY)));
      }
      reached.await();
      Thread.sleep(200);
      assertThat(folders).noneMatch(Future::isDone);
      go.countDown();
      for (Future<Path> folder : folders) {
        assertThat(folder.get().resolve(FILE)).hasBinaryContent(WEIGHTS);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(server.requests(FILE)).hasSize(1);
    assertThat(server.requests("config.json")).hasSize(1);
  }

  @Test
  void processesDownloadEachFileOnce() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    server.next(FILE, slow(reached, go));
    Process first = child();
    Process second = child();
    reached.await();
    while (server.requests().stream().filter(r -> r.path().contains("/api/")).count() < 2) {
      Thread.sleep(10);
    }
    Thread.sleep(200);
    go.countDown();
    assertThat(first.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(second.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(List.of(first.exitValue(), second.exitValue())).containsOnly(0);
    assertThat(server.requests(FILE)).hasSize(1);
    assertThat(store().offline(true).fetch(REPOSITORY).resolve(FILE)).hasBinaryContent(WEIGHTS);
  }

  @Test
  void aKilledProcessLeavesWhatTheNextResumes() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    server.next(FILE, slow(reached, new CountDownLatch(1)));
    Process child = child();
    reached.await();
    while (!Files.exists(partial()) || Files.size(partial()) < 100_000) {
      Thread.sleep(10);
    }
    child.destroyForcibly().waitFor();
    assertThat(store().fetch(REPOSITORY).resolve(FILE)).hasBinaryContent(WEIGHTS);
    assertThat(server.requests(FILE).get(1).header("range")).isEqualTo("bytes=100000-");
  }

  /** Starts a fetch, interrupts it when the latch is down, and gives its end within a second. */
  private Throwable interrupted(CountDownLatch when) throws Exception {
    Throwable[] failure = new Throwable[1];
    boolean[] flag = new boolean[1];
    Thread thread =
        new Thread(
            () -> {
              try {
                store().fetch(REPOSITORY);
              } catch (Throwable e) {
                failure[0] = e;
              }
              flag[0] = Thread.currentThread().isInterrupted();
            });
    thread.start();
    when.await();
    Thread.sleep(100);
    long start = System.nanoTime();
    thread.interrupt();
    thread.join();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    assertThat(flag[0]).isTrue();
    return failure[0];
  }

  @Test
  void anInterruptStopsWithinASecond() throws Exception {
    // in the body, before the answer, while waiting for the list, and for the lock
    CountDownLatch inBody = new CountDownLatch(1);
    server.next(FILE, server.stallAfter(50_000, inBody));
    String message = "owner/name: the download was interrupted; the next one resumes it";
    assertThat(interrupted(inBody)).isInstanceOf(CancellationException.class).hasMessage(message);
    assertThat(Files.size(partial())).isEqualTo(50_000);

    CountDownLatch beforeAnswer = new CountDownLatch(1);
    HubServer.Fault silent =
        (request, content, out) -> {
          beforeAnswer.countDown();
          Thread.sleep(20_000);
        };
    server.next(FILE, silent);
    assertThat(interrupted(beforeAnswer)).hasMessage(message);

    CountDownLatch inList = new CountDownLatch(1);
    server.next("listing", server.stallAfter(5, inList));
    assertThat(interrupted(inList)).hasMessage(message);

    Path lock = cache.resolve(".locks/models--owner--name/" + sha256(WEIGHTS) + ".lock");
    try (LockFile held = LockFile.await(lock)) {
      assertThat(interrupted(new CountDownLatch(0))).hasMessage(message);
    }
    assertThat(Files.size(partial())).isEqualTo(50_000);
    assertThat(store().fetch(REPOSITORY).resolve(FILE)).hasBinaryContent(WEIGHTS);
    assertThat(server.requests(FILE).get(2).header("range")).isEqualTo("bytes=50000-");
  }

  @Test
  void aWaiterThatGivesUpLeavesTheLockHeld() throws Exception {
    Path lock = cache.resolve(".locks/models--owner--name/" + sha256(WEIGHTS) + ".lock");
    Process child;
    try (LockFile held = LockFile.await(lock)) {
      ExecutorService waiter = Executors.newSingleThreadExecutor();
      Future<LockFile> second = waiter.submit(() -> LockFile.await(lock));
      Thread.sleep(100);
      assertThat(second.isDone()).isFalse();
      waiter.shutdownNow();
      assertThatThrownBy(second::get).hasCauseInstanceOf(InterruptedException.class);
      child = child();
      while (server.requests("config.json").isEmpty()) {
        Thread.sleep(10);
      }
      assertThat(child.waitFor(500, TimeUnit.MILLISECONDS)).isFalse();
      assertThat(server.requests(FILE)).isEmpty();
    }
    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isZero();
    assertThat(server.requests(FILE)).hasSize(1);
  }

  @Test
  void aListenerThatThrowsEndsTheDownload() {
    ModelStore store =
        store()
            .listener(
                progress -> {
                  if (progress.done() > 0) {
                    throw new IllegalStateException("stop");
                  }
                });
    assertThatThrownBy(() -> store.fetch(REPOSITORY))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("stop");
    assertThat(store().fetch(REPOSITORY).resolve(FILE)).hasBinaryContent(WEIGHTS);
  }
}
