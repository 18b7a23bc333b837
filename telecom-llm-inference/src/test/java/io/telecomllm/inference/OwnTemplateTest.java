package io.telecomllm.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.IncompatibleException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.data.Question;
import io.telecomllm.lineage.Accept;
import io.telecomllm.lineage.AdapterFolder;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.peft.PeftFolder;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.testing.Adapters;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapter folders with a tokenizer and a chat template, as other trainers leave them. */
class OwnTemplateTest {
  private static final List<Question> QUESTIONS = TelecomAnswererTest.questions(3);
  private static final String CHAT_ML =
      "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>'"
          + " + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}"
          + "{% endif %}";
  private static final String PHI_3 =
      "{% for m in messages %}{{ '<|' + m['role'] + '|>\n' + m['content'] + '<|end|>\n' }}"
          + "{% endfor %}{# <|system|> <|user|> <|assistant|> #}";
  private static final QuestionPrompt CHAT_ML_PROMPT = QuestionPrompt.of(ChatTemplate.CHAT_ML);

  @TempDir Path base;
  @TempDir Path folder;
  private LanguageModel model;
  private LoraAdapter adapter;

  @BeforeEach
  void write() throws IOException {
    TinyModel.write(base, 900);
    model = ModelLoader.of(base).device(Device.cpu()).computeType(DataType.FLOAT32).dense().load();
    adapter = LoraAdapter.create(LoraConfig.builder().rank(2).alpha(4).build(), model, 1);
    Adapters.randomise(adapter, 0.3);
    PeftFolder.save(folder, adapter, "base");
  }

  @AfterEach
  void close() {
    adapter.close();
    model.close();
  }

  private void copyTokenizer() throws IOException {
    for (String name : List.of("tokenizer.json", "tokenizer_config.json")) {
      Files.copy(base.resolve(name), folder.resolve(name));
    }
  }

  private static void template(Path where, String source) throws IOException {
    Files.writeString(where.resolve("chat_template.jinja"), source);
  }

  private void changeTokenizer(String from, String to) throws IOException {
    Path file = folder.resolve("tokenizer.json");
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
  }

  private void addTokens(int first, String... tokens) throws IOException {
    StringBuilder added = new StringBuilder("\"added_tokens\":[");
    for (int i = 0; i < tokens.length; i++) {
      added.append(
          "{\"id\":%d,\"content\":\"%s\",\"special\":true},".formatted(first + i, tokens[i]));
    }
    changeTokenizer("\"added_tokens\":[", added.toString());
  }

  private AnswererBuilder builder() {
    return TelecomAnswerer.on(model);
  }

  private AnswererBuilder ofFolder(Accept... accept) {
    return builder().adapter(folder, accept);
  }

  private static List<List<Double>> probabilities(AnswererBuilder builder) {
    try (TelecomAnswerer answerer = builder.build()) {
      return answerer.answer(QUESTIONS).stream().map(Answer::probabilities).toList();
    }
  }

  private static void refused(
      AnswererBuilder builder, Class<? extends TelecomLlmException> type, String... parts) {
    assertThatThrownBy(builder::build).isExactlyInstanceOf(type).hasMessageContainingAll(parts);
  }

