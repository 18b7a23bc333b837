package io.telecomllm.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.DivergenceException;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.Message;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a random model whose tokens are bytes writes: noise, but the right noise. */
class TextGeneratorTest {
  private static final LanguageModel MODEL = TinyModel.load(96);
  private static final List<Message> ASKED = List.of(Message.user("abcabcabc"));
  private static final TextGenerator GENERATOR =
      TextGenerator.on(MODEL).template(ChatTemplate.CHAT_ML).build();

  @AfterAll
  static void close() {
    GENERATOR.close();
    MODEL.close();
  }

  private static Generation generate(GenerationConfig config) {
    return GENERATOR.generate(ASKED, config);
  }

  private static int[] ids(Generation generation) {
    return generation.tokens().stream().mapToInt(GeneratedToken::id).toArray();
  }

  /** Reads everything again for each token. */
  private static List<GeneratedToken> naive(int[] prompt, int count) {
    List<GeneratedToken> tokens = new ArrayList<>();
    int[] all = prompt;
    for (int i = 0; i < count; i++) {
      try (Scope scope = Scope.open(Device.cpu())) {
        float[] logits =
            scope
                .operators()
                .toFloats(
                    MODEL
                        .network()
                        .logits(
                            TokenBatch.of(all),
                            null,
                            Deltas.none(),
                            new int[] {all.length - 1},
                            scope));
        int best = 0;
        double sum = 0;
        for (int id = 0; id < logits.length; id++) {
          best = logits[id] > logits[best] ? id : best;
          sum += Math.exp(logits[id]);
        }
        tokens.add(new GeneratedToken(best, "", logits[best] - Math.log(sum)));
        all = Arrays.copyOf(all, all.length + 1);
        all[all.length - 1] = best;
      }
    }
    return tokens;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 32})
  void greedyTokensAreThoseOfWholePasses(int drafts) {
    int[] prompt = GENERATOR.prompt(ASKED, GenerationConfig.defaults()).ids();
    List<GeneratedToken> expected = naive(prompt, 40);
    Generation found = generate(GenerationConfig.with(c -> c.maxNewTokens(40).draftTokens(drafts)));
    assertThat(ids(found)).isEqualTo(expected.stream().mapToInt(GeneratedToken::id).toArray());
    assertThat(found.tokens().stream().mapToDouble(GeneratedToken::logProbability).toArray())
        .containsExactly(
            expected.stream().mapToDouble(GeneratedToken::logProbability).toArray(), within(1e-5));
    assertThat(found.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(found.usage().prompt()).isEqualTo(prompt.length);
    assertThat(found.usage().generated()).isEqualTo(40);
  }

  /** Texts that run in circles are guessed; guesses, right and wrong, leave them as they are. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 32})
  void guessesChangeNothing(int drafts) {
    int accepted = 0;
    int drafted = 0;
    for (char c = 'a'; c <= 'z'; c++) {
      GenerationConfig config = GenerationConfig.with(g -> g.maxNewTokens(70));
      String text = (c + "12").repeat(4);
      Generation plain = GENERATOR.complete(text, config, GenerationListener.NONE);
      Generation found =
          GENERATOR.complete(
              text, config.toBuilder().draftTokens(drafts).build(), GenerationListener.NONE);
      assertThat(ids(found)).isEqualTo(ids(plain));
      assertThat(found.text()).isEqualTo(plain.text());
      assertThat(found.finishReason()).isEqualTo(plain.finishReason());
      assertThat(plain.usage().drafted()).isZero();
      accepted += found.usage().accepted();
      drafted += found.usage().drafted();
    }
    assertThat(accepted).isBetween(20, drafted - 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8})
  void theSeedDecidesTheText(int drafts) {
    List<String> texts = new ArrayList<>();
    for (long seed = 0; seed < 4; seed++) {
      long own = seed;
      GenerationConfig config =
          GenerationConfig.with(
              c -> c.maxNewTokens(30).temperature(0.9).topK(20).seed(own).draftTokens(drafts));
      texts.add(generate(config).text());
      assertThat(generate(config).text()).isEqualTo(texts.get((int) seed));
      // guesses change nothing about draws either
      assertThat(generate(config.toBuilder().draftTokens(0).build()).text())
          .isEqualTo(texts.get((int) seed));
    }
    assertThat(texts).doesNotHaveDuplicates();
  }

  @Test
  void thePiecesAreTheText() {
    StringBuilder told = new StringBuilder();
    List<String> reading = new ArrayList<>();
    Generation generation =
        GENERATOR.generate(
            ASKED,
            GenerationConfig.with(c -> c.maxNewTokens(50).temperature(2).seed(3)),
            new GenerationListener() {
              @Override
              public void generated(GeneratedToken token) {
                told.append(token.text());
              }

              @Override
              public void reading(int tokens, int total) {
                reading.add(tokens + "/" + total);
              }
            });
    int prompt = generation.usage().prompt();
    assertThat(generation.text()).isEqualTo(told.toString()).isNotEmpty();
    assertThat(reading).containsExactly("0/" + prompt, prompt + "/" + prompt);
    try (Tokenizer tokenizer = Tokenizer.load(MODEL.files())) {
      assertThat(generation.text()).isEqualTo(tokenizer.decode(ids(generation)));
    }
    assertThat(generation.timings().firstTokenSeconds())
        .isBetween(0.0, generation.timings().seconds());
  }

  /** Stops at a text of its own, which is left out with what comes after it. */
  @Test
  void stopsAtAText() {
    String whole = generate(GenerationConfig.with(c -> c.maxNewTokens(30).temperature(1))).text();
    String stop = whole.substring(10, 12);
    Generation stopped =
        generate(GenerationConfig.with(c -> c.maxNewTokens(30).temperature(1).stop(stop, "never")));
    assertThat(stopped.text()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
    assertThat(stopped.finishReason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void theEndTokenEndsTheTextAndIsNoPartOfIt() {
    // drawn at random, an end token comes soon
    for (long seed = 0; seed < 400; seed++) {
      long own = seed;
      Generation generation =
          generate(GenerationConfig.with(c -> c.maxNewTokens(60).temperature(5).seed(own)));
      int end = ids(generation)[generation.usage().generated() - 1];
      boolean ended = end == 256 || end == 258;
      assertThat(generation.finishReason())
          .isEqualTo(ended ? FinishReason.STOP : FinishReason.LENGTH);
      assertThat(generation.text()).doesNotContain("<|");
      if (ended) {
        assertThat(Arrays.stream(ids(generation)).filter(id -> id == 256 || id == 258).count())
            .isOne();
        return;
      }
    }
    throw new AssertionError("no text ended");
  }

  @Test
  void aFullContextEndsTheText() {
    Generation generation = generate(GenerationConfig.with(c -> c.maxNewTokens(1000)));
    assertThat(generation.finishReason()).isEqualTo(FinishReason.CONTEXT);
    assertThat(generation.usage().prompt() + generation.usage().generated()).isEqualTo(96);
    Generation drafting =
        generate(GenerationConfig.with(c -> c.maxNewTokens(1000).draftTokens(32)));
    assertThat(drafting.text()).isEqualTo(generation.text());
  }

  @Test
  void aPromptWithoutRoomIsRefused() {
    assertThatThrownBy(() -> GENERATOR.generate(List.of(Message.user("x".repeat(96)))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "the prompt takes \\d+ tokens, which leaves none of the context length 96 of the model");
    assertThatThrownBy(() -> GENERATOR.generate(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there is no message");
  }

  @Test
  void cancelledItReturnsTheTextSoFar() {
    List<GeneratedToken> told = new ArrayList<>();
    Generation generation =
        GENERATOR.generate(
            ASKED,
            GenerationConfig.with(c -> c.maxNewTokens(40)),
            told::add,
            () -> told.size() == 7);
    assertThat(generation.finishReason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(generation.tokens()).isEqualTo(told).hasSize(7);
    assertThat(generation.text())
        .isEqualTo(String.join("", told.stream().map(GeneratedToken::text).toList()));
  }

  @Test
  void anInterruptEndsIt() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> GENERATOR.generate(ASKED))
        .isInstanceOf(CancellationException.class)
        .hasMessage("interrupted while generating");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void whatAListenerThrowsReachesTheCaller() {
    IllegalStateException broken = new IllegalStateException("broken");
    assertThatThrownBy(
            () ->
                GENERATOR.generate(
                    ASKED,
                    GenerationConfig.defaults(),
                    token -> {
                      throw broken;
                    }))
        .isSameAs(broken);
  }

  @Test
  void aTextContinues() {
    Generation generation =
        GENERATOR.complete(
            "abc", GenerationConfig.with(c -> c.maxNewTokens(5)), GenerationListener.NONE);
    assertThat(ids(generation))
        .isEqualTo(
            naive(new int[] {'a', 'b', 'c'}, 5).stream().mapToInt(GeneratedToken::id).toArray());
  }

  @Test
  void controlTokensInAMessageAreText() {
    int[] ids =
        GENERATOR.prompt(List.of(Message.user("<|im_end|>")), GenerationConfig.defaults()).ids();
    assertThat(Arrays.stream(ids).filter(id -> id == 258).count()).isOne();
  }

  @Test
  void penaltiesKeepTokensFromComingAgain() {
    Generation generation =
        generate(
            GenerationConfig.with(c -> c.maxNewTokens(40).frequencyPenalty(2).presencePenalty(2)));
    Generation free = generate(GenerationConfig.with(c -> c.maxNewTokens(40)));
    assertThat(Arrays.stream(ids(generation)).distinct().count())
        .isGreaterThan(Arrays.stream(ids(free)).distinct().count());
  }

  @Test
  void logitsThatAreNoNumbersAreNamed() {
    try (LanguageModel damaged = TinyModel.load(96, Float.NaN);
        TextGenerator generator =
            TextGenerator.on(damaged).template(ChatTemplate.CHAT_ML).build()) {
      assertThatThrownBy(() -> generator.generate(ASKED))
          .isInstanceOf(DivergenceException.class)
          .hasMessage("the logits of the next token are not finite");
    }
  }

  @Test
  void closedItRefuses() {
    TextGenerator generator = TextGenerator.on(MODEL).template(ChatTemplate.CHAT_ML).build();
    generator.close();
    generator.close();
    assertThatThrownBy(() -> generator.generate(ASKED))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the generator is closed");
  }
}
