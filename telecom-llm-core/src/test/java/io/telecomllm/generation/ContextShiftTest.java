package io.telecomllm.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.primitives.Floats;
import com.google.common.primitives.Ints;
import io.telecomllm.generation.constraint.Constraint;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.RopeScaling;
import io.telecomllm.model.SlidingWindow;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.Message;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts that go on when the context is full. */
class ContextShiftTest {
  private static final int CONTEXT = 60;
  private static final ModelConfig CONFIG =
      ModelConfig.builder(Architecture.LLAMA)
          .hiddenSize(32)
          .intermediateSize(64)
          .layers(2)
          .heads(4, 2, 8)
          .vocabularySize(264)
          .contextLength(CONTEXT)
          .build();

  private static final Map<String, ModelConfig> MODELS =
      Map.of(
          "plain",
          CONFIG,
          "window",
          CONFIG.toBuilder().slidingWindow(new SlidingWindow(9, 1)).build(),
          "longrope",
          CONFIG.toBuilder()
              .ropeScaling(
                  new RopeScaling.LongRope(
                      List.of(1.0, 1.1, 1.2, 1.3), List.of(2.0, 3.0, 4.0, 5.0), 45, 1.2))
              .build(),
          "dynamic",
          CONFIG.toBuilder().ropeScaling(RopeScaling.dynamic(4, 40)).build());

  private static final List<Message> ASKED =
      List.of(Message.system("Be brief."), Message.user("ababab"));

  /** Bytes are tokens here. */
  private static final int[] QUESTION = "ababab".chars().toArray();

  /** Any bytes, but no end, which a random model may write at once. */
  private static final Constraint.State ENDLESS =
      new Constraint.State() {
        @Override
        public Constraint.State next(int octet) {
          return this;
        }

        @Override
        public boolean complete() {
          return false;
        }
      };

  @TempDir Path folder;

  private static GenerationConfig config(int tokens, int drafts) {
    return GenerationConfig.with(
        c ->
            c.maxNewTokens(tokens)
                .draftTokens(drafts)
                .contextShift(true)
                .constraint(() -> ENDLESS));
  }

  /**
   * Each token is the best after the beginning and what is left of the rest, all of it read again
   * without a cache; the context shifts several times.
   */
  @ParameterizedTest
  @CsvSource({
    "plain, 0",
    "plain, 6",
    "window, 0",
    "window, 6",
    "longrope, 0",
    "longrope, 6",
    "dynamic, 0",
    "dynamic, 6"
  })
  void tokensAreThoseOfWholePasses(String name, int drafts) throws IOException {
    TinyModel.write(folder, CONTEXT);
    try (LanguageModel model =
            ModelLoader.random(MODELS.get(name), 0.3, 11)
                .dense()
                .device(Device.cpu())
                .computeType(DataType.FLOAT32)
                .load();
        Tokenizer tokenizer = Tokenizer.load(folder);
        TextGenerator generator =
            TextGenerator.on(model).tokenizer(tokenizer).template(ChatTemplate.CHAT_ML).build()) {
      int[] ids = ChatTemplate.CHAT_ML.encode(tokenizer, ASKED, true);
      int kept = Ints.indexOf(ids, QUESTION);
      Generation found = generator.generate(ASKED, config(130, drafts));
      assertThat(found.tokens()).hasSize(130);
      assertThat(found.finishReason()).isEqualTo(FinishReason.LENGTH);
      for (GeneratedToken token : found.tokens()) {
        assertThat(token.id()).isEqualTo(best(model, ids));
        ids = Ints.concat(ids, new int[] {token.id()});
        if (ids.length == CONTEXT) {
          int[] rest = Arrays.copyOfRange(ids, kept + (CONTEXT - kept) / 2, CONTEXT);
          ids = Ints.concat(Arrays.copyOf(ids, kept), rest);
        }
      }
    }
  }

  private static int best(LanguageModel model, int... ids) {
    try (Scope scope = Scope.open(Device.cpu())) {
      int[] last = {ids.length - 1};
      float[] logits =
          scope
              .operators()
              .toFloats(
                  model.network().logits(TokenBatch.of(ids), null, Deltas.none(), last, scope));
      float[] bytes = Arrays.copyOf(logits, 256);
      return Floats.indexOf(bytes, Floats.max(bytes));
    }
  }

  /** A rest that takes several passes: the text goes on as a generator does that starts with it. */
  @Test
  void aTextGoesOnLikeOneThatStartsThere() {
    GenerationConfig config = config(300, 0);
    try (LanguageModel model = TinyModel.load(1300);
        TextGenerator generator = TextGenerator.on(model).template(ChatTemplate.CHAT_ML).build()) {
      String text = "abcdefgh".repeat(160);
      Generation whole = generator.complete(text, config, GenerationListener.NONE);
      assertThat(whole.tokens()).hasSize(300);
      int[] all =
          Ints.concat(
              text.chars().toArray(),
              whole.tokens().stream().mapToInt(GeneratedToken::id).toArray());
      int[] rest = Arrays.copyOfRange(all, 650, 1300);
      Generation again =
          generator.run(
              new TextGenerator.Prompt(rest, 0),
              config(280, 0),
              GenerationListener.NONE,
              () -> false,
              GenerationPass.alone(model, new GenerationPass(model, Deltas.none())));
      assertThat(again.tokens().stream().map(GeneratedToken::id).toList())
          .isEqualTo(whole.tokens().subList(20, 300).stream().map(GeneratedToken::id).toList());
    }
  }

  /** Whatever a turn has dropped, the next one is told everything. */
  @Test
  void aConversationForgetsNothing() {
    try (LanguageModel model = TinyModel.load(150);
        TextGenerator generator = TextGenerator.on(model).template(ChatTemplate.CHAT_ML).build();
        Conversation conversation = generator.conversation(Message.system("Be brief."))) {
      Generation first =
          conversation.say("a", config(140, 4), GenerationListener.NONE, () -> false);
      assertThat(first.usage().prompt() + first.usage().generated()).isGreaterThan(150);
      assertThat(first.finishReason()).isEqualTo(FinishReason.LENGTH);
      assertThat(first.text())
          .isEqualTo(
              generator
                  .generate(List.of(Message.system("Be brief."), Message.user("a")), config(140, 0))
                  .text());
      assertThatThrownBy(() -> conversation.say("b"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageMatching("the prompt takes \\d+ tokens, which leaves none of .*");
    }
  }

  @Test
  void aSystemPromptThatLeavesNoRoomIsRefused() {
    try (LanguageModel model = TinyModel.load(96);
        TextGenerator generator = TextGenerator.on(model).template(ChatTemplate.CHAT_ML).build()) {
      // nothing but the instruction, whose rendering ends with the header of the answer
      List<Message> little = List.of(Message.system(instruction(generator, 94)));
      assertThat(generator.generate(little, config(5, 0)).tokens()).hasSize(5);
      List<Message> much = List.of(Message.system(instruction(generator, 95)));
      assertThatThrownBy(() -> generator.generate(much, config(5, 0)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the system prompt takes 95 tokens, which leaves no room for the context length 96"
                  + " of the model to shift");
      assertThat(generator.generate(much, GenerationConfig.defaults()).finishReason())
          .isEqualTo(FinishReason.CONTEXT);
    }
  }

  /** Returns an instruction that takes this number of tokens. */
  private static String instruction(TextGenerator generator, int tokens) {
    List<Message> empty = List.of(Message.system(""));
    return "x".repeat(tokens - generator.prompt(empty, config(1, 0)).ids().length);
  }
}
