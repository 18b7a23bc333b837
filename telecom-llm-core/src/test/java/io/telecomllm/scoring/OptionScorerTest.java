package io.telecomllm.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.Doubles;
import com.google.common.primitives.Ints;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.prompt.RenderedQuestion;
import io.telecomllm.prompt.RenderedQuestion.Candidate;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Trees and caches against one plain forward pass for each option. */
class OptionScorerTest {
  private static final int CONTEXT = 2000;
  private static LanguageModel model;
  private static Tokenizer tokenizer;
  private static int[] instruction;

  @BeforeAll
  static void load() {
    model = TinyModel.load(CONTEXT);
    tokenizer = Tokenizer.load(model.files());
    instruction = OptionScorer.instruction(TinyModel.prompt(), tokenizer);
  }

  @AfterAll
  static void close() {
    tokenizer.close();
    model.close();
  }

  private static RenderedQuestion question(String text, String... options) {
    return TinyModel.prompt().ask(tokenizer, text, List.of(options));
  }

  private static List<RenderedQuestion> questions() {
    return List.of(
        question("What is an AMF?", "A function", "A gNB", "A very long way to say nothing"),
        question("", "a", "a"),
        question("Why?", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
        question("What is " + "very ".repeat(60) + "long?", "long ".repeat(40), "short"));
  }

  private static OptionScorer scorer(Scoring scoring, int... shared) {
    return new OptionScorer(model, Deltas.none(), scoring, shared);
  }

  /** The sum of the log-probabilities of an answer's tokens from {@code from} on, in plain Java. */
  private static double naive(int[] prompt, int[] answer, int from) {
    int[] ids = Ints.concat(prompt, answer);
    try (Scope scope = Scope.open(Device.cpu())) {
      float[] logits =
          scope
              .operators()
              .toFloats(
                  model.network().logits(TokenBatch.of(ids), null, Deltas.none(), null, scope));
      int vocabulary = model.config().vocabularySize();
      double sum = 0;
      for (int i = prompt.length + from; i < ids.length; i++) {
        double all = 0;
        for (int id = 0; id < vocabulary; id++) {
          all += Math.exp(logits[(i - 1) * vocabulary + id]);
        }
        sum += logits[(i - 1) * vocabulary + ids[i]] - Math.log(all);
      }
      return sum;
    }
  }

  private static double[] naive(RenderedQuestion question, Scoring scoring) {
    int shared = question.sharedLabelLength();
    return among(
        question.candidates().stream()
            .mapToDouble(c -> naive(question.promptIds(), scoring.ids(c), shared))
            .toArray());
  }

  /** The logarithms of the probabilities among the options: only these compare. */
  static double[] among(double... logProbabilities) {
    double sum = Arrays.stream(logProbabilities).map(Math::exp).sum();
    return Arrays.stream(logProbabilities).map(l -> l - Math.log(sum)).toArray();
  }

  private static double[] values(OptionScores scores) {
    return among(Doubles.toArray(scores.logProbabilities()));
  }

  private static List<double[]> values(List<OptionScores> scores) {
    return scores.stream().map(OptionScorerTest::values).toList();
  }

  @ParameterizedTest
  @EnumSource
  void equalsPlainPasses(Scoring scoring) {
    List<double[]> expected = questions().stream().map(q -> naive(q, scoring)).toList();
    for (int[] shared : List.of(instruction, new int[0])) {
      try (OptionScorer scorer = scorer(scoring, shared)) {
        List<double[]> together = values(scorer.score(questions()));
        for (int i = 0; i < expected.size(); i++) {
          double[] alone = values(scorer.score(questions().get(i)));
          assertThat(alone).as("alone %s", i).containsExactly(expected.get(i), within(1e-4));
          assertThat(together.get(i)).as("together %s", i).containsExactly(alone, within(1e-5));
        }
      }
    }
  }

  @Test
  void instructionIsWhatAllPromptsBeginWith() {
    String text = tokenizer.decode(instruction, false);
    assertThat(text).isEqualTo("<|im_start|>system\nChoose.<|im_end|>\n<|im_start|>user\n");
    for (RenderedQuestion question : questions()) {
      assertThat(Arrays.copyOf(question.promptIds(), instruction.length)).isEqualTo(instruction);
    }
  }

  @Test
  void promptsThatBeginOtherwiseAreScoredToo() {
    RenderedQuestion other =
        TinyModel.prompt()
            .withInstruction("Chew on it.")
            .ask(tokenizer, "What?", List.of("a", "b"));
    RenderedQuestion usual = question("What?", "a", "b");
    // ends within the instruction
    RenderedQuestion cut =
        new RenderedQuestion(
            Arrays.copyOf(instruction, 5), List.of(candidate(70), candidate(71, 72)));
    try (OptionScorer scorer = scorer(Scoring.LABEL, instruction)) {
      double[] first = values(scorer.score(usual));
      assertThat(values(scorer.score(other)))
          .containsExactly(naive(other, Scoring.LABEL), within(1e-4));
      assertThat(values(scorer.score(cut)))
          .containsExactly(naive(cut, Scoring.LABEL), within(1e-4));
      assertThat(values(scorer.score(usual))).containsExactly(first, within(1e-5));
      List<double[]> mixed = values(scorer.score(List.of(usual, other, cut, usual)));
      assertThat(mixed.get(0)).containsExactly(first, within(1e-5));
      assertThat(mixed.get(2)).containsExactly(naive(cut, Scoring.LABEL), within(1e-4));
      assertThat(mixed.get(3)).containsExactly(first, within(1e-5));
    }
  }

  private static Candidate candidate(int... ids) {
    return new Candidate(ids, ids);
  }

  @Test
  void anAnswerThatBeginsAnotherKeepsAToken() {
    RenderedQuestion question =
        new RenderedQuestion(new int[] {65, 66}, List.of(candidate(70, 71), candidate(70, 71, 72)));
    Choice choice = Choice.of(question, Scoring.LABEL);
    assertThat(choice.stem()).containsExactly(65, 66, 70);
    assertThat(choice.tails()).containsExactly(new int[] {71}, new int[] {71, 72});
    assertThat(choice.tokens()).isEqualTo(4);
    Choice alone =
        Choice.of(new RenderedQuestion(new int[] {65}, List.of(candidate(70, 71))), Scoring.ANSWER);
    assertThat(alone.stem()).containsExactly(65, 70);
    assertThat(alone.tails()).containsExactly(new int[] {71});
  }

  /** Permutations share a question's text, and equal questions everything. */
  @ParameterizedTest
  @EnumSource(Scoring.class)
  void whatQuestionsShareChangesNoScore(Scoring scoring) {
    String text = "What is " + "rather ".repeat(10) + "long?";
    List<RenderedQuestion> alike =
        List.of(
            question(text, "one", "two", "three"),
            question(text, "two", "three", "one"),
            question("Why?", "one", "two"),
            question(text, "one", "two", "three"),
            question(text + " And why?", "one", "two", "three"));
    List<Choice> choices = alike.stream().map(q -> Choice.of(q, scoring)).toList();
    int separate = choices.stream().mapToInt(c -> c.stem().length).sum();
    assertThat(new StemTree(choices.stream().map(Choice::stem).toList(), 0).tokens())
        .isLessThan(separate / 2);
    try (OptionScorer scorer = scorer(scoring, instruction)) {
      List<double[]> together = values(scorer.score(alike));
      for (int i = 0; i < alike.size(); i++) {
        assertThat(together.get(i))
            .as("question %s", i)
            .containsExactly(values(scorer.score(alike.get(i))), within(1e-5));
      }
    }
  }

  @Test
  void moreThanOnePassHolds() {
    List<RenderedQuestion> many = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      many.add(question("What " + i + " " + "is it ".repeat(30 * (i % 3)), "a" + i, "b" + i));
    }
    assertThat(many.stream().mapToInt(q -> q.promptIds().length).sum())
        .isGreaterThan(2 * OptionScorer.PASS_TOKENS);
    // alone longer than a usual pass
    many.add(question("What " + "was it ".repeat(200), "a", "b"));
    assertThat(many.get(12).promptIds().length).isGreaterThan(OptionScorer.PASS_TOKENS + 100);
    try (OptionScorer scorer = scorer(Scoring.ANSWER, instruction)) {
      List<Choice> choices = many.stream().map(q -> Choice.of(q, Scoring.ANSWER)).toList();
      List<List<Choice>> passes = scorer.passes(choices);
      assertThat(passes.stream().flatMap(List::stream)).containsExactlyElementsOf(choices);
      assertThat(passes).hasSizeBetween(4, 6);
      assertThat(passes.subList(0, passes.size() - 1))
          .allMatch(
              pass ->
                  new StemTree(pass.stream().map(Choice::stem).toList(), instruction.length)
                          .tokens()
                      <= OptionScorer.PASS_TOKENS);
      List<double[]> together = values(scorer.score(many));
      for (int i = 0; i < many.size(); i++) {
        assertThat(together.get(i))
            .as("question %s", i)
            .containsExactly(values(scorer.score(many.get(i))), within(1e-5));
      }
    }
  }

