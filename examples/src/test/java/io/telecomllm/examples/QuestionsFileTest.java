package io.telecomllm.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.data.Split;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the programs say about the questions that they cannot use. */
class QuestionsFileTest {
  private static final String GOOD =
      "{'question': '%s', 'choices': ['UPF', 'AMF'], 'answer': 0, 'subject': 'Lexicon'}";
  private static final String BAD =
      "{'question': '%s', 'choices': ['UPF', 'AMF'], 'answer': 2, 'subject': 'Lexicon'}";

  @TempDir Path folder;

  @Test
  void rejectedEntriesArePrintedWithTheirReason() throws IOException {
    Path file =
        file(
            GOOD.formatted("Which node forwards packets?"),
            BAD.formatted("Who?"),
            GOOD.formatted("What anchors a session of the user plane?"),
            BAD.formatted("Where?"));
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    Split split;
    try {
      split = QuestionsFile.split(file, 10, 10);
    } finally {
      System.setOut(before);
    }
    assertThat(split.training()).hasSize(1);
    assertThat(split.validation()).hasSize(1);
    assertThat(printed.toString(StandardCharsets.UTF_8).strip())
        .isEqualTo(
            file
                + ": 2 of 4 entries rejected: 2 ANSWER_NAMES_NO_OPTION (first \"question 1\":"
                + " \"2\", expected an index from 0 to 1)");
  }

  @Test
  void aFileWithoutAQuestionIsRefusedWithTheReason() throws IOException {
    Path rejected = file(BAD.formatted("Who?"), BAD.formatted("Where?"), "7");
    String expected =
        rejected
            + ": no question that can be used: 3 of 3 entries rejected: 1 WRONG_TYPE (first"
            + " \"question 2\": the entry is a number, expected an object),"
            + " 2 ANSWER_NAMES_NO_OPTION (first \"question 0\": \"2\", expected an index from"
            + " 0 to 1)";
    assertThatThrownBy(() -> QuestionsFile.split(rejected, 2, 1))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(expected);
    String none = folder.resolve("none").toString();
    String questions = rejected.toString();
    assertThat(errors(FineTuneOnTeleQnA::main, "--model", none, "--questions", questions))
        .isEqualTo(expected);
    assertThat(
            errors(
                SweepOnTeleQnA::main, "--model", none, "--questions", questions, "--folder", none))
        .isEqualTo(expected);
    Path empty = Files.writeString(folder.resolve("empty.json"), "[]");
    assertThatThrownBy(() -> QuestionsFile.split(empty, 2, 1))
        .hasMessage(empty + ": no question that can be used: it has no entries");
    Path one = file(GOOD.formatted("Which node forwards packets?"));
    assertThatThrownBy(() -> QuestionsFile.split(one, 2, 1))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageEndingWith("expected at least one of each; near-duplicates stay on one side");
  }

  private interface Program {
    void run(String... args);
  }

  private static String errors(Program program, String... args) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      assertThatThrownBy(() -> program.run(args)).isInstanceOf(IllegalStateException.class);
    } finally {
      System.setErr(before);
    }
    return printed.toString(StandardCharsets.UTF_8).strip();
  }

  // ' stands for the quotation mark
  private Path file(String... lines) throws IOException {
    Path file = Files.createTempFile(folder, "questions", ".jsonl");
    return Files.writeString(file, String.join("\n", lines).replace('\'', '"'));
  }
}
