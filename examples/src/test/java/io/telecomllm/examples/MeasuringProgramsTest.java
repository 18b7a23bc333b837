package io.telecomllm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs that measure training against hallucination and fact checks, on the tiny model. */
class MeasuringProgramsTest {
  private static String resource(String name) throws URISyntaxException {
    URL url = Objects.requireNonNull(EmbeddedData.class.getResource(name), name);
    return Path.of(url.toURI()).toString();
  }

  @Test
  void anAblationResumesWhereItWas(@TempDir Path folder) throws Exception {
    String[] arguments = {
      "--model",
      Path.of(resource("base/config.json")).getParent().toString(),
      "--questions",
      resource("questions.json"),
      "--folder",
      folder.toString(),
      "--train",
      "16",
      "--evaluate",
      "8",
      "--arms",
      "base,refutations,preference,context"
    };
    Ablation.main(arguments);
    Path results = folder.resolve("results.csv");
    List<String> lines = Files.readAllLines(results);
    assertThat(lines).hasSize(1 + 4 * 3);
    assertThat(lines.get(1)).startsWith("base,0,bare,8,");
    assertThat(lines.get(12)).startsWith("context,3407,oracle,8,");
    assertThat(folder.resolve("ablation.svg")).isNotEmptyFile();
    // what is missing is measured again, from what is kept
    Files.write(results, lines.subList(0, 12));
    Ablation.main(arguments);
    assertThat(Files.readAllLines(results)).isEqualTo(lines);
  }

  @Test
  void factChecksAreMeasured() throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      MeasureFactChecks.main(
          new String[] {"--questions", resource("questions.json"), "--count", "60"});
    } finally {
      System.setOut(before);
    }
    String printed = bytes.toString(StandardCharsets.UTF_8);
    assertThat(printed).contains("RIGHT_OPTION", "INVENTED_QUOTATION", "\"optionsAuroc\":");
    assertThat(printed)
        .containsPattern("INVENTED_CLAUSE +\\d+ claims: +0\\.0 % supported")
        .containsPattern("INVENTED_QUOTATION +\\d+ claims: +0\\.0 % supported");
  }
}
