package io.telecomllm.inference;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.IncompatibleException;
import io.telecomllm.grounding.Knowledge;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.lineage.Accept;
import io.telecomllm.lineage.AdapterFolder;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
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
 * Settings of a {@link TelecomAnswerer}. The answerer does not close what it is given (model,
 * adapter, knowledge base, tokenizer, executor); they are closed after it. Not safe for use by
 * several threads.
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

  /** Sets the adapter to apply; it may not be trained at the same time. */
  public AnswererBuilder adapter(LoraAdapter value) {
    requireNonNull(value, "adapter is null");
    adapter = Optional.of(value);
    adapterFolder = Optional.empty();
    return this;
  }

  /**
   * Sets the PEFT folder of the adapter to apply, which {@link #build} loads. If it has a {@code
   * lineage.json}, base model, tokenizer and prompt must be those that the adapter was trained
   * with, and it must answer the probes as it did then. Otherwise a tokenizer and a chat template
   * in the folder, which other trainers leave there, are used instead of the checkpoint's.
   *
   * @param accept the differences to accept
   */
  public AnswererBuilder adapter(Path folder, Accept... accept) {
    requireNonNull(folder, "folder is null");
    adapter = Optional.empty();
    adapterFolder = Optional.of(folder);
    accepted = Set.copyOf(Arrays.asList(accept));
    return this;
  }

  /**
   * Sets the knowledge base to answer from and to cite, with 3 references in a prompt; fewer if the
   * context is too short.
   */
  public AnswererBuilder knowledge(KnowledgeBase base) {
    return knowledge(base, Knowledge.REFERENCES);
  }

  /**
   * Sets the knowledge base to answer from and to cite.
   *
   * @param references the most references in a prompt, 1 to 50; fewer if the context is too short
   */
  public AnswererBuilder knowledge(KnowledgeBase base, int references) {
    requireNonNull(base, "base is null");
    knowledge = Optional.of(new Knowledge(base, references));
    return this;
  }

  /**
   * Sets the prompt of questions; the default is the template in the adapter's folder, or else the
   * checkpoint's own, asking for number and text.
   */
  public AnswererBuilder prompt(QuestionPrompt value) {
    requireNonNull(value, "prompt is null");
    prompt = Optional.of(value);
    return this;
  }

  /**
   * Sets the tokenizer; the default is the one in the adapter's folder, or else in the model's
   * folder or file.
   */
  public AnswererBuilder tokenizer(Tokenizer value) {
    requireNonNull(value, "tokenizer is null");
    tokenizer = Optional.of(value);
    return this;
  }

  /** Sets which part of an answer decides between the options; the default is the label. */
  public AnswererBuilder scoring(Scoring value) {
    requireNonNull(value, "scoring is null");
    scoring = value;
    return this;
  }

  /**
   * Sets the most questions in one forward pass, 1 to 256; the default is 8. Answers do not depend
   * on it.
   */
  public AnswererBuilder batchSize(int value) {
    batchSize = checkRange("batchSize", value, MAX_BATCH);
    return this;
  }

  /** Sets the most forward passes at a time, 1 to 64, each with its own cache; the default is 2. */
  public AnswererBuilder concurrency(int value) {
    concurrency = checkRange("concurrency", value, MAX_CONCURRENCY);
    return this;
  }

  /**
   * Sets the executor of asynchronous answers; the default is daemon threads that the answerer
   * owns.
   */
  public AnswererBuilder executor(Executor value) {
    requireNonNull(value, "executor is null");
    executor = Optional.of(value);
    return this;
  }

  private static int checkRange(String name, int value, int max) {
    checkArgument(value >= 1 && value <= max, "%s is %s, must be 1 to %s", name, value, max);
    return value;
  }

  /**
   * Creates the answerer. This reads the tokenizer, finds the family of the chat template if no
   * prompt is set, and loads the adapter if a folder is set.
   *
   * @throws IncompatibleException if adapter or tokenizer belong to another model, or the adapter
   *     to another tokenizer or prompt, naming both
   * @throws io.telecomllm.InvalidDataException naming file and field or tensor, if a file is
   *     damaged
   * @throws io.telecomllm.UnsupportedModelException if this library cannot run the tokenizer or
   *     does not know the template
   */
  public TelecomAnswerer build() {
    adapter.ifPresent(value -> value.requireFits(model));
    Accept[] differences = accepted.toArray(Accept[]::new);
    PromptedModel prompted =
        adapterFolder
            .map(folder -> AdapterFolder.prompted(folder, model, tokenizer, prompt, differences))
            .orElseGet(() -> PromptedModel.of(model, tokenizer, prompt));
    try {
      Optional<AdapterFolder.Loaded> loaded =
          adapterFolder.map(folder -> AdapterFolder.load(folder, prompted, differences));
      try {
        return new TelecomAnswerer(this, prompted.tokenizer(), prompted.prompt(), loaded);
      } catch (RuntimeException e) {
        loaded.ifPresent(own -> own.adapter().close());
        throw e;
      }
    } catch (RuntimeException e) {
      if (tokenizer.isEmpty()) {
        prompted.tokenizer().close();
      }
      throw e;
    }
  }
}
