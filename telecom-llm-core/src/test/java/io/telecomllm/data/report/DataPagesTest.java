package io.telecomllm.data.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.data.CleaningReport;
import io.telecomllm.data.Question;
import io.telecomllm.data.TeleQnADataset;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.report.Curve;
import io.telecomllm.testing.Shared;
import io.telecomllm.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataPagesTest {
  @TempDir Path folder;

  @Test
  void percentilesAreNearestRanks() {
    TokenStatistics tokens =
        new TokenStatistics(IntStream.rangeClosed(1, 200).map(i -> 201 - i).boxed().toList());
    assertThat(tokens.min()).isEqualTo(1);
    assertThat(tokens.max()).isEqualTo(200);
    assertThat(tokens.percentile(50)).isEqualTo(100);
    assertThat(tokens.percentile(95)).isEqualTo(190);
    assertThat(tokens.percentile(100)).isEqualTo(200);
    assertThat(tokens.mean()).isEqualTo(100.5);
    assertThat(tokens.total()).isEqualTo(20_100);
    assertThat(tokens.over(150)).isEqualTo(50);
    assertThatThrownBy(() -> tokens.percentile(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("percent is 0, expected 1 to 100");
    assertThatThrownBy(() -> new TokenStatistics(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theChartHasEveryQuestionOnce() throws IOException {
    TokenStatistics tokens = new TokenStatistics(List.of(10, 10, 11, 300, 57, 299));
    Curve curve = DataPages.distribution(tokens);
    assertThat(IntStream.range(0, curve.size()).mapToDouble(i -> curve.y()[i]).sum()).isEqualTo(6);
    assertThat(curve.x()[0]).isEqualTo(10);
    Path page = folder.resolve("tokens.html");
    DataPages.write(tokens, 100, "<b>", page);
    assertThat(Files.readString(page)).contains("&lt;b&gt;", "<svg", "more than 100");
  }

  @Test
  void theCleaningPageShowsWhatWasRejected() throws IOException {
    String bad = "{\"question\": \"Who?\", \"choices\": [\"<i>\", \"<I>\"], \"answer\": 0}";
    CleaningReport report = CleaningReport.of(TeleQnADataset.read(new StringReader(bad), "x"));
    Path page = folder.resolve("cleaning.html");
    DataPages.write(report, "some file", page);
    assertThat(Files.readString(page))
        .contains("Cleaning of some file", "equal options", "&lt;I&gt;")
        .doesNotContain("<script", "<I>");
  }

  @Tag("shared")
  @Test
  void tokensAreThoseOfTheTrainedPrompt() {
    List<Question> questions = TeleQnADataset.read(Shared.questions()).questions().subList(0, 20);
    List<Integer> told = new ArrayList<>();
    try (Tokenizer tokenizer = Tokenizer.load(Shared.gguf())) {
      QuestionPrompt prompt = QuestionPrompt.of(ChatTemplate.of(tokenizer));
      TokenStatistics tokens = TokenStatistics.of(tokenizer, prompt, questions, told::add);
      Question first = questions.get(0);
      int length =
          prompt.ask(tokenizer, first.text(), first.options()).promptIds().length
              + prompt
                  .ask(tokenizer, first.text(), first.options())
                  .candidates()
                  .get(first.answer())
                  .answerIds()
                  .length;
      assertThat(tokens.lengths()).hasSize(20).contains(length);
    }
    assertThat(told).hasSize(20).last().isEqualTo(20);
  }
}
