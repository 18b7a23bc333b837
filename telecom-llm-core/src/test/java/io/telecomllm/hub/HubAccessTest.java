package io.telecomllm.hub;

import static io.telecomllm.hub.HubServer.COMMIT;
import static io.telecomllm.hub.HubServer.REPOSITORY;
import static io.telecomllm.hub.HubServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.TelecomLlmException;
import io.telecomllm.files.http.HttpOrigin;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Redirects, the token, and answers that say no. */
class HubAccessTest {
  private static final String FILE = "model.safetensors";
  private static final String TOKEN = "hf_secretSECRETsecret";
  private static final byte[] WEIGHTS = HubServer.bytes(50_000, 3);

  @TempDir Path cache;

  private final HubServer server = new HubServer().small("config.json", "{}").large(FILE, WEIGHTS);
  private final HubServer other = new HubServer();

  @AfterEach
  void stop() {
    server.close();
    other.close();
  }

  private ModelStore store() {
    return StoreTesting.store(server, cache).token(TOKEN);
  }

  private void assertFails(ModelStore store, String message) {
    assertThatThrownBy(() -> store.fetch(REPOSITORY))
        .isInstanceOf(TelecomLlmException.class)
        .hasMessage(message)
        .hasMessageNotContaining(TOKEN);
  }

  private String listing() {
    return server.uri() + "/api/models/owner/name/revision/main?blobs=true";
  }

  @Test
  void theTokenStaysWithTheEndpoint() {
    // first within the endpoint, then to another port, which drops, and back and there again
    server.next(
        FILE,
        status("307 x", "Location", "/" + REPOSITORY + "/resolve/" + COMMIT + "/" + FILE),
        status(
            "302 x",
            "Location",
            other.uri() + "/cdn/signed",
            "X-Linked-Etag",
            "\"" + server.etag(FILE) + "\""),
        status(
            "302 x",
            "Location",
            other.uri() + "/cdn/signed",
            "X-Linked-Etag",
            "\"" + server.etag(FILE) + "\""));
    other.next(
        "signed",
        (request, content, out) -> {
          HubServer.head(out, "200 OK", Map.of("ETag", "\"cdn\""), WEIGHTS.length);
          out.write(WEIGHTS, 0, 20_000);
        },
        (request, content, out) -> HubServer.ranged(request, "cdn", WEIGHTS, out));
    Path snapshot = store().fetch(REPOSITORY);
    assertThat(snapshot.resolve(FILE)).hasBinaryContent(WEIGHTS);
    assertThat(server.requests())
        .hasSize(5)
        .allSatisfy(r -> assertThat(r.header("authorization")).isEqualTo("Bearer " + TOKEN));
    assertThat(other.requests())
        .hasSize(2)
        .allSatisfy(r -> assertThat(r.headers()).doesNotContainKey("authorization"))
        .allSatisfy(r -> assertThat(r.headers().toString()).doesNotContain("secret"));
    assertThat(other.requests().get(1).header("range")).isEqualTo("bytes=20000-");
    assertThat(other.requests().get(1).header("if-range")).isEqualTo("\"cdn\"");
  }

  @Test
  void theTokenIsNotSentBackByAnotherHost() {
    // another host that points at the endpoint again: the endpoint gets it, the other never
    server.next(FILE, status("302 x", "Location", other.uri() + "/back"));
    other.next(
        "back",
        status(
            "302 x",
            "Location",
            server.uri() + "/" + REPOSITORY + "/resolve/" + COMMIT + "/" + FILE));
    assertThat(store().fetch(REPOSITORY).resolve(FILE)).hasBinaryContent(WEIGHTS);
    assertThat(other.requests().get(0).headers()).doesNotContainKey("authorization");
  }

  @Test
  void withoutATokenNoneIsSent() {
    StoreTesting.store(server, cache).fetch(REPOSITORY);
    assertThat(server.requests())
        .allSatisfy(r -> assertThat(r.headers()).doesNotContainKey("authorization"));
  }

