package io.telecomllm.hub;

import static io.telecomllm.hub.HubServer.COMMIT;
import static io.telecomllm.hub.HubServer.REPOSITORY;
import static io.telecomllm.hub.HubServer.dropAfter;
import static io.telecomllm.hub.HubServer.sha256;
import static io.telecomllm.hub.HubServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.files.http.RetryPolicy;
import io.telecomllm.files.http.UnreachableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hub that breaks off, lies and changes its mind: the right sha256 or no file. */
class DownloadFaultsTest {
  private static final String FILE = "model.safetensors";
  private static final byte[] WEIGHTS = HubServer.bytes(200_000, 7);
  private static final String ETAG = sha256(WEIGHTS);

  @TempDir Path cache;

  private final HubServer server = new HubServer();

  @BeforeEach
  void serve() {
    server.small("config.json", "{}").large(FILE, WEIGHTS);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private ModelStore store(Path folder) {
    return StoreTesting.store(server, folder);
  }

  private void assertRight(Path snapshot) {
    assertThat(snapshot.resolve(FILE)).hasBinaryContent(WEIGHTS);
    assertThat(blobs(cache)).noneMatch(name -> name.endsWith(".incomplete"));
  }

  private static List<String> blobs(Path folder) {
    return StoreTesting.tree(folder.resolve("models--owner--name/blobs"));
  }

  private Path partial(Path folder) {
    return folder.resolve("models--owner--name/blobs/" + ETAG + ".incomplete");
  }

  /** An error, and nothing under the file's name. */
  private void assertNoFile(Class<?> type, String message) {
    assertThatThrownBy(() -> store(cache).fetch(REPOSITORY))
        .isInstanceOf(type)
        .hasMessage(server.uri() + "/owner/name/resolve/" + COMMIT + "/" + FILE + ": " + message);
    assertThat(blobs(cache)).doesNotContain(ETAG);
    assertThat(StoreTesting.tree(cache)).noneMatch(name -> name.contains("/refs/"));
    assertThat(StoreTesting.tree(cache)).noneMatch(name -> name.endsWith("/" + FILE));
    assertThatThrownBy(() -> store(cache).offline(true).fetch(REPOSITORY))
        .isInstanceOf(TelecomLlmException.class);
  }

  @Test
  void resumesWhereverTheLineDropped() {
    Random random = new Random(50);
    for (int i = 0; i < 50; i++) {
      int place = i == 0 ? 0 : i == 1 ? WEIGHTS.length - 1 : random.nextInt(WEIGHTS.length);
      Path folder = cache.resolve("drop-" + i);
      int before = server.requests(FILE).size();
      server.next(FILE, dropAfter(place));
      Path snapshot = store(folder).fetch(REPOSITORY);
      assertThat(snapshot.resolve(FILE)).hasBinaryContent(WEIGHTS);
      assertThat(blobs(folder)).hasSize(2);
      List<HubServer.Request> asked = server.requests(FILE);
      assertThat(asked).hasSize(before + 2);
      assertThat(asked.get(before).header("range")).isNull();
      if (place > 0) {
        assertThat(asked.get(before + 1).header("range")).isEqualTo("bytes=" + place + "-");
        assertThat(asked.get(before + 1).header("if-range")).isEqualTo('"' + ETAG + '"');
      }
    }
  }

  @Test
  void oneDownloadDroppedFiftyTimes() {
    HubServer.Fault[] drops = new HubServer.Fault[50];
    Arrays.fill(drops, dropAfter(3_999));
    server.next(FILE, drops);
    assertRight(store(cache).fetch(REPOSITORY));
    assertThat(server.requests(FILE)).hasSize(51);
  }

  @Test
  void anotherProcessResumes() throws IOException {
    server.next(
        FILE,
        dropAfter(70_000),
        status("503 x"),
        status("503 x"),
        status("503 x"),
        status("503 x"));
    assertThatThrownBy(() -> store(cache).fetch(REPOSITORY))
        .isInstanceOf(UnreachableException.class)
        .hasMessageEndingWith(FILE + ": given up after 4 attempts: answered 503");
    assertThat(Files.size(partial(cache))).isEqualTo(70_000);
    List<DownloadProgress> seen = new ArrayList<>();
    assertRight(store(cache).listener(seen::add).fetch(REPOSITORY));
    assertThat(seen.get(0))
        .isEqualTo(new DownloadProgress(REPOSITORY, FILE, 70_000, WEIGHTS.length, 70_000, false));
    assertThat(server.requests(FILE).get(5).header("range")).isEqualTo("bytes=70000-");
    assertThat(server.requests(FILE).get(5).header("if-range")).isEqualTo('"' + ETAG + '"');
  }

  @Test
  void aPartialFileOfSomeoneElseIsNotTrusted() throws IOException {
    Files.createDirectories(partial(cache).getParent());
    Files.write(partial(cache), HubServer.bytes(50_000, 8));
    assertRight(store(cache).fetch(REPOSITORY));
    assertThat(server.requests(FILE)).hasSize(2);

    Path longer = cache.resolve("longer");
    Files.createDirectories(partial(longer).getParent());
    Files.write(partial(longer), new byte[WEIGHTS.length + 1]);
    assertThat(store(longer).fetch(REPOSITORY).resolve(FILE)).hasBinaryContent(WEIGHTS);

    Path whole = cache.resolve("whole");
    Files.createDirectories(partial(whole).getParent());
    Files.write(partial(whole), WEIGHTS);
    int before = server.requests(FILE).size();
    assertThat(store(whole).fetch(REPOSITORY).resolve(FILE)).hasBinaryContent(WEIGHTS);
    assertThat(server.requests(FILE)).hasSize(before);
  }

  private static HubServer.Fault range(String contentRange, int from) {
    return (request, content, out) ->
        HubServer.send(
            out,
            "206 Partial Content",
            contentRange == null ? Map.of() : Map.of("Content-Range", contentRange),
            Arrays.copyOfRange(content, from, content.length));
  }

  @Test
  void refusesAWrongRange() {
    int n = WEIGHTS.length;
    String[] ranges = {
      "bytes 2000-" + (n - 1) + "/" + n,
      "bytes 1000-" + (n - 1) + "/" + (n + 1),
      "bytes 1000-" + n + "/" + n,
      "bytes */" + n,
      "bytes 99999999999999999999-1/2",
      "nonsense",
      null
    };
    for (int i = 0; i < ranges.length; i++) {
      Path folder = cache.resolve("range-" + i);
      server.next(FILE, dropAfter(1000), range(ranges[i], 2000));
      int before = server.requests(FILE).size();
      Path snapshot = store(folder).fetch(REPOSITORY);
      assertThat(snapshot.resolve(FILE)).as(ranges[i]).hasBinaryContent(WEIGHTS);
      assertThat(server.requests(FILE)).hasSize(before + 3);
      assertThat(server.requests(FILE).get(before + 2).header("range")).isNull();
    }
  }

  @Test
  void aRangeWithOtherBytesIsFoundOut() {
    int n = WEIGHTS.length;
    server.next(FILE, dropAfter(1000));
    server.next(
        FILE,
        (request, content, out) ->
            HubServer.send(
                out,
                "206 Partial Content",
                Map.of("Content-Range", "bytes 1000-" + (n - 1) + "/" + n),
                Arrays.copyOfRange(content, 0, n - 1000)));
    assertRight(store(cache).fetch(REPOSITORY));
    assertThat(server.requests(FILE)).hasSize(3);
  }

  @Test
  void takesAPieceOfARange() {
    server.next(FILE, dropAfter(1000));
    server.next(
        FILE,
        (request, content, out) ->
            HubServer.send(
                out,
                "206 Partial Content",
                Map.of("Content-Range", "bytes 1000-2999/*"),
                Arrays.copyOfRange(content, 1000, 3000)));
    assertRight(store(cache).fetch(REPOSITORY));
    assertThat(server.requests(FILE).get(2).header("range")).isEqualTo("bytes=3000-");
  }

  @Test
  void beginsAgainWithoutRanges() {
    server.next(FILE, dropAfter(1000));
    server.next(FILE, (request, content, out) -> HubServer.send(out, "200 OK", Map.of(), content));
    assertRight(store(cache).fetch(REPOSITORY));
    Path refused = cache.resolve("416");
    server.next(FILE, dropAfter(1000), status("416 Range Not Satisfiable"));
    assertThat(store(refused).fetch(REPOSITORY).resolve(FILE)).hasBinaryContent(WEIGHTS);
  }

  private static HubServer.Fault content(byte[] other, String... headers) {
    return (request, content, out) ->
        HubServer.send(
            out, "200 OK", headers.length == 0 ? Map.of() : Map.of(headers[0], headers[1]), other);
  }

  @Test
  void refusesAFlippedBit() {
    for (int place : new int[] {0, WEIGHTS.length / 2, WEIGHTS.length - 1}) {
      byte[] flipped = WEIGHTS.clone();
      flipped[place] ^= 1;
      server.next(FILE, content(flipped), content(flipped));
      assertNoFile(
          InvalidDataException.class,
          "sha256 is " + sha256(flipped) + ", the repository says " + ETAG + "; nothing was kept");
      assertThat(partial(cache)).doesNotExist();
    }
    byte[] flipped = WEIGHTS.clone();
    flipped[9] ^= 64;
    server.next(FILE, content(flipped));
    assertRight(store(cache).fetch(REPOSITORY));
  }

  @Test
  void refusesAFlippedBitInASmallFile() {
    server.next("config.json", content(new byte[] {'[', ']'}), content(new byte[] {'[', ']'}));
    assertThatThrownBy(() -> store(cache).fetch(REPOSITORY))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("/config.json: git's sha1 is ")
        .hasMessageEndingWith("; nothing was kept");
    assertThat(blobs(cache)).isEmpty();
  }

  @Test
  void refusesAChangedFile() {
    byte[] other = HubServer.bytes(WEIGHTS.length, 9);
    // the etag tells before a byte is taken
    for (String header : new String[] {"ETag", "X-Linked-Etag"}) {
      for (int i = 0; i < 4; i++) {
        server.next(FILE, content(other, header, '"' + sha256(other) + '"'));
      }
      assertNoFile(
          TelecomLlmException.class,
          "given up after 4 attempts: "
              + "the file changed: its etag is "
              + sha256(other)
              + ", the list says "
              + ETAG);
    }
    // another length
    byte[] shorter = Arrays.copyOf(WEIGHTS, 1000);
    server.next(FILE, content(shorter), content(shorter), content(shorter), content(shorter));
    assertNoFile(
        TelecomLlmException.class,
        "given up after 4 attempts: the answer has 1000 bytes, the list says 200000");
    // after a break: the new file's end on the old one's beginning
    server.next(FILE, dropAfter(1000));
    server.next(
        FILE,
        (request, content, out) -> HubServer.ranged(request, ETAG, other, out),
        content(other));
    assertNoFile(
        InvalidDataException.class,
        "sha256 is " + sha256(other) + ", the repository says " + ETAG + "; nothing was kept");
  }

  @Test
  void refusesMoreBytesThanListed() {
    HubServer.Fault endless =
        (request, content, out) -> {
          out.write(HubServer.ascii("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"));
          for (int i = 0; i < 1000; i++) {
            out.write(content);
          }
        };
    server.next(FILE, endless);
    assertRight(store(cache).fetch(REPOSITORY));
    assertThat(server.requests(FILE)).hasSize(2);
  }

  @Test
  void bodiesThatEndTooEarlyAreContinued() {
    // no length: only the end of the connection tells
    server.next(
        FILE,
        (request, content, out) -> {
          out.write(HubServer.ascii("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"));
          out.write(content, 0, 5000);
        });
    assertRight(store(cache).fetch(REPOSITORY));
    assertThat(server.requests(FILE).get(1).header("range")).isEqualTo("bytes=5000-");
  }

  @Test
  void givesUpOnSilence() {
    CountDownLatch reached = new CountDownLatch(1);
    RetryPolicy hasty =
        new RetryPolicy(
            2, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(5), Duration.ofMillis(300));
    server.next(FILE, server.stallAfter(1000, reached), server.stallAfter(0, reached));
    assertThatThrownBy(() -> store(cache).retries(hasty).fetch(REPOSITORY))
        .hasMessageEndingWith(": given up after 2 attempts: the server was silent for 300 ms");
    assertRight(store(cache).fetch(REPOSITORY));
    assertThat(server.requests(FILE).get(2).header("range")).isEqualTo("bytes=1000-");
  }

  @Test
  void rubbishInsteadOfHttp() {
    HubServer.Fault rubbish =
        (request, content, out) -> out.write(HubServer.ascii("\0\0rubbish\r\n\r\n"));
    server.next(FILE, rubbish, (request, content, out) -> {}, rubbish);
    assertRight(store(cache).fetch(REPOSITORY));
    assertThat(server.requests(FILE)).hasSize(4);
  }

  @Test
  void waitsAsLongAsAsked() {
    RetryPolicy patient =
        new RetryPolicy(
            2, Duration.ZERO, Duration.ofMillis(400), Duration.ofSeconds(5), Duration.ofSeconds(5));
    server.next(FILE, status("429 Too Many Requests", "Retry-After", "3600"));
    long start = System.nanoTime();
    assertRight(store(cache).retries(patient).fetch(REPOSITORY));
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(Duration.ofMillis(400), Duration.ofSeconds(20));
  }
}
