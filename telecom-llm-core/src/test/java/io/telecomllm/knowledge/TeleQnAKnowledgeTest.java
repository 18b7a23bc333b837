package io.telecomllm.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.telecomllm.testing.Shared;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.lingala.zip4j.ZipFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Real text: every explanation of TeleQnA as a clause, and questions that look for theirs. */
@Tag("shared")
class TeleQnAKnowledgeTest {
  private static final int ASKED = 200;

  @Test
  void aQuestionFindsItsExplanation() throws IOException {
    Map<String, JsonObject> questions = questions();
    List<Clause> clauses =
        questions.entrySet().stream()
            .map(e -> new Clause("TeleQnA", "", "", e.getKey(), "", explanation(e.getValue()), ""))
            .filter(c -> !c.text().isBlank())
            .toList();
    CitationFinder finder = new CitationFinder();
    int step = Math.max(1, clauses.size() / ASKED);
    int asked = 0;
    int found = 0;
    try (KnowledgeBase base = KnowledgeBase.of(clauses)) {
      assertThat(base.size()).isEqualTo(clauses.size());
      for (int i = 0; i < clauses.size(); i += step) {
        Clause own = clauses.get(i);
        JsonObject question = questions.get(own.clause());
        String text = question.get("question").getAsString();
        List<Passage> passages = base.search(text, 10);
        assertThat(passages)
            .isSortedAccordingTo((a, b) -> Double.compare(b.score(), a.score()))
            .isEqualTo(base.search(text, 10));
        asked++;
        found += passages.stream().anyMatch(p -> p.clause().equals(own)) ? 1 : 0;
        String answer = question.get("answer").getAsString();
        finder
            .find(passages, text, answer)
            .ifPresent(c -> assertThat(c.clause().text()).contains(c.quotation()));
      }
    }
    // 95 % of the real ones
    assertThat((double) found / asked).isGreaterThan(0.7);
  }

  private static String explanation(JsonObject question) {
    return question.has("explanation") ? question.get("explanation").getAsString() : "";
  }

  private static Map<String, JsonObject> questions() throws IOException {
    String path = Shared.questions().toString();
    try (ZipFile zip = new ZipFile(path, "teleqnadataset".toCharArray());
        InputStream in = zip.getInputStream(zip.getFileHeaders().get(0))) {
      String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Map<String, JsonObject> questions = new LinkedHashMap<>();
      JsonParser.parseString(json)
          .getAsJsonObject()
          .entrySet()
          .forEach(e -> questions.put(e.getKey(), e.getValue().getAsJsonObject()));
      return questions;
    }
  }
}
