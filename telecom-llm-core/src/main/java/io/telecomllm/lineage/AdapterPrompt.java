package io.telecomllm.lineage;

import io.telecomllm.IncompatibleException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.Message;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.text.Quoted;
import io.telecomllm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The tokenizer and the chat template in an adapter's folder, which TRL and other trainers leave
 * there: what the adapter was trained with. They are used instead of the base model's, or refused;
 * another template is never used unless a program accepts it by name.
 */
final class AdapterPrompt {
  private static final String TOKENIZER = "tokenizer.json";

  private final Path folder;
  private final LanguageModel model;
  private final Optional<Tokenizer> given;
  private final Optional<QuestionPrompt> prompt;
  private final Set<Accept> accepted;
  private final Differences differences;

  /**
   * Creates the choice for a folder.
   *
   * @param given the tokenizer to use, if the program sets one
   * @param prompt the prompt to use, if the program sets one
   */
  AdapterPrompt(
      Path folder,
      LanguageModel model,
      Optional<Tokenizer> given,
      Optional<QuestionPrompt> prompt,
      Set<Accept> accepted) {
    this.folder = folder;
    this.model = model;
    this.given = given;
    this.prompt = prompt;
    this.accepted = accepted;
    differences = new Differences(folder, accepted);
  }

  /** Returns whether a folder holds a tokenizer or a chat template. */
  static boolean isIn(Path folder) {
    return Tokenizer.isIn(folder.resolve(TOKENIZER))
        || Tokenizer.chatTemplateIn(folder).isPresent();
  }

  /** Returns the model with the tokenizer and the prompt to use. */
  PromptedModel choose() {
    if (!Tokenizer.isIn(folder.resolve(TOKENIZER))) {
      return with(given.orElseGet(() -> Tokenizer.load(model.files())), Optional.empty());
    }
    if (given.isPresent()) {
      compareTokenizer(given.get());
      return with(given.get(), given.get().chatTemplate());
    }
    Tokenizer own = Tokenizer.load(folder.resolve(TOKENIZER));
    Optional<Tokenizer> base = Optional.empty();
    try {
      base = model.path().filter(Tokenizer::isIn).map(Tokenizer::load);
      base.ifPresent(tokenizer -> requireSameIds(tokenizer, own));
    } catch (RuntimeException e) {
      own.close();
      throw e;
    } finally {
      base.ifPresent(Tokenizer::close);
    }
    return with(own, base.flatMap(Tokenizer::chatTemplate));
  }

  private void compareTokenizer(Tokenizer set) {
    if (!accepted.contains(Accept.OTHER_TOKENIZER)) {
      try (Tokenizer own = Tokenizer.load(folder.resolve(TOKENIZER))) {
        differences.compare(Accept.OTHER_TOKENIZER, "tokenizer", own.digest(), set.digest());
      }
    }
  }

  /**
   * Returns the model with this tokenizer.
   *
   * @param other the template that would be used without the adapter; empty if there is none, or if
   *     the adapter was trained with the same tokenizer
   */
  private PromptedModel with(Tokenizer words, Optional<String> other) {
    try {
      PromptedModel prompted = new PromptedModel(model, words, written(words, other));
      differences.refuse();
      prompted.requireTokens();
      return prompted;
    } catch (RuntimeException e) {
      if (given.isEmpty()) {
        words.close();
      }
      throw e;
    }
  }

  private QuestionPrompt written(Tokenizer words, Optional<String> other) {
    Optional<String> source = Tokenizer.chatTemplateIn(folder);
    if (prompt.isPresent()) {
      source.ifPresent(template -> compareTemplate(template, prompt.get(), words));
      return prompt.get();
    }
    if (source.isPresent()) {
      return QuestionPrompt.of(usable(source.get(), words));
    }
    if (other.isEmpty()) {
      return QuestionPrompt.of(ChatTemplate.plain(words));
    }
    ChatTemplate template = usable(other.get(), words);
    differences.add(
        Accept.OTHER_PROMPT,
        "the tokenizer in the folder has no chat template, the one that would be used is "
            + template.name()
            + ": set the prompt that the adapter was trained with");
    return QuestionPrompt.of(template);
  }

  private ChatTemplate usable(String source, Tokenizer words) {
    try {
      return ChatTemplate.of(source, words);
    } catch (UnsupportedModelException e) {
      throw new UnsupportedModelException(
          folder
              + ": the adapter was trained with a chat template that cannot be used, and the base"
              + " model's is not used instead; set the prompt: "
              + e.getMessage(),
          e);
    }
  }

  /** Compares what the folder's template and that of a prompt write. */
  private void compareTemplate(String source, QuestionPrompt set, Tokenizer words) {
    ChatTemplate own;
    try {
      own = ChatTemplate.of(source, words);
    } catch (UnsupportedModelException e) {
      // the program has set a prompt because this one is not known
      return;
    }
    List<Message> messages = List.of(Message.system(set.instruction()), Message.user("question"));
    if (!own.render(messages, true).equals(set.template().render(messages, true))) {
      differences.compare(
          Accept.OTHER_PROMPT,
          "chat template",
          own.name() + " " + own.digest(),
          set.template().name() + " " + set.template().digest());
    }
  }

  /**
   * Refuses a tokenizer that gives a token of the base model another id, or an id of an ordinary
   * token to another. A token that the base model lacks is new, a control token may be renamed.
   */
  private void requireSameIds(Tokenizer base, Tokenizer own) {
    for (int id = 0; id < base.vocabularySize(); id++) {
      Optional<String> token = base.token(id);
      if (token.isEmpty()) {
        continue;
      }
      OptionalInt other = own.id(token.get());
      boolean moved = other.isPresent() && other.getAsInt() != id;
      boolean taken = other.isEmpty() && own.token(id).isPresent() && !base.isControl(id);
      if (moved || taken) {
        throw new IncompatibleException(
            folder
                + ": the tokenizer in the folder is for another base model: the token '"
                + Quoted.line(token.get())
                + "' has id "
                + id
                + " in the base model's tokenizer, in the adapter's "
                + (moved ? "id " + other.getAsInt() : "it is missing"));
      }
    }
  }
}
