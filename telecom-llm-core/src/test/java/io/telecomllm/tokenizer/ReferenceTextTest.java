package io.telecomllm.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.Message;
import io.telecomllm.testing.Shared;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import net.lingala.zip4j.ZipFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whole questions: the same ids as the bare tokenizer, which also matches control tokens. */
@Tag("shared")
class ReferenceTextTest {
  /** At most this number of texts, spread over the file. */
  private static final int TEXTS = 130;

  private static List<String> texts() throws Exception {
    List<String> texts = new ArrayList<>();
    try (ZipFile zip = new ZipFile(Shared.questions().toFile(), "teleqnadataset".toCharArray())) {
      byte[] bytes = zip.getInputStream(zip.getFileHeaders().get(0)).readAllBytes();
      JsonObject all =
          JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8)).getAsJsonObject();
      int index = 0;
      int step = Math.max(1, (all.size() + TEXTS - 1) / TEXTS);
      for (JsonElement question : all.asMap().values()) {
        if (index++ % step == 0) {
          List<String> lines = new ArrayList<>();
          question.getAsJsonObject().asMap().values().forEach(v -> lines.add(v.getAsString()));
          texts.add(String.join("\n", lines));
        }
      }
    }
    assertThat(texts).hasSizeGreaterThan(10);
    return texts;
  }

  private static HuggingFaceTokenizer bare(byte[] json) throws Exception {
    return HuggingFaceTokenizer.newInstance(
        new ByteArrayInputStream(json),
        Map.of("addSpecialTokens", "false", "truncation", "do_not_truncate"));
  }

  private static int[] encode(HuggingFaceTokenizer bare, String text) {
    return LongStream.of(bare.encode(text, false, false).getIds())
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  @Test
  void phi3() throws Exception {
    Tokenizer tokenizer = Tokenizers.phi3();
    byte[] json = Files.readAllBytes(Tokenizers.phi3Folder().resolve("tokenizer.json"));
    try (HuggingFaceTokenizer bare = bare(json)) {
      for (String text : texts()) {
        assertThat(tokenizer.encode(text)).isEqualTo(encode(bare, text));
        assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
        List<Message> messages = List.of(Message.system(" " + text), Message.user(text));
        String spelled = Pieces.spell(ChatTemplate.PHI_3.render(messages, true));
        assertThat(ChatTemplate.PHI_3.encode(tokenizer, messages, true))
            .isEqualTo(encode(bare, spelled));
      }
    }
  }

  @Test
  void smollm2() throws Exception {
    Tokenizer tokenizer = Tokenizers.smollm2();
    JsonObject complete = VocabularyDefinition.of(Gguf.vocabulary(Tokenizers.gguf())).complete();
    try (HuggingFaceTokenizer bare = bare(complete.toString().getBytes(StandardCharsets.UTF_8))) {
      for (String text : texts()) {
        assertThat(tokenizer.encode(text)).isEqualTo(encode(bare, text));
        assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
        List<Message> messages = List.of(Message.system(text), Message.user(text));
        String spelled = Pieces.spell(ChatTemplate.CHAT_ML.render(messages, true));
        assertThat(ChatTemplate.CHAT_ML.encode(tokenizer, messages, true))
            .isEqualTo(encode(bare, spelled));
      }
    }
  }
}