  @Test
  void followsFiveRedirectsAndNoMore() {
    String to = "/" + REPOSITORY + "/resolve/" + COMMIT + "/" + FILE;
    for (int i = 0; i < 5; i++) {
      server.next(FILE, status("302 x", "Location", to));
    }
    assertThat(store().fetch(REPOSITORY).resolve(FILE)).hasBinaryContent(WEIGHTS);
    for (int i = 0; i < 6; i++) {
      server.next("listing", status("302 x", "Location", listing()));
    }
    assertFails(store(), listing() + ": more than 5 redirects");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.invalid/x",
        "http://192.0.2.1/x",
        "http://127.0.0.1.example.invalid/x",
        "http://localhost.example.invalid/x",
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "http://user:pw@127.0.0.1/x",
        "https://user@example.invalid/x",
        "http://127.0.0.1:99999/x",
        "mailto:x"
      })
  void refusesRedirectsToElsewhere(String location) {
    server.next("listing", status("302 x", "Location", location));
    assertFails(
        store(),
        listing()
            + ": refuses the redirect to "
            + HttpOrigin.text(URI.create(location))
            + ", which is neither https nor the endpoint");
  }

  @Test
  void redirectsToNowhereAreTriedAgain() {
    server.next("listing", status("302 x"), status("302 x", "Location", "http://[broken"));
    assertThat(store().fetch(REPOSITORY)).exists();
  }

  @Test
  void anHttpsEndpointNeverLeadsToHttp() {
    Endpoint https = Endpoint.of("https://hub.example");
    assertThat(https.origin().allows(URI.create("https://cdn.example/x"))).isTrue();
    assertThat(https.origin().allows(URI.create("http://hub.example/x"))).isFalse();
    assertThat(https.origin().allows(URI.create("http://127.0.0.1/x"))).isFalse();
    assertThat(https.origin().owns(URI.create("https://HUB.example:443/x"))).isTrue();
    assertThat(https.origin().owns(URI.create("https://hub.example:444/x"))).isFalse();
    assertThat(https.origin().owns(URI.create("http://hub.example:443/x"))).isFalse();
    assertThat(https.origin().owns(URI.create("https://hub.example.evil/x"))).isFalse();
    Endpoint http = Endpoint.of("http://mirror.example:8080/hf/");
    assertThat(http.origin().allows(URI.create("http://mirror.example:8080/x"))).isTrue();
    assertThat(http.origin().allows(URI.create("http://mirror.example/x"))).isFalse();
    assertThat(http.origin().allows(URI.create("http://127.0.0.1/x"))).isFalse();
    assertThat(http.listing("o/n", "refs/pr/1"))
        .hasToString(
            "http://mirror.example:8080/hf/api/models/o/n/revision/refs%2Fpr%2F1?blobs=true");
  }

  @Test
  void saysWhatToDo() {
    ModelStore anonymous = StoreTesting.store(server, cache);
    String of = " for owner/name at main: ";
    server.next("listing", status("401 x"), status("401 x"), status("403 x"), status("403 x"));
    assertFails(
        anonymous,
        listing()
            + ": answered 401"
            + of
            + "it does not exist, or is private or gated; check the spelling, or set HF_TOKEN to a"
            + " token that may read it");
    assertFails(
        store(),
        listing()
            + ": answered 401"
            + of
            + "the token is not accepted; set HF_TOKEN to one that may read it, or check the"
            + " spelling");
    assertFails(
        anonymous,
        listing()
            + ": answered 403"
            + of
            + "gated; accept its terms on its page and set HF_TOKEN to a token of that account");
    assertFails(
        store(),
        listing()
            + ": answered 403"
            + of
            + "gated; accept its terms on its page with the account of HF_TOKEN, and let the token"
            + " read gated models");
    server.next(
        "listing",
        status("404 x", "X-Error-Code", "RepoNotFound"),
        status("404 x", "X-Error-Code", "RevisionNotFound"),
        status("418 x"));
    assertFails(
        store(),
        listing()
            + ": answered 404"
            + of
            + "it does not exist, or HF_TOKEN may not see it; check the spelling of repository,"
            + " revision and file");
    assertFails(
        store(),
        listing()
            + ": answered 404"
            + of
            + "it has no such revision; check the spelling of the branch, tag or commit");
    assertFails(store(), listing() + ": answered 418" + of.replace(": ", ""));
    // each is final: one request an error
    assertThat(server.requests()).hasSize(7);
    server.next(FILE, status("403 x"));
    assertFails(
        anonymous,
        server.uri()
            + "/owner/name/resolve/"
            + COMMIT
            + "/"
            + FILE
            + ": answered 403 for model.safetensors of owner/name: gated; accept its terms on its"
            + " page and set HF_TOKEN to a token of that account");
  }

  @Test
  void anotherHostsRefusalIsTriedAgain() {
    // a signed address that ran out
    server.next(FILE, status("302 x", "Location", other.uri() + "/cdn/signed"));
    other.next("signed", status("403 x"));
    assertThat(store().fetch(REPOSITORY).resolve(FILE)).hasBinaryContent(WEIGHTS);
    assertThat(server.requests(FILE)).hasSize(2);
  }

  /** A server that was closed may still take a connection until its selector comes round. */
  private static void awaitRefusal(java.net.URI uri) throws Exception {
    for (int i = 0; i < 500; i++) {
      try (java.net.Socket taken = new java.net.Socket(uri.getHost(), uri.getPort())) {
        Thread.sleep(10);
      } catch (java.net.ConnectException refused) {
        return;
      }
    }
  }

  @Test
  void nobodyListens() throws Exception {
    server.close();
    awaitRefusal(java.net.URI.create(String.valueOf(server.uri())));
    assertThatThrownBy(() -> store().fetch(REPOSITORY))
        .isInstanceOf(TelecomLlmException.class)
        .hasMessageStartingWith(listing() + ": given up after 2 attempts: ")
        .hasMessageContaining("is not in the cache")
        .hasMessageContaining("HF_ENDPOINT")
        .hasRootCauseInstanceOf(java.nio.channels.ClosedChannelException.class);
  }

  @Test
  void whatIsThereServesWhileTheHubIsDown() {
    Path snapshot = store().fetch(REPOSITORY);
    server.close();
    assertThat(store().fetch(REPOSITORY)).isEqualTo(snapshot);
    assertThat(store().fetchFile(REPOSITORY, "main", FILE)).isEqualTo(snapshot.resolve(FILE));
    assertThatThrownBy(() -> store().fetch(REPOSITORY, "v2"))
        .hasMessageContaining("/revision/v2?blobs=true: given up after 2 attempts: ");
  }
}