  @Test
  void theContextIsUsedToItsLastToken() {
    int bare = question("", "a", "b").promptIds().length + "option ".length();
    RenderedQuestion less = question("x".repeat(CONTEXT - bare - 1), "a", "b");
    RenderedQuestion most = question("x".repeat(CONTEXT - bare), "a", "b");
    RenderedQuestion more = question("x".repeat(CONTEXT - bare + 1), "a", "b");
    try (OptionScorer scorer = scorer(Scoring.LABEL, instruction)) {
      assertThat(scorer.tokens(most)).isEqualTo(CONTEXT);
      assertThat(scorer.score(most).logProbabilities()).hasSize(2);
      // the plain pass reads the last token too
      assertThat(values(scorer.score(less)))
          .containsExactly(naive(less, Scoring.LABEL), within(1e-4));
      assertThatThrownBy(() -> scorer.score(more))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the question takes 2001 tokens, the context length of the model is 2000");
    }
  }

  @Test
  void closedOnesSaySo() {
    OptionScorer scorer = scorer(Scoring.LABEL, instruction);
    scorer.score(questions());
    scorer.close();
    scorer.close();
    assertThatThrownBy(() -> scorer.score(questions()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the scorer is closed");
    LanguageModel other = TinyModel.load(500);
    try (OptionScorer orphan = new OptionScorer(other, Deltas.none(), Scoring.LABEL, instruction)) {
      orphan.score(questions().get(0));
      other.close();
      assertThatThrownBy(() -> orphan.score(questions().get(0)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the model is closed");
    }
  }

  @Test
  void whatIsNotFiniteIsNoScore() {
    try (LanguageModel damaged = TinyModel.load(500, Float.NaN);
        OptionScorer scorer = new OptionScorer(damaged, Deltas.none(), Scoring.LABEL)) {
      assertThatThrownBy(() -> scorer.score(questions().get(0)))
          .isInstanceOf(TelecomLlmException.class)
          .hasMessage(damaged.path().orElseThrow() + ": the log-probability of option 1 is NaN");
    }
  }

  @ParameterizedTest
  @EnumSource
  void abstentionIsScoredAsOneMoreAnswer(Scoring scoring) {
    RenderedQuestion asked =
        TinyModel.prompt().withAbstention().ask(tokenizer, "What is it?", List.of("one", "two"));
    int shared = asked.sharedLabelLength();
    double[] all =
        asked.all().stream()
            .mapToDouble(c -> naive(asked.promptIds(), scoring.ids(c), shared))
            .toArray();
    double unknown = Math.exp(all[2]) / Arrays.stream(all).map(Math::exp).sum();
    try (OptionScorer scorer = scorer(scoring, instruction)) {
      OptionScores scores = scorer.score(List.of(questions().get(0), asked)).get(1);
      assertThat(values(scores)).containsExactly(among(all[0], all[1]), within(1e-4));
      assertThat(scores.abstentionProbability().orElseThrow()).isCloseTo(unknown, within(1e-4));
    }
  }
}
