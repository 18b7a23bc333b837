package io.telecomllm.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReliabilityTest {
  @TempDir Path folder;

  /** A process that writes rows, as a second fork of a module's tests does. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) {
      IntStream.range(0, 50).forEach(i -> row(Path.of(arguments[0]), "child " + i, 1));
    }
  }

  private static void row(Path file, String fault, int cases) {
    try (Reliability row = Reliability.in(file, fault)) {
      row.passed(cases);
    }
  }

  private static List<JsonObject> rows(Path file) throws IOException {
    return StreamSupport.stream(
            JsonParser.parseString(Files.readString(file)).getAsJsonArray().spliterator(), false)
        .map(row -> row.getAsJsonObject())
        .toList();
  }

  @Test
  void aRowReplacesTheOneOfItsNameAndTellsOfFailures() throws IOException {
    Path file = folder.resolve("target/reliability.json");
    row(file, "b", 3);
    row(file, "a", 1);
    try (Reliability row = Reliability.in(file, "b")) {
      row.passed(4);
      row.begins();
      row.note("the fifth failed");
    }
    List<JsonObject> rows = rows(file);
    assertThat(rows).hasSize(2);
    assertThat(rows.get(0).get("fault").getAsString()).isEqualTo("a");
    JsonObject b = rows.get(1);
    assertThat(b.get("cases").getAsInt()).isEqualTo(5);
    assertThat(b.get("passed").getAsInt()).isEqualTo(4);
    assertThat(b.get("note").getAsString()).isEqualTo("the fifth failed");
  }

  @Test
  void threadsAndProcessesLoseNothing() throws Exception {
    Path file = folder.resolve("reliability.json");
    Process child = ChildJvm.of(Child.class, file).inheritIO().start();
    IntStream.range(0, 50).parallel().forEach(i -> row(file, "own " + i, 1));
    assertThat(child.waitFor()).isZero();
    assertThat(rows(file)).hasSize(100);
  }
}
