package io.telecomllm.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.Ints;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.telecomllm.testing.Shared;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.tokenizer.Tokenizers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The question prompt against the ids that a real model was scored on. */
@Tag("shared")
class QuestionGoldensTest {
  private static final Pattern PROMPT =
      Pattern.compile(
          "<\\|im_start\\|>system\\n(.*?)<\\|im_end\\|>\\n<\\|im_start\\|>user\\n(.*?)<\\|im_end\\|>"
              + "\\n<\\|im_start\\|>assistant\\n",
          Pattern.DOTALL);

  private final Tokenizer tokenizer = Tokenizers.smollm2();
  private final JsonObject golden = Tokenizers.json(Shared.path("goldens/smollm2/questions.json"));

  @Test
  void promptAndSharedLabelAreTheScoredIds() {
    ChatTemplate template = ChatTemplate.of(tokenizer);
    int[] digits = Tokenizers.ids(golden.get("digits"));
    List<JsonElement> questions = golden.getAsJsonArray("questions").asList();
    assertThat(questions).isNotEmpty();
    for (JsonElement element : questions) {
      JsonObject question = element.getAsJsonObject();
      Matcher parts = PROMPT.matcher(question.get("prompt").getAsString());
      assertThat(parts.matches()).isTrue();
      List<String> lines = new ArrayList<>(Arrays.asList(parts.group(2).split("\n", -1)));
      String text = lines.remove(0);
      List<String> options =
          lines.stream().map(line -> line.replaceFirst("option \\d: ", "")).toList();
      RenderedQuestion rendered =
          QuestionPrompt.of(template).withInstruction(parts.group(1)).ask(tokenizer, text, options);
      int shared = rendered.sharedLabelLength();
      int[] label = rendered.candidates().get(0).labelIds();
      assertThat(Ints.concat(rendered.promptIds(), Arrays.copyOf(label, shared)))
          .as(text)
          .isEqualTo(Tokenizers.ids(question.get("scored_ids")));
      for (int i = 0; i < options.size(); i++) {
        RenderedQuestion.Candidate candidate = rendered.candidates().get(i);
        assertThat(candidate.labelIds()).hasSize(shared + 1).endsWith(digits[i]);
        assertThat(tokenizer.decode(candidate.answerIds(), false))
            .isEqualTo("option " + (i + 1) + ": " + options.get(i) + "<|im_end|>\n");
      }
      int last = options.size() - 1;
      EncodedAnswer taught =
          QuestionPrompt.of(template)
              .withInstruction(parts.group(1))
              .teach(tokenizer, text, options, List.of(), last);
      assertThat(taught.promptIds()).isEqualTo(rendered.promptIds());
      assertThat(taught.answerIds()).isEqualTo(rendered.candidates().get(last).answerIds());
    }
  }
}