  @Test
  void theTemplateInTheFolderIsUsed() throws IOException {
    List<List<Double>> plain = probabilities(builder().adapter(adapter));
    List<List<Double>> expected = probabilities(builder().adapter(adapter).prompt(CHAT_ML_PROMPT));
    assertThat(expected).isNotEqualTo(plain);
    assertThat(probabilities(ofFolder())).isEqualTo(plain);
    // without a tokenizer next to it, it is written with the base's
    template(folder, CHAT_ML);
    assertThat(probabilities(ofFolder())).isEqualTo(expected);
    copyTokenizer();
    assertThat(probabilities(ofFolder())).isEqualTo(expected);
    assertThat(probabilities(ofFolder().prompt(CHAT_ML_PROMPT))).isEqualTo(expected);
    // as a field of the settings instead of a file of its own
    Files.delete(folder.resolve("chat_template.jinja"));
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"eos_token\": \"<|im_end|>\", \"chat_template\": \""
            + CHAT_ML.replace("\n", "\\n")
            + "\"}");
    assertThat(probabilities(ofFolder())).isEqualTo(expected);
    // and it wins over the base's
    template(base, PHI_3);
    assertThat(probabilities(ofFolder())).isEqualTo(expected);
  }

  @Test
  void theTokenizerInTheFolderIsUsed() throws IOException {
    copyTokenizer();
    template(folder, PHI_3);
    // marks that are no tokens are ordinary characters
    List<List<Double>> spelled = probabilities(ofFolder());
    // new tokens, in rows that the base has
    addTokens(259, "<|system|>", "<|user|>", "<|assistant|>", "<|end|>");
    List<List<Double>> found = probabilities(ofFolder());
    assertThat(found).isNotEqualTo(spelled);
    try (Tokenizer own = Tokenizer.load(folder)) {
      QuestionPrompt phi3 = QuestionPrompt.of(ChatTemplate.PHI_3);
      assertThat(found)
          .isEqualTo(probabilities(builder().adapter(adapter).tokenizer(own).prompt(phi3)));
      assertThat(found).isEqualTo(probabilities(ofFolder().tokenizer(own)));
    }
  }

  @Test
  void aTokenizerWithOtherIdsIsRefused() throws IOException {
    copyTokenizer();
    template(folder, CHAT_ML);
    changeTokenizer("\"!\":33,\"\\\"\":34", "\"!\":34,\"\\\"\":33");
    refused(
        ofFolder(),
        IncompatibleException.class,
        folder + ": the tokenizer in the folder is for another base model",
        "the token '!' has id 33 in the base model's tokenizer, in the adapter's id 34");
    changeTokenizer("\"!\":34,\"\\\"\":33", "\"new\":33,\"\\\"\":34");
    refused(
        ofFolder(),
        IncompatibleException.class,
        "the token '!' has id 33 in the base model's tokenizer, in the adapter's it is missing");
  }

  @Test
  void aTokenOfThePromptThatTheBaseHasNoRowForIsRefused() throws IOException {
    copyTokenizer();
    template(folder, PHI_3);
    addTokens(264, "<|system|>", "<|user|>", "<|assistant|>", "<|end|>");
    refused(
        ofFolder(),
        IncompatibleException.class,
        "the prompt needs the token '<|",
        "but the vocabulary of the model has 264 tokens");
  }

  @Test
  void aTokenThatNoPromptHoldsNeedsNoRow() throws IOException {
    copyTokenizer();
    template(folder, CHAT_ML);
    List<List<Double>> without = probabilities(ofFolder());
    addTokens(264, "<|one_more|>");
    assertThat(probabilities(ofFolder())).isEqualTo(without);
  }

  @Test
  void anotherPromptOrTokenizerIsAcceptedByNameOnly() throws IOException {
    copyTokenizer();
    template(folder, CHAT_ML);
    QuestionPrompt plain = QuestionPrompt.of(ChatTemplate.plain("<|endoftext|>"));
    refused(
        ofFolder(Accept.OTHER_TOKENIZER, Accept.OTHER_BASE).prompt(plain),
        IncompatibleException.class,
        folder + ": the adapter was made with the chat template chatml ",
        ", the one in use is plain ",
        "; Accept.OTHER_PROMPT loads it nevertheless");
    assertThat(probabilities(ofFolder(Accept.OTHER_PROMPT).prompt(plain)))
        .isEqualTo(probabilities(builder().adapter(adapter).prompt(plain)));
    addTokens(259, "<|new|>");
    try (Tokenizer other = Tokenizer.load(base);
        Tokenizer own = Tokenizer.load(folder)) {
      refused(
          ofFolder(Accept.OTHER_PROMPT).tokenizer(other),
          IncompatibleException.class,
          "the adapter was made with the tokenizer " + own.digest(),
          "the one in use is " + other.digest(),
          "Accept.OTHER_TOKENIZER");
      assertThat(probabilities(ofFolder(Accept.OTHER_TOKENIZER).tokenizer(other)))
          .isEqualTo(probabilities(builder().adapter(adapter).prompt(CHAT_ML_PROMPT)));
    }
  }

  @Test
  void anUnknownTemplateNeedsAPrompt() throws IOException {
    template(folder, "{{ '<|start_of_role|>' }}");
    refused(
        ofFolder(),
        UnsupportedModelException.class,
        folder + ": the adapter was trained with a chat template that cannot be used",
        "the base model's is not used instead; set the prompt: ",
        "it does not write each message once and in order");
    assertThat(probabilities(ofFolder().prompt(CHAT_ML_PROMPT)))
        .isEqualTo(probabilities(builder().adapter(adapter).prompt(CHAT_ML_PROMPT)));
  }

  @Test
  void theBasesTemplateIsNotUsedForATokenizerWithoutOne() throws IOException {
    copyTokenizer();
    List<List<Double>> plain = probabilities(ofFolder());
    assertThat(plain).isEqualTo(probabilities(builder().adapter(adapter)));
    template(base, CHAT_ML);
    refused(
        ofFolder(),
        IncompatibleException.class,
        folder + ": the tokenizer in the folder has no chat template",
        "the one that would be used is chatml: set the prompt",
        "Accept.OTHER_PROMPT");
    assertThat(probabilities(ofFolder(Accept.OTHER_PROMPT)))
        .isEqualTo(probabilities(builder().adapter(adapter)));
    QuestionPrompt set = QuestionPrompt.of(ChatTemplate.plain("<|endoftext|>"));
    assertThat(probabilities(ofFolder().prompt(set))).isEqualTo(plain);
  }

  @Test
  void aLineageDecidesAlone() throws IOException {
    try (Tokenizer tokenizer = Tokenizer.load(base)) {
      QuestionPrompt plain = QuestionPrompt.of(ChatTemplate.of(tokenizer));
      AdapterFolder.save(folder, adapter, Lineage.of(new PromptedModel(model, tokenizer, plain)));
    }
    copyTokenizer();
    template(folder, CHAT_ML);
    assertThat(probabilities(ofFolder())).isEqualTo(probabilities(builder().adapter(adapter)));
    refused(
        ofFolder().prompt(CHAT_ML_PROMPT),
        IncompatibleException.class,
        "lineage.json: the adapter was made with the prompt ",
        CHAT_ML_PROMPT.digest());
  }
}
