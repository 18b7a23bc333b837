package io.telecomllm.inference;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.IncompatibleException;
import io.telecomllm.grounding.Knowledge;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.lineage.Accept;
import io.telecomllm.lineage.AdapterFolder;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.scoring.Scoring;
import io.telecomllm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Settings of a {@link TelecomAnswerer}. What it is handed (model, adapter, knowledge base,
 * tokenizer, executor) stays the caller's to close, after the answerer. For one thread.
 */
public final class AnswererBuilder {
  static final int MAX_BATCH = 256;
  static final int MAX_CONCURRENCY = 64;

  final LanguageModel model;
  Optional<LoraAdapter> adapter = Optional.empty();
  private Optional<Path> adapterFolder = Optional.empty();
  private Set<Accept> accepted = Set.of();
  Optional<Knowledge> knowledge = Optional.empty();
  Optional<QuestionPrompt> prompt = Optional.empty();
  Optional<Tokenizer> tokenizer = Optional.empty();
  Optional<Executor> executor = Optional.empty();
  Scoring scoring = Scoring.LABEL;
  int batchSize = 8;
  int concurrency = 2;

  AnswererBuilder(LanguageModel model) {
    this.model = model;
  }

  /** Answers with this adapter beside the model; nobody may train it meanwhile. */
  public AnswererBuilder adapter(LoraAdapter value) {
    adapter = Optional.of(value);
    adapterFolder = Optional.empty();
    return this;
  }

  /**
   * Answers with the adapter in this PEFT folder, which {@link #build} loads. If a {@code
   * lineage.json} lies there, base model, tokenizer and prompt must be those that the adapter was
   * trained with, and it must answer the probes as it did then.
   *
   * @param accept what may differ nevertheless
   */
  public AnswererBuilder adapter(Path folder, Accept... accept) {
    adapter = Optional.empty();
    adapterFolder = Optional.of(folder);
    accepted = Set.copyOf(Arrays.asList(accept));
    return this;
  }

  /**
   * Answers from what this knowledge base finds, and cites it; 3 references in a prompt, fewer
   * where the context is too short.
   */
  public AnswererBuilder knowledge(KnowledgeBase base) {
    return knowledge(base, Knowledge.REFERENCES);
  }

  /**
   * Answers from what this knowledge base finds, and cites it.
   *
   * @param references the most in a prompt, 1 to 50; fewer where the context is too short
   */
  public AnswererBuilder knowledge(KnowledgeBase base, int references) {
    knowledge = Optional.of(new Knowledge(base, references));
    return this;
  }

  /** How questions are written; else the checkpoint's own template, number and text asked for. */
  public AnswererBuilder prompt(QuestionPrompt value) {
    prompt = Optional.of(value);
    return this;
  }

  /** The tokenizer; else the one that lies with the model's weights. */
  public AnswererBuilder tokenizer(Tokenizer value) {
    tokenizer = Optional.of(value);
    return this;
  }

  /** What decides between the options; else their labels. */
  public AnswererBuilder scoring(Scoring value) {
    scoring = value;
    return this;
  }

  /** The most questions in one forward pass, 1 to 256; else 8. Answers do not depend on it. */
  public AnswererBuilder batchSize(int value) {
    batchSize = checkRange("batchSize", value, MAX_BATCH);
    return this;
  }

  /** The most passes at a time, 1 to 64, each with a cache of its own; else 2. */
  public AnswererBuilder concurrency(int value) {
    concurrency = checkRange("concurrency", value, MAX_CONCURRENCY);
    return this;
  }

  /** Where asynchronous answers are computed; else on daemon threads of the answerer's own. */
  public AnswererBuilder executor(Executor value) {
    executor = Optional.of(value);
    return this;
  }

  private static int checkRange(String name, int value, int max) {
    checkArgument(value >= 1 && value <= max, "%s is %s, must be 1 to %s", name, value, max);
    return value;
  }

  /**
   * Reads the tokenizer, matches the chat template where no prompt was set, and loads the adapter
   * where a folder was named.
   *
   * @throws IncompatibleException if adapter or tokenizer belong to another model, or the adapter
   *     to another tokenizer or prompt
   * @throws io.telecomllm.InvalidDataException if a file of the adapter is damaged
   * @throws io.telecomllm.UnsupportedModelException if tokenizer or template are of an unknown kind
   */
  public TelecomAnswerer build() {
    adapter.ifPresent(value -> value.requireFits(model));
    Tokenizer words = tokenizer.orElseGet(() -> Tokenizer.load(model.files()));
    try {
      requireSameVocabulary(words);
      QuestionPrompt written = prompt.orElseGet(() -> QuestionPrompt.of(ChatTemplate.of(words)));
      Optional<AdapterFolder.Loaded> loaded =
          adapterFolder.map(
              folder ->
                  AdapterFolder.load(
                      folder,
                      new PromptedModel(model, words, written),
                      accepted.toArray(Accept[]::new)));
      try {
        return new TelecomAnswerer(this, words, written, loaded);
      } catch (RuntimeException e) {
        loaded.ifPresent(own -> own.adapter().close());
        throw e;
      }
    } catch (RuntimeException e) {
      if (tokenizer.isEmpty()) {
        words.close();
      }
      throw e;
    }
  }

  private void requireSameVocabulary(Tokenizer words) {
    if (words.vocabularySize() > model.config().vocabularySize()) {
      throw new IncompatibleException(
          "the tokenizer is for another model: it has "
              + words.vocabularySize()
              + " tokens, the model "
              + model.config().vocabularySize());
    }
  }
}
