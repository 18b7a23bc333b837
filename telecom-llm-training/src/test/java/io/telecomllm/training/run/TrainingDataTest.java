package io.telecomllm.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.grounding.Grounding;
import io.telecomllm.grounding.Knowledge;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.AnswerStyle;
import io.telecomllm.prompt.KnownTokens;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.testing.SampleQuestions;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.settings.TrainingConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a question's prompt holds in each epoch. */
class TrainingDataTest {
  private static final int QUESTIONS = 200;
  private static final int EPOCHS = 4;

  private static LanguageModel model;
  private static Tokenizer tokenizer;
  private static KnowledgeBase base;

  @BeforeAll
  static void open() {
    model = TinyModel.load(2048);
    tokenizer = Tokenizer.load(model.files());
    base =
        KnowledgeBase.of(
            IntStream.range(0, QUESTIONS)
                .mapToObj(i -> new Clause("TS 1", "", "", "" + i, "", "term " + i + " is it", ""))
                .toList());
  }

  @AfterAll
  static void close() {
    base.close();
    tokenizer.close();
    model.close();
  }

  private static boolean answering(Question question, Clause clause) {
    return question.id().equals("question " + clause.clause());
  }

  private static RunData data(UnaryOperator<TrainingConfig.Builder> change) {
    return data(change, TinyModel.prompt().withAbstention(), Set.of());
  }

  private static RunData data(
      UnaryOperator<TrainingConfig.Builder> change, QuestionPrompt prompt, Set<String> unreasoned) {
    TrainingConfig config =
        change
            .apply(TrainingConfig.builder().epochs(EPOCHS).batchSize(8).gradientAccumulation(1))
            .build();
    Sources sources =
        new Sources(
            Optional.of(new Knowledge(base, 2)),
            Optional.of(TrainingDataTest::answering),
            Optional.empty(),
            unreasoned);
    Grounding grounding =
        new Grounding(prompt, new KnownTokens(tokenizer, 264), sources.knowledge(), 2048);
    return new RunData(
        config,
        new TrainingData(
            config, new Split(SampleQuestions.of(QUESTIONS), List.of()), grounding, sources));
  }

  /** What the model reads and must answer, by question, of an epoch. */
  private static Map<String, String> epoch(RunData data, int epoch) {
    Map<String, String> texts = new HashMap<>();
    for (long step = 1; step <= data.steps(); step++) {
      if (data.epoch(step) == epoch) {
        RunData.Step made = data.step(step);
        for (int i = 0; i < made.ids().size(); i++) {
          texts.put(made.ids().get(i), tokenizer.decode(made.items().get(i).get(0).ids()));
        }
      }
    }
    return texts;
  }

  private static boolean answers(String id, String text) {
    return text.contains("Reference: TS 1 " + id.substring("question ".length()) + ":");
  }

  private static long references(String text) {
    return text.lines().filter(line -> line.contains("Reference: ")).count();
  }

  @Test
  void referencesAreDrawnForEachQuestionAndEpoch() {
    RunData data = data(c -> c.distractorShare(0.3).closedBookShare(0.2));
    List<Map<String, String>> epochs = new ArrayList<>();
    double distracted = 0;
    double closed = 0;
    for (int epoch = 1; epoch <= EPOCHS; epoch++) {
      Map<String, String> texts = epoch(data, epoch);
      assertThat(texts).hasSize(QUESTIONS);
      for (Map.Entry<String, String> each : texts.entrySet()) {
        long count = references(each.getValue());
        assertThat(count).isIn(0L, 2L);
        closed += count == 0 ? 1 : 0;
        distracted += count == 2 && !answers(each.getKey(), each.getValue()) ? 1 : 0;
      }
      epochs.add(texts);
    }
    // 800 draws: three standard deviations are 0.05
    assertThat(distracted / QUESTIONS / EPOCHS).isCloseTo(0.3, within(0.05));
    assertThat(closed / QUESTIONS / EPOCHS).isCloseTo(0.2, within(0.05));
    // drawn again in each epoch, and the same in a resumed run
    RunData resumed = data(c -> c.distractorShare(0.3).closedBookShare(0.2));
    assertThat(epoch(resumed, 3)).isEqualTo(epochs.get(2));
    assertThat(epochs.stream().map(e -> closedIn(e)).distinct()).hasSize(EPOCHS);
  }

  private static List<String> closedIn(Map<String, String> epoch) {
    return epoch.keySet().stream().filter(id -> references(epoch.get(id)) == 0).sorted().toList();
  }

  @Test
  void withoutSharesEachQuestionHasTheReferencesOfAnAnswerer() {
    epoch(data(c -> c), 1)
        .forEach(
            (id, text) -> {
              assertThat(references(text)).isEqualTo(2);
              assertThat(answers(id, text)).isTrue();
            });
    assertThat(epoch(data(c -> c.closedBookShare(1)), 1).values())
        .allMatch(text -> references(text) == 0);
    epoch(data(c -> c.distractorShare(1)), 2)
        .forEach((id, text) -> assertThat(answers(id, text)).as(id).isFalse());
  }

  @Test
  void whereTheRightOptionIsTakenOutItIsRightNotToKnow() {
    Map<String, String> texts = epoch(data(c -> c.abstentionShare(0.25)), 1);
    long unknown = 0;
    for (Question question : SampleQuestions.of(QUESTIONS)) {
      String text = texts.get(question.id());
      boolean offered = text.contains(": " + question.answerText() + "\n");
      assertThat(text.contains("assistant\noption 0: I do not know")).isEqualTo(!offered);
      assertThat(text.contains("\noption 3: ")).isEqualTo(offered);
      unknown += offered ? 0 : 1;
    }
    assertThat(unknown / (double) QUESTIONS).isCloseTo(0.25, within(0.1));
  }

  @Test
  void aReasonIsLearntUnlessItIsLeftOut() {
    QuestionPrompt reasoning = TinyModel.prompt().withStyle(AnswerStyle.NUMBER_TEXT_AND_REASON);
    Items all = data(c -> c.shuffleOptions(false), reasoning, Set.of()).items();
    Items some = data(c -> c.shuffleOptions(false), reasoning, Set.of("question 3")).items();
    for (int i = 0; i < 6; i++) {
      Example with = all.examples(i, 1).get(0);
      Example without = some.examples(i, 1).get(0);
      assertThat(without.ids()).isEqualTo(with.ids());
      // a token is a byte, and the reason of each question is this word
      int reason = "because".length();
      assertThat(with.supervised() - without.supervised()).isEqualTo(i == 3 ? reason : 0);
    }
    assertThat(tokenizer.decode(all.examples(3, 1).get(0).ids())).contains("first 3\nbecause");
  }

  @Test
  void whatTheSharesNeedIsAskedFor() {
    TrainingConfig config = TrainingConfig.builder().distractorShare(0.5).build();
    assertThatThrownBy(() -> Sources.NONE.check(config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "distractorShare is 0.5 and closedBookShare 0.0, but there is no knowledge base: set"
                + " knowledge(...)");
    Sources known =
        new Sources(
            Optional.of(new Knowledge(base, 2)), Optional.empty(), Optional.empty(), Set.of());
    assertThatThrownBy(() -> known.check(config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "distractorShare is 0.5, but it is not known which clauses answer a question: set"
                + " answering(...)");
  }
}
