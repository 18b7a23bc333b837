package io.telecomllm.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.Ints;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.Message;
import io.telecomllm.prompt.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The Phi-3 tokenizer against what the bare tokenizer of its publisher gives. */
@Tag("shared")
class TokenizerGoldensTest {
  private final Tokenizer tokenizer = Tokenizers.phi3();
  private final JsonObject expected =
      Tokenizers.json(Tokenizers.phi3Folder().resolve("expected.json"));
  private final List<String> controls = Tokenizers.controls(tokenizer);

  @Test
  void encodesAsTheReferenceDoesAndKeepsControlTokensOutOfText() {
    int compared = 0;
    for (JsonElement element : expected.getAsJsonArray("encodings")) {
      JsonObject encoding = element.getAsJsonObject();
      String text = encoding.get("text").getAsString();
      int[] ids = tokenizer.encode(text);
      assertThat(tokenizer.decode(ids)).isEqualTo(text);
      assertThat(Tokenizers.countControls(tokenizer, ids)).isZero();
      if (controls.stream().noneMatch(text::contains)) {
        assertThat(ids).as(text).isEqualTo(Tokenizers.ids(encoding.get("ids_without_special")));
        compared++;
      }
    }
    assertThat(compared).isPositive();
  }

  @Test
  void decodesWhatTheReferenceDecodes() {
    for (JsonElement element : expected.getAsJsonArray("encodings")) {
      JsonObject encoding = element.getAsJsonObject();
      assertThat(tokenizer.decode(Tokenizers.ids(encoding.get("ids"))))
          .isEqualTo(encoding.get("decoded").getAsString());
    }
  }

  @Test
  void rendersChatsAsTheReferenceDoes() {
    int compared = 0;
    for (JsonElement element : expected.getAsJsonArray("chat")) {
      JsonObject chat = element.getAsJsonObject();
      List<Message> messages = new ArrayList<>();
      for (JsonElement message : chat.getAsJsonArray("messages")) {
        JsonObject turn = message.getAsJsonObject();
        Role role = Role.valueOf(turn.get("role").getAsString().toUpperCase(Locale.ROOT));
        messages.add(new Message(role, turn.get("content").getAsString()));
      }
      boolean prompt = chat.get("add_generation_prompt").getAsBoolean();
      ChatTemplate template = ChatTemplate.of(tokenizer);
      List<Piece> pieces = template.render(messages, prompt);
      assertThat(Pieces.spell(pieces)).isEqualTo(chat.get("text").getAsString());
      int[] ids = template.encode(tokenizer, messages, prompt);
      boolean clean =
          messages.stream().noneMatch(m -> controls.stream().anyMatch(m.content()::contains));
      if (clean) {
        assertThat(ids).isEqualTo(Tokenizers.ids(chat.get("ids")));
        compared++;
      } else {
        long placed = pieces.stream().filter(Piece.Control.class::isInstance).count();
        assertThat(Tokenizers.countControls(tokenizer, ids)).isEqualTo(placed);
        assertThat(tokenizer.decode(ids)).contains(messages.get(messages.size() - 1).content());
      }
    }
    assertThat(compared).isPositive();
  }

  @Test
  void knowsItsTokens() {
    assertThat(tokenizer.token(tokenizer.bos().getAsInt())).contains("<s>");
    assertThat(tokenizer.token(tokenizer.eos().getAsInt())).contains("<|endoftext|>");
    assertThat(tokenizer.padding()).isEqualTo(tokenizer.eos());
    assertThat(tokenizer.id("no such token")).isEmpty();
    assertThat(tokenizer.token(tokenizer.vocabularySize())).isEmpty();
    assertThat(tokenizer.token(tokenizer.vocabularySize() - 1)).isPresent();
    assertThat(tokenizer.addsBos()).isFalse();
    assertThat(controls).contains("<|end|>", "<|user|>", "</s>", "<s>");
  }

  @Test
  void leavesOutIdsThatAreNoTokens() {
    int[] hello = tokenizer.encode("Hello.");
    assertThat(tokenizer.decode(Ints.concat(hello, new int[] {1 << 24}))).isEqualTo("Hello.");
    int[] marked = Ints.concat(new int[] {tokenizer.bos().getAsInt()}, hello);
    assertThat(tokenizer.decode(marked)).isEqualTo("Hello.");
    assertThat(tokenizer.decode(marked, false)).isEqualTo("<s> Hello.");
  }
}
