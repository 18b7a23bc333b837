package io.telecomllm.hub;

import static io.telecomllm.hub.HubServer.COMMIT;
import static io.telecomllm.hub.HubServer.REPOSITORY;
import static io.telecomllm.hub.HubServer.sha256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists and names that mean harm: a typed error, and nothing outside the cache folder. */
class HostileListingTest {
  private static final String SHA1 = "0123456789012345678901234567890123456789";

  @TempDir Path room;

  private final HubServer server = new HubServer();

  @AfterEach
  void stop() {
    server.close();
  }

  private ModelStore store() {
    return StoreTesting.store(server, room.resolve("deep/er/cache"));
  }

  private void assertRefused(String listing, String message) {
    server.listing(listing);
    assertThatThrownBy(() -> store().fetch(REPOSITORY))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(server.uri() + "/api/models/owner/name/revision/main?blobs=true" + message);
    assertThat(StoreTesting.tree(room)).isEmpty();
  }

  private static String with(String siblings) {
    return "{\"sha\":\"" + COMMIT + "\",\"siblings\":[" + siblings + "]}";
  }

  private static String file(String name) {
    return "{\"rfilename\":\"" + name + "\",\"size\":2,\"blobId\":\"" + SHA1 + "\"}";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../x.json",
        "../../../../x.json",
        "a/../../x.json",
        "..",
        "/etc/x.json",
        "a\\\\..\\\\x.json",
        "\\u0000.json",
        "x\\n.json",
        ""
      })
  void refusesNamesThatLeave(String name) {
    server.listing(with(file(name) + "," + file("model.safetensors")));
    assertThatThrownBy(() -> store().fetch(REPOSITORY))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("?blobs=true: lists the file \"")
        .hasMessageEndingWith("\", which is not a path in a repository");
    assertThat(StoreTesting.tree(room)).isEmpty();
  }

  @Test
  void refusesListsThatBreakARule() {
    assertRefused("[]", ": expected a JSON object, found an array of 0");
    assertRefused("{", ": not JSON: the text ends too early at line 1 column 2");
    assertRefused("{\"a\":1,\"a\":2}", ": not strict JSON: the key \"a\" appears twice at $.a");
    assertRefused("{}", ", field sha: missing");
    assertRefused(
        "{\"sha\":\"../../x\",\"siblings\":[]}",
        ", field sha: expected a commit of 40 hexadecimal digits, found \"../../x\"");
    assertRefused("{\"sha\":\"" + COMMIT + "\"}", ", field siblings: missing");
    assertRefused(
        with("{\"rfilename\":\"a.json\",\"size\":2,\"blobId\":\"../../../x\"}"),
        ", field siblings[0].blobId: expected 40 hexadecimal digits, found \"../../../x\"");
    assertRefused(
        with("{\"rfilename\":\"a.json\",\"size\":-1,\"blobId\":\"" + SHA1 + "\"}"),
        ", field siblings[0].size: expected an integer from 0 to 1125899906842624, found -1");
    assertRefused(
        with("{\"rfilename\":\"a.json\",\"size\":2,\"blobId\":\"" + SHA1 + "\",\"lfs\":{}}"),
        ", field siblings[0].lfs.sha256: missing");
    assertRefused(with(file("a.json") + "," + file("a.json")), ": lists a.json twice");
  }

  @Test
  void refusesAnEndlessList() {
    server.next(
        "listing",
        (request, content, out) -> {
          out.write(HubServer.ascii("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"sha\":\""));
          byte[] rubbish = HubServer.ascii("x".repeat(1 << 16));
          while (true) {
            out.write(rubbish);
          }
        });
    assertThatThrownBy(() -> store().fetch(REPOSITORY))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageEndingWith(": the answer is longer than 16777216 bytes");
  }

  @Test
  void refusesWhatTheDiskCannotTake() {
    long size = RepositoryFile.MAX_SIZE;
    server.listing(
        with(
            "{\"rfilename\":\"model.safetensors\",\"blobId\":\""
                + SHA1
                + "\",\"size\":2,\"lfs\":{\"sha256\":\""
                + sha256(new byte[0])
                + "\",\"size\":"
                + size
                + "}}"));
    assertThatThrownBy(() -> store().fetch(REPOSITORY))
        .isInstanceOf(StorageException.class)
        .hasMessageMatching(
            ".*models--owner--name: the download needs "
                + size
                + " bytes, the disk has [0-9]+ free");
    assertThat(StoreTesting.tree(room)).isEmpty();
  }

  @Test
  void refusesAnIndexThatLeaves() {
    server.large("model-1.safetensors", HubServer.bytes(10, 1));
    server.small(
        "model.safetensors.index.json", "{\"weight_map\":{\"a\":\"../../../x.safetensors\"}}");
    assertThatThrownBy(() -> store().fetch(REPOSITORY))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageEndingWith(
            ", field weight_map: \"../../../x.safetensors\" is not the plain name of a safetensors"
                + " file");
    server.small(
        "model.safetensors.index.json", "{\"weight_map\":{\"a\":\"model-2.safetensors\"}}");
    assertThatThrownBy(() -> store().fetch(REPOSITORY))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("owner/name: its index names model-2.safetensors, which it does not hold");
  }

  @Test
  void aLinkInThePlaceOfAPartialFileIsNotFollowed() throws IOException {
    byte[] weights = HubServer.bytes(10, 1);
    server.large("model.safetensors", weights);
    Path victim = Files.writeString(room.resolve("victim"), "precious");
    Path blobs = Files.createDirectories(store().cache().resolve("models--owner--name/blobs"));
    Files.createSymbolicLink(blobs.resolve(sha256(weights) + ".incomplete"), victim);
    assertThatThrownBy(() -> store().fetch(REPOSITORY))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(".incomplete: cannot be opened: ");
    assertThat(victim).hasContent("precious");
  }

  @ParameterizedTest
  @CsvSource({
    "'', main",
    "., main",
    ".., main",
    "../x, main",
    "a/../b, main",
    "a/b/c, main",
    "/a, main",
    "a/, main",
    "a--b/c, main",
    "a/b.git, main",
    "a b/c, main",
    "a/b\\c, main",
    "a/b?x, main",
    "-a/b, main",
    "a/.b, main",
    "ä/b, main",
    "a/b, ''",
    "a/b, ..",
    "a/b, ../x",
    "a/b, x/../y",
    "a/b, /x",
    "a/b, x/",
    "a/b, x//y",
    "a/b, .x",
    "a/b, x/.y",
    "a/b, 'x y'",
    "a/b, x\\y",
    "a/b, x?y",
    "a/b, -x"
  })
  void refusesNamesOfACaller(String repository, String revision) {
    for (ModelStore store : new ModelStore[] {store(), store().offline(true)}) {
      assertThatThrownBy(() -> store.fetch(repository, revision))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageMatching("(repository|revision) is \".*\", must be .*");
      assertThatThrownBy(() -> store.fetchFile(repository, revision, "x.gguf"))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(server.requests()).isEmpty();
  }
}
