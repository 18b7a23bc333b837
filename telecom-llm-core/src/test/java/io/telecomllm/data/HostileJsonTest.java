package io.telecomllm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import io.telecomllm.InvalidDataException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostileJsonTest {
  private static final int MUTANTS = 6000;

  private static final String SMALL =
      """
      {
       "question 0": {
        "question": "What is X? [3GPP Release 18]",
        "option 1": "one",
        "option 2": "two \\u00e9",
        "option 3": "All of the above",
        "answer": "option 2: two \\u00e9",
        "explanation": "Because \\"it\\" is.",
        "category": "Standards specifications"
       },
       "question 1": {
        "question": "What does Y stand for?",
        "option 1": "Yes",
        "option 2": "No",
        "answer": "option 1: Yes",
        "explanation": "",
        "category": "Lexicon"
       }
      }
      """;

  @TempDir Path folder;

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "nothing               | `` | ends too early at line 1 column 1",
        "a string              | \"x\" | holds a string, expected an object of questions by name",
        "null                  | null | holds null, expected an object of questions by name",
        "no closing brace      | {\"a\": {} | ends too early at line 1 column 9",
        "a brace too many      | {\"a\": {}}} | broken syntax at line 1 column ",
        "a second document     | {\"a\": {}} {} | broken syntax at line 1 column 12",
        "a comma at the end    | {\"a\": {},} | broken syntax at line 1 column ",
        "a comma in an entry   | {\"a\": {\"x\": 1,}} | broken syntax at line 1 column ",
        "single quotes         | {'a': {}} | broken syntax at line 1 column ",
        "no quotes             | {a: {}} | broken syntax at line 1 column ",
        "a comment             | {\"a\": {} /* x */} | broken syntax at line 1 column ",
        "a semicolon           | {\"a\": {}; \"b\": {}} | broken syntax at line 1 column ",
        "an equals sign        | {\"a\" = {}} | broken syntax at line 1 column ",
        "NaN                   | {\"a\": NaN} | broken syntax at line 1 column ",
        "True                  | {\"a\": {\"x\": True}} | broken syntax at line 1 column ",
        "a leading zero        | {\"a\": {\"x\": 01}} | broken syntax at line 1 column ",
        "an unknown escape     | {\"a\\x\": {}} | broken syntax at line 1 column ",
        "a short escape        | {\"a\\u12\": {}} | broken syntax at line 1 column ",
        "an escape of no digits | {\"a\": {\"x\": \"\\uzzzz\"}} | broken syntax at line 1 column ",
        "no value              | {\"a\": } | broken syntax at line 1 column ",
        "a wrong bracket       | {\"a\": {\"x\": [1}} | broken syntax at line 1 column ",
      })
  void whatIsNotJsonIsRefused(String name, String document, String expected) {
    assertThatThrownBy(() -> TeleQnADataset.read(new StringReader(document), "some file"))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith("some file: ")
        .hasMessageContaining(expected);
  }

  @Test
  void rawControlCharactersInStringsAreRefused() {
    assertRefused("{\"a\n\": {}}".getBytes(StandardCharsets.UTF_8), "not JSON: broken syntax");
  }

  @Test
  void whatIsNotUtf8IsRefused() {
    byte[] latin = "{\"a\": {\"question\": \"\u00e9\"}}".getBytes(StandardCharsets.ISO_8859_1);
    assertRefused(latin, "some file: not JSON: the bytes are not UTF-8");
    assertRefused("{\"a\": {}}".getBytes(StandardCharsets.UTF_16LE), "some file: ");
    assertThatThrownBy(() -> TeleQnADataset.read(new StringReader("{\"\ud800\": {}}"), "some file"))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("some file: holds half of a surrogate pair");
  }

  @Test
  void aByteOrderMarkIsPassedOver() {
    assertThat(read(("\ufeff" + SMALL).getBytes(StandardCharsets.UTF_8)).questions()).hasSize(2);
  }

  @Test
  void depthIsBounded() {
    String deep = "{\"a\": " + "[".repeat(15) + "]".repeat(15) + "}";
    assertThat(read(deep.getBytes(StandardCharsets.UTF_8)).entries()).isEqualTo(1);
    String deeper = "{\"a\": " + "[".repeat(16) + "]".repeat(16) + "}";
    assertRefused(
        deeper.getBytes(StandardCharsets.UTF_8),
        "some file: not strict JSON: nested deeper than 16 at byte 21");
    byte[] abyss = "[".repeat(5_000_000).getBytes(StandardCharsets.UTF_8);
    assertRefused(abyss, "nested deeper than 16 at byte 16");
    // brackets inside strings are text
    String text = "{\"" + "[{\\\"".repeat(30) + "\": 1}";
    assertThat(read(text.getBytes(StandardCharsets.UTF_8)).entries()).isEqualTo(1);
  }

  @Test
  void stringsNumbersAndNamesAreBounded() {
    String string = "{\"a\": {\"x\": \"" + "y".repeat((1 << 20) + 1) + "\"}}";
    assertRefused(string.getBytes(StandardCharsets.UTF_8), "a string or number of over 1048576");
    String number = "{\"a\": {\"x\": " + "1".repeat((1 << 20) + 1) + "}}";
    assertRefused(number.getBytes(StandardCharsets.UTF_8), "a string or number of over 1048576");
    String name = "{\"" + "a".repeat(201) + "\": {}}";
    assertRefused(
        name.getBytes(StandardCharsets.UTF_8), "an entry's name has 201 characters, at most 200");
  }

  @Test
  void entriesAreBounded() {
    StringBuilder many = new StringBuilder("{\"0\":0");
    for (int i = 1; i <= 1_000_000; i++) {
      many.append(",\"").append(i).append("\":0");
    }
    byte[] json = many.append('}').toString().getBytes(StandardCharsets.UTF_8);
    assertRefused(json, "some file: more than 1000000 entries");
  }

  @Test
  void aFileThatCannotBeReadIsNamed() throws IOException {
    Path missing = folder.resolve("missing.zip");
    assertThatThrownBy(() -> TeleQnADataset.read(missing))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(missing + ": no such file");
    assertThatThrownBy(() -> TeleQnADataset.read(folder))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(folder + ": not a file");
    InputStream stream = InputStream.nullInputStream();
    stream.close();
    assertThatThrownBy(() -> TeleQnADataset.read(stream, "stream"))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("stream: cannot be read: Stream closed");
    Reader reader = Reader.nullReader();
    reader.close();
    assertThatThrownBy(() -> TeleQnADataset.read(reader, "reader"))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("reader: cannot be read: Stream closed");
  }

  @Test
  void everyTruncationOfADocumentIsRefused() throws IOException {
    byte[] whole = SMALL.strip().getBytes(StandardCharsets.UTF_8);
    Path file = folder.resolve("cut.json");
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> TeleQnADataset.read(file))
          .isInstanceOf(InvalidDataException.class)
          .hasMessageStartingWith(file + ": ");
    }
  }

  /** Whatever is done to a document, it is refused, or every entry of it is kept or rejected. */
  @Test
  void mutantsAreRefusedOrAccountedFor() {
    Map<String, Integer> outcomes = new HashMap<>();
    for (int seed = 0; seed < MUTANTS; seed++) {
      byte[] mutant = mutant(new Random(seed));
      String shown = "seed " + seed + ": " + new String(mutant, StandardCharsets.UTF_8);
      try {
        TeleQnADataset data = read(mutant);
        // an oracle that keeps the last of equal names: never more than the entries
        String text = new String(mutant, StandardCharsets.UTF_8);
        int names = JsonParser.parseString(text).getAsJsonObject().size();
        assertThat(data.entries()).as(shown).isGreaterThanOrEqualTo(names);
        assertThat(data.questions()).as(shown).allMatch(HostileJsonTest::sound);
        outcomes.merge("kept " + data.questions().size(), 1, Integer::sum);
        data.rejections().forEach(r -> outcomes.merge(r.reason().name(), 1, Integer::sum));
      } catch (InvalidDataException e) {
        assertThat(e).as(shown).hasMessageMatching("(?s)some file(, line [0-9]+)?: .*");
        outcomes.merge("refused", 1, Integer::sum);
      }
    }
    // the mutations reach what they are meant to reach
    assertThat(outcomes)
        .containsKeys("refused", "kept 0", "kept 1", "kept 2", "WRONG_TYPE", "DUPLICATE_FIELD")
        .containsKeys("DUPLICATE_ID", "MISSING_FIELD", "UNKNOWN_CATEGORY", "ANSWER_TEXT_DIFFERS");
  }

  private static boolean sound(Question question) {
    boolean category =
        question.category() == Category.OTHER || SMALL.contains(question.category().label());
    return category
        && question.options().stream().distinct().count() == question.options().size()
        && question.options().contains(question.answerText());
  }

  private static byte[] mutant(Random random) {
    List<String> lines = new ArrayList<>(SMALL.lines().toList());
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(lines.size());
      int other = random.nextInt(lines.size());
      String line = lines.get(at);
      switch (random.nextInt(9)) {
        case 0 -> lines.remove(at);
        case 1 -> lines.add(at, lines.get(other));
        case 2 -> lines.set(at, lines.get(other));
        case 3 -> lines.set(at, line.replaceFirst(": \".*\"", ": " + value(random)));
        case 4 -> lines.set(at, line.replaceFirst("\"[a-z 0-9]+\":", "\"" + key(random) + "\":"));
        case 5 -> lines.set(at, line.replaceFirst("option [0-9]:", "option " + random.nextInt(12)));
        case 6 -> lines.set(at, line.replaceFirst("[{},:\"]", value(random)));
        case 7 -> lines.addAll(new ArrayList<>(lines.subList(1, lines.size() - 1)));
        default -> lines.set(at, line.replaceFirst("(one|two|Yes|No|Lexicon)", value(random)));
      }
    }
    byte[] bytes = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(4) == 0) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return random.nextInt(20) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  private static String value(Random random) {
    String[] values = {
      "1",
      "null",
      "true",
      "[]",
      "{}",
      "[1, [2]]",
      "{\"a\": \"b\"}",
      "\"\"",
      "\"one\"",
      "\"Yes\"",
      "\"option 1: one\"",
      "1e999",
      "-0",
      "\"\\\\ud800\"",
      "\"\\\\u0000\"",
      "}",
      "]",
      "\"",
      ","
    };
    return values[random.nextInt(values.length)];
  }

  private static String key(Random random) {
    String[] keys = {
      "question",
      "option 1",
      "option 2",
      "option 4",
      "option 10",
      "Option 2",
      "answer",
      "category",
      "explanation",
      "question 0",
      "question 1",
      "x",
      ""
    };
    return keys[random.nextInt(keys.length)];
  }

  private static TeleQnADataset read(byte[] json) {
    return TeleQnADataset.read(new ByteArrayInputStream(json), "some file");
  }

  private static void assertRefused(byte[] json, String expected) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining(expected);
  }
}
