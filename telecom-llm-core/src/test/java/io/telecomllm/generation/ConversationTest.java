package io.telecomllm.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.Message;
import io.telecomllm.testing.TinyModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConversationTest {
  private static final GenerationConfig CONFIG =
      GenerationConfig.with(c -> c.maxNewTokens(20).draftTokens(4));

  /** Each turn gives what the whole conversation gives, and reads only what is new. */
  @Test
  void aTurnReadsOnlyWhatIsNew() {
    try (LanguageModel model = TinyModel.load(600);
        TextGenerator generator = TextGenerator.on(model).template(ChatTemplate.CHAT_ML).build();
        Conversation conversation = generator.conversation(Message.system("Be brief."))) {
      List<Message> said = new ArrayList<>(List.of(Message.system("Be brief.")));
      int before = 0;
      for (String text : List.of("abcabc", "and then?", "why?", "abcabc")) {
        said.add(Message.user(text));
        Generation whole = generator.generate(said, CONFIG);
        Generation turn = conversation.say(text, CONFIG, GenerationListener.NONE, () -> false);
        assertThat(turn.tokens().stream().map(GeneratedToken::id).toList())
            .isEqualTo(whole.tokens().stream().map(GeneratedToken::id).toList());
        said.add(Message.assistant(whole.text()));
        assertThat(conversation.messages()).isEqualTo(said);
        assertThat(whole.usage().cached()).isZero();
        // all of the turn before but bytes of its answer that were no text
        assertThat(turn.usage().cached()).isGreaterThanOrEqualTo(before);
        before = turn.usage().prompt();
      }
      conversation.close();
      Generation again = conversation.say("still there?");
      assertThat(again.usage().cached()).isZero();
    }
  }

  @Test
  void aTurnThatFailsWasNotSaid() {
    try (LanguageModel model = TinyModel.load(200);
        TextGenerator generator = TextGenerator.on(model).template(ChatTemplate.CHAT_ML).build();
        Conversation conversation = generator.conversation()) {
      Generation first = conversation.say("abc", CONFIG, GenerationListener.NONE, () -> false);
      List<Message> before = conversation.messages();
      List<GeneratedToken> told = new ArrayList<>();
      assertThatThrownBy(
              () ->
                  conversation.say(
                      "abc",
                      CONFIG,
                      token -> {
                        told.add(token);
                        if (told.size() == 5) {
                          throw new IllegalStateException("broken");
                        }
                      },
                      () -> false))
          .hasMessage("broken");
      assertThat(conversation.messages()).isEqualTo(before);
      assertThatThrownBy(() -> conversation.say("x".repeat(300)))
          .isInstanceOf(IllegalArgumentException.class);
      // what the failed turn left in the cache does no harm
      Generation next = conversation.say("def", CONFIG, GenerationListener.NONE, () -> false);
      Generation expected =
          generator.generate(
              List.of(Message.user("abc"), Message.assistant(first.text()), Message.user("def")),
              CONFIG);
      assertThat(next.tokens().stream().map(GeneratedToken::id).toList())
          .isEqualTo(expected.tokens().stream().map(GeneratedToken::id).toList());
    }
  }
}
