package io.telecomllm.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.data.Question;
import io.telecomllm.data.QuestionFormat;
import io.telecomllm.data.TeleQnADataset;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each command does what its line of the guide says, on the embedded questions. */
class DataToolsTest {
  @TempDir Path folder;
  private Path all = Path.of("");

  @BeforeEach
  void writeQuestions() {
    all = folder.resolve("all.json");
    QuestionFormat.TELEQNA.write(EmbeddedData.questions().questions(), all);
  }

  private String run(String... args) {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      DataTools.main(args);
    } catch (IllegalStateException e) {
      return printed.toString(StandardCharsets.UTF_8) + e.getMessage();
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void cleaningWritesTextJsonAndAPage() {
    int questions = EmbeddedData.questions().questions().size();
    Path report = folder.resolve("report");
    assertThat(run("clean", all.toString(), "--folder", report.toString()))
        .startsWith(questions + " entries, " + questions + " kept, 0 rejected");
    assertThat(report.resolve("cleaning.json")).content().contains("\"kept\": " + questions);
    assertThat(report.resolve("cleaning.html")).content().contains("<html");
  }

  @Test
  void aSplitIsMadeAgainFromItsManifestAndHasNoLeaks() throws IOException {
    Path first = folder.resolve("first");
    Path again = folder.resolve("again");
    run("split", all.toString(), "--folder", first.toString(), "--validation", "0.3");
    Path manifest = first.resolve("split.json");
    run("split", all.toString(), "--folder", again.toString(), "--manifest", manifest.toString());
    assertThat(again.resolve("split.json")).hasSameTextualContentAs(manifest);
    Path test = first.resolve("validation.json");
    String training = first.resolve("training.json").toString();
    assertThat(run("leaks", "--test", test.toString(), "--questions", training))
        .startsWith("0 leaks");
    assertThat(run("leaks", "--test", test.toString(), "--questions", all.toString()))
        .contains("SAME_QUESTION")
        .endsWith("ended with status 1; the reason is printed above");
    Question question =
        TeleQnADataset.read(test).questions().stream()
            .filter(q -> q.explanation().split(" ", -1).length > 10)
            .findFirst()
            .orElseThrow();
    Path clauses = folder.resolve("clauses.jsonl");
    Files.writeString(
        clauses,
        "{\"spec\": \"TS 1\", \"clause\": \"1\", \"text\": \"%s\"}"
            .formatted(question.explanation().replace('"', ' ')));
    assertThat(run("leaks", "--test", test.toString(), "--clauses", clauses.toString()))
        .contains("TS 1#1 has " + question.id() + ": EXPLANATION_IN_TEXT");
    assertThat(run("intersect", all.toString(), test.toString())).contains("NEAR_DUPLICATE");
  }

  @Test
  void questionsAreConverted() {
    Path lines = folder.resolve("all.jsonl");
    run("convert", all.toString(), lines.toString());
    List<Question> questions = TeleQnADataset.read(lines).questions();
    assertThat(questions).isEqualTo(EmbeddedData.questions().questions());
  }

  @Test
  void withoutACommandItSaysSo() {
    assertThatThrownBy(() -> DataTools.main(new String[0]))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ended with status 2");
  }
}
