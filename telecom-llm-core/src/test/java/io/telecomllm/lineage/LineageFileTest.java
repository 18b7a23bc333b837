package io.telecomllm.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineageFileTest {
  private static final String A = "a".repeat(64);
  private static final String TEXT =
      """
      {"version": 2, "created": "2026-01-31T12:00:00Z",
       "base": {"name": "n", "fingerprint": "%1$s", "architecture": "llama", "weights": "NF4",
                "compute_type": "FLOAT32"},
       "tokenizer": "%1$s", "prompt": "%1$s",
       "data": {"sha256": "%1$s", "training": 3, "validation": 2},
       "knowledge": {"id": "%1$s", "references": 3},
       "settings": {"lora": {"rank": 4}}, "versions": {"java": "17"},
       "metrics": {"steps": 7, "seconds": 1.5, "final_loss": 0.5, "accuracy": 0.75,
                   "evaluations": [{"step": 7, "loss": 0.6}]},
       "probes": [{"question": "q", "options": ["x", "y"], "scores": [-1.5, -0.25]}]}
      """
          .formatted(A);

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("lineage.json");
  }

  private Lineage read(String text) throws IOException {
    Files.writeString(file(), text);
    return LineageFile.read(file());
  }

  private static String changed(String from, String to) {
    assertThat(TEXT).contains(from);
    return TEXT.replace(from, to);
  }

  @Test
  void readsVersion1WhichKnowsNoKnowledgeBase() throws IOException {
    Lineage old =
        read(
            TEXT.replace("\"version\": 2", "\"version\": 1")
                .replaceAll("\"knowledge\": \\{[^}]*\\},", ""));
    assertThat(old.knowledge()).isEmpty();
    assertThat(old.probes()).isEqualTo(read(TEXT).probes());
  }

  @Test
  void readsWhatIsThere() throws IOException {
    Lineage lineage = read(TEXT);
    assertThat(lineage)
        .isEqualTo(
            new Lineage(
                Instant.parse("2026-01-31T12:00:00Z"),
                new Lineage.Base("n", A, "llama", "NF4", "FLOAT32"),
                A,
                A,
                Optional.of(new Lineage.Data(A, 3, 2)),
                Optional.of(new Lineage.Knowledge(A, 3)),
                Map.of("lora", Map.of("rank", 4L)),
                Map.of("java", "17"),
                Optional.of(
                    new Lineage.Metrics(
                        7,
                        1.5,
                        OptionalDouble.of(0.5),
                        List.of(new Lineage.Evaluation(7, 0.6)),
                        OptionalDouble.of(0.75))),
                List.of(new Probe("q", List.of("x", "y"), List.of(-1.5, -0.25)))));
    LineageFile.write(folder.resolve("again.json"), lineage);
    assertThat(LineageFile.read(folder.resolve("again.json"))).isEqualTo(lineage);
  }

  @Test
  void unknownAndOptionalFieldsMayBeThereOrNot() throws IOException {
    Lineage whole = read(TEXT);
    assertThat(read(changed("{\"version\": 2,", "{\"version\": 2, \"next\": [{\"year\": null}],")))
        .isEqualTo(whole);
    Lineage bare =
        read(
            """
            {"version": 2, "created": "2026-01-31T12:00:00Z",
             "base": {"name": "n", "fingerprint": "%1$s", "architecture": "llama",
                      "weights": "NF4", "compute_type": "FLOAT32", "more": 1},
             "tokenizer": "%1$s", "prompt": "%1$s", "probes": []}
            """
                .formatted(A));
    assertThat(bare.data()).isEmpty();
    assertThat(bare.metrics()).isEmpty();
    assertThat(bare.settings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"version\": 2 | \"version\": 3 | field version: expected 1 or 2, which is all that this"
            + " library reads, found 3",
        "\"version\": 2 | \"version\": 0 | field version: expected an integer from 1",
        "\"version\": 2 | \"version\": \"1\" | field version: expected an integer",
        "\"version\": 2, | | field version: missing",
        "2026-01-31T12:00:00Z | today | field created: expected an instant such as"
            + " 2026-01-31T12:00:00Z, found \"today\"",
        "\"fingerprint\": \"a | \"fingerprint\": \"A | field base.fingerprint: expected 64"
            + " hexadecimal digits in lower case, found",
        "\"name\": \"n\" | \"name\": \"\" | field base.name: expected 1 to 500 characters, none a"
            + " control character, found \"\"",
        "\"name\": \"n\" | \"name\": \"n\\u001b[2J\" | field base.name: expected 1 to 500"
            + " characters, none a control character, found \"n?[2J\"",
        "\"weights\": \"NF4\" | \"weights\": \"\\u202e\" | field base.weights: expected 1 to 500",
        "\"tokenizer\": \"a | \"tokenizer\": \"aa | field tokenizer: expected 64 hexadecimal",
        "\"prompt\": | \"prompt\": 5, \"x\": | field prompt: expected a string, found 5",
        "\"sha256\": \"a | \"sha256\": \"../a | field data.sha256: expected 64 hexadecimal",
        "\"training\": 3 | \"training\": -3 | field data.training: expected an integer from 0",
        "\"training\": 3 | \"training\": 3.5 | field data.training: expected an integer from 0",
        "\"training\": 3 | \"training\": 9999999999999999999999 | field data.training: expected an",
        "\"java\": \"17\" | \"java\": 17 | field versions.java: expected a string, found 17",
        "\"steps\": 7 | \"steps\": -7 | field metrics.steps: expected an integer from 0",
        "\"seconds\": 1.5 | \"seconds\": -1.5 | field metrics.seconds: expected a number of at"
            + " least 0, found -1.5",
        "\"seconds\": 1.5 | \"seconds\": NaN | not JSON: broken syntax at",
        "\"seconds\": 1.5 | \"seconds\": 1e999 | the number 1e999 is out of range",
        "\"accuracy\": 0.75 | \"accuracy\": 75 | field metrics.accuracy: expected a number from 0"
            + " to 1, found 75",
        "\"loss\": 0.6 | \"loss\": [] | field metrics.evaluations[0].loss: expected a finite"
            + " number, found an array of 0",
        "[\"x\", \"y\"] | [\"x\"] | field probes[0].options: expected 2 to 9 texts, found an array"
            + " of 1",
        "[\"x\", \"y\"] | [\"x\", null] | field probes[0].options[1]: expected a string, found"
            + " null",
        "[-1.5, -0.25] | [-1.5] | field probes[0].scores: expected 2 numbers of at most 0, found an"
            + " array of 1",
        "[-1.5, -0.25] | [-1.5, 3] | field probes[0].scores: expected 2 numbers of at most 0",
        "[-1.5, -0.25] | [-1.5, \"NaN\"] | field probes[0].scores[1]: expected a finite number",
        "\"question\": \"q\" | \"question\": {} | field probes[0].question: expected a string,"
            + " found an object",
        "\"settings\": {\"lora\": {\"rank\": 4}} | \"settings\": 4 | field settings: expected an"
            + " object, found 4",
        "\"tokenizer\": | \"version\": 2, \"tokenizer\": | the key \"version\" appears twice"
      })
  void whatIsWrongIsNamed(String from, String to, String message) {
    assertThatThrownBy(() -> read(changed(from, to == null ? "" : to)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(file().toString())
        .hasMessageContaining(message);
  }

  @Test
  void absurdSizesAreRefused() {
    String probe = "{\"question\": \"q\", \"options\": [\"x\", \"y\"], \"scores\": [-1, -1]}, ";
    assertThatThrownBy(() -> read(changed("\"probes\": [", "\"probes\": [" + probe.repeat(64))))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("field probes: expected at most 64 probes, found an array of 65");
    assertThatThrownBy(() -> read(TEXT + " ".repeat(1 << 22)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("bytes of JSON, at most 4194304 are read");
    String deep = "[".repeat(100) + "]".repeat(100);
    assertThatThrownBy(() -> read(changed("{\"rank\": 4}", deep)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("nested deeper than 64");
  }

  /** Every kind of value that a setting may have. */
  public record Settings(
      int number,
      double limit,
      boolean on,
      Optional<String> word,
      Map<String, Double> map,
      List<Form> forms) {}

  /** What a setting may be. */
  public sealed interface Form {
    /** The first. */
    record One() implements Form {}

    /** The second. */
    record Two(float value) implements Form {}
  }

  @Test
  void settingsAreWrittenAsPlainValues() throws IOException {
    Lineage lineage =
        read(TEXT)
            .withSettings(
                "run",
                new Settings(
                    1,
                    Double.POSITIVE_INFINITY,
                    true,
                    Optional.empty(),
                    Map.of("k", 2.5),
                    List.of(new Form.One(), new Form.Two(0.5f))));
    LineageFile.write(file(), lineage);
    Lineage again = LineageFile.read(file());
    assertThat(again).isEqualTo(lineage);
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("number", 1L);
    run.put("limit", "Infinity");
    run.put("on", true);
    run.put("word", null);
    run.put("map", Map.of("k", 2.5));
    run.put("forms", List.of(Map.of("kind", "One"), Map.of("kind", "Two", "value", 0.5)));
    assertThat(again.settings()).containsEntry("run", run);
    assertThatThrownBy(() -> new Lineage.Base("n", "x", "llama", "NF4", "FLOAT32"))
        .hasMessage("fingerprint is 'x', must be 64 hexadecimal digits in lower case");
  }
}
