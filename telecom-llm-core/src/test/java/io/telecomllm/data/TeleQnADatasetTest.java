package io.telecomllm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import io.telecomllm.data.Rejection.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("shared")
class TeleQnADatasetTest {
  @TempDir Path folder;

  @Test
  void everyEntryOfTheOfficialZipIsKeptOrRejected() {
    JsonObject raw = RealData.json();
    TeleQnADataset data = RealData.dataset();
    assertThat(data.entries()).isEqualTo(raw.size());
    List<String> ids =
        Stream.concat(
                data.questions().stream().map(Question::id),
                data.rejections().stream().map(Rejection::id))
            .toList();
    assertThat(ids).containsExactlyInAnyOrderElementsOf(raw.keySet());
    assertThat(data.questions()).isNotEmpty();
  }

  @Test
  void everyQuestionKeptSaysWhatItsEntrySays() {
    JsonObject raw = RealData.json();
    for (Question question : RealData.dataset().questions()) {
      JsonObject entry = raw.getAsJsonObject(question.id());
      assertThat(question.text()).isEqualTo(entry.get("question").getAsString().strip());
      assertThat(question.options()).isEqualTo(RealData.options(entry));
      assertThat(question.explanation()).isEqualTo(entry.get("explanation").getAsString().strip());
      assertThat(question.category().label()).isEqualTo(entry.get("category").getAsString());
      String answer = entry.get("answer").getAsString();
      assertThat(answer).startsWith("option " + (question.answer() + 1) + ":");
      assertThat(answer.replaceAll("\\s", ""))
          .containsIgnoringCase(question.answerText().replaceAll("\\s", ""));
    }
  }

  @Test
  void everyRejectionOfTheOfficialDataIsJustified() {
    JsonObject raw = RealData.json();
    for (Rejection rejection : RealData.dataset().rejections()) {
      JsonObject entry = raw.getAsJsonObject(rejection.id());
      List<String> options =
          RealData.options(entry).stream().map(o -> o.replaceAll("\\s+", " ")).toList();
      switch (rejection.reason()) {
        case EQUAL_OPTIONS ->
            assertThat(options.stream().map(String::toLowerCase).distinct().count())
                .isLessThan(options.size());
        case ANSWER_TEXT_DIFFERS -> {
          String[] answer = entry.get("answer").getAsString().split(":", 2);
          int number = Integer.parseInt(answer[0].replace("option ", ""));
          assertThat(options.get(number - 1)).isNotEqualToIgnoringWhitespace(answer[1]);
        }
        case DUPLICATE_QUESTION -> {
          String first = rejection.detail().split("\"", -1)[1];
          assertThat(RealData.options(raw.getAsJsonObject(first)))
              .usingElementComparator(String.CASE_INSENSITIVE_ORDER)
              .containsExactlyInAnyOrderElementsOf(RealData.options(entry));
        }
        default -> assertThat(rejection.detail()).isNotBlank();
      }
    }
  }

  @Test
  void zipPlainZipJsonFileStreamAndReaderAreTheSame() throws IOException {
    byte[] json = RealData.bytes();
    Path plain = Files.write(folder.resolve("questions.json"), json);
    Path zip = folder.resolve("plain.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry("data/"));
      out.putNextEntry(new ZipEntry("data/TeleQnA.txt"));
      out.write(json);
      out.putNextEntry(new ZipEntry("__MACOSX/data/._TeleQnA.txt"));
      out.write(1);
      out.putNextEntry(new ZipEntry("README.md"));
      out.write(1);
    }
    TeleQnADataset data = RealData.dataset();
    InputStream stream = new ByteArrayInputStream(json);
    StringReader reader = new StringReader(new String(json, StandardCharsets.UTF_8));
    for (TeleQnADataset same :
        List.of(
            TeleQnADataset.read(plain),
            TeleQnADataset.read(zip),
            TeleQnADataset.read(RealData.zip(), "teleqnadataset".toCharArray()),
            TeleQnADataset.read(stream, "stream"),
            TeleQnADataset.read(reader, "reader"))) {
      assertThat(same.questions()).isEqualTo(data.questions());
      assertThat(same.rejections()).isEqualTo(data.rejections());
    }
  }

  @Test
  void categoriesPartTheQuestions() {
    TeleQnADataset data = RealData.dataset();
    Map<Category, List<Question>> parts = data.byCategory();
    assertThat(parts.keySet())
        .containsExactlyElementsOf(EnumSet.complementOf(EnumSet.of(Category.OTHER)));
    parts.forEach((c, qs) -> assertThat(qs).allMatch(q -> q.category() == c));
    assertThat(parts.values().stream().flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(data.questions());
  }

  @Test
  void questionsFromElsewhereAreCleanedAsWell() {
    Question first = question("a", "What is X?", "one", "two");
    Question turned = question("b", "what  is x?", "TWO", "one");
    Question equal = question("c", "What is Y?", "one", "One");
    Question other = question("d", "What is X?", "one", "three");
    TeleQnADataset data = TeleQnADataset.of(List.of(first, turned, equal, other));
    assertThat(data.questions()).containsExactly(first, other);
    assertThat(data.rejections())
        .containsExactly(
            new Rejection("b", Reason.DUPLICATE_QUESTION, "of \"a\", with another answer"),
            new Rejection("c", Reason.EQUAL_OPTIONS, "options 1 and 2 are both \"One\""));
    assertThat(data.entries()).isEqualTo(4);
    assertThatThrownBy(() -> TeleQnADataset.of(List.of(first, first)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("id \"a\" appears twice");
  }

  private static Question question(String id, String text, String... options) {
    return new Question(id, text, List.of(options), 0, "", Category.LEXICON);
  }
}
