package io.telecomllm.examples.pretraining;

import com.google.gson.Gson;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.examples.pretraining.BytePairTrainer.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a vocabulary in the form of Hugging Face's tokenizers, with Phi-3's chat template. */
final class TokenizerFolder {
  private static final String CHAT_TEMPLATE =
      "{% for message in messages %}"
          + turn("if", "system")
          + turn("elif", "user")
          + turn("elif", "assistant")
          + "{% endif %}{% endfor %}"
          + "{% if add_generation_prompt %}{{ '<|assistant|>\n' }}"
          + "{% else %}{{ eos_token }}{% endif %}";

  private TokenizerFolder() {}

  /** Writes tokenizer.json and tokenizer_config.json. */
  static void write(Path folder, Vocabulary vocabulary) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("tokenizer.json"), tokenizer(vocabulary));
      Files.writeString(folder.resolve("tokenizer_config.json"), settings());
    } catch (IOException e) {
      throw new TelecomLlmException(folder + ": the tokenizer cannot be written: " + e, e);
    }
  }

  private static String tokenizer(Vocabulary vocabulary) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    vocabulary.tokens().forEach(token -> ids.put(token, ids.size()));
    List<Object> added = new ArrayList<>();
    BytePairTrainer.SPECIAL.forEach(token -> added.add(special(token, added.size())));
    Map<String, Object> digits = map("type", "Digits", "individual_digits", true);
    Map<String, Object> bytes =
        map(
            "type",
            "ByteLevel",
            "add_prefix_space",
            false,
            "trim_offsets",
            true,
            "use_regex",
            true);
    Map<String, Object> root =
        map(
            "version",
            "1.0",
            "added_tokens",
            added,
            "pre_tokenizer",
            map("type", "Sequence", "pretokenizers", List.of(digits, bytes)),
            "decoder",
            bytes,
            "model",
            map("type", "BPE", "vocab", ids, "merges", vocabulary.merges()));
    return new Gson().toJson(root) + "\n";
  }

  private static Map<String, Object> special(String token, int id) {
    return map(
        "id",
        id,
        "content",
        token,
        "special",
        true,
        "single_word",
        false,
        "lstrip",
        false,
        "rstrip",
        false,
        "normalized",
        false);
  }

  private static String settings() {
    Map<String, Object> settings =
        map(
            "tokenizer_class",
            "PreTrainedTokenizerFast",
            "add_bos_token",
            false,
            "bos_token",
            "<s>",
            "eos_token",
            "<|endoftext|>",
            "unk_token",
            "<unk>",
            "pad_token",
            "<|pad|>",
            "chat_template",
            CHAT_TEMPLATE);
    return new Gson().toJson(settings) + "\n";
  }

  private static String turn(String condition, String role) {
    return "{% CONDITION message['role'] == 'ROLE' %}{{'<|ROLE|>\n' + message['content'] + '<|end|>\n'}}"
        .replace("CONDITION", condition)
        .replace("ROLE", role);
  }

  private static Map<String, Object> map(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put(keysAndValues[i].toString(), keysAndValues[i + 1]);
    }
    return map;
  }
}
