package io.telecomllm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.testing.Shared;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Tag("shared")
class NightlyTest {
  @TempDir private Path folder;

  private record Run(int exit, String output) {}

  private Run run(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "--model", Shared.gguf().toString(),
                "--questions", Shared.questions().toString(),
                "--train", "4",
                "--compare", "6",
                "--folder", folder.toString()));
    args.addAll(List.of(more));
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    System.setOut(out);
    try {
      int exit =
          new CommandLine(new Nightly())
              .setErr(new PrintWriter(out, true, StandardCharsets.UTF_8))
              .execute(args.toArray(String[]::new));
      return new Run(exit, bytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(before);
    }
  }

  @Test
  void whatPassesIsUsedAndCanBeRolledBack() {
    AdapterStore store = new AdapterStore(folder);
    assertThat(store.current()).isEmpty();
    Run monday = run("--name", "monday", "--most-lost", "1");
    assertThat(monday.exit()).as(monday.output()).isZero();
    assertThat(monday.output()).contains("in use: monday");
    assertThat(store.current()).contains("monday");
    assertThat(store.adapter("monday")).isDirectoryContaining("glob:**adapter_config.json");
    assertThat(folder.resolve("nights/monday/comparison.html")).content().contains("monday");

    assertThat(run("--name", "monday").output()).contains("in use already: monday");

    // whether it is as good on six questions is for the gate to say; the other stays if it is not
    Run tuesday = run("--name", "tuesday", "--most-lost", "0");
    assertThat(tuesday.output())
        .contains("in use: " + (tuesday.exit() == 0 ? "tuesday" : "monday"));
    assertThat(store.current()).contains(tuesday.exit() == 0 ? "tuesday" : "monday");
    assertThat(tuesday.exit()).isIn(0, 3);

    Run unknown = run("--roll-back", "sunday");
    assertThat(unknown.exit()).isNotZero();
    assertThat(unknown.output()).contains("there is no adapter 'sunday'");
    assertThat(run("--roll-back", "../monday").output()).contains("name is '../monday'");
    assertThat(run("--roll-back", "monday").exit()).isZero();
    assertThat(store.current()).contains("monday");
  }
}
