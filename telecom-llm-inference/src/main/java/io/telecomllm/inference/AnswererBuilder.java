package io.telecomllm.inference;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.IncompatibleException;
import io.telecomllm.grounding.Knowledge;
import io.telecomllm.inference.audit.AuditLog;
import io.telecomllm.inference.calibration.Abstention;
import io.telecomllm.inference.calibration.CalibratedFor;
import io.telecomllm.inference.calibration.PositionPrior;
import io.telecomllm.inference.calibration.SavedCalibration;
import io.telecomllm.knowledge.Retriever;
import io.telecomllm.lineage.Accept;
import io.telecomllm.lineage.AdapterFolder;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.OpenPrompt;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.scoring.Scoring;
import io.telecomllm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Settings of a {@link TelecomAnswerer}. The answerer does not close what it is given (model,
 * adapter, knowledge base, tokenizer, executor, audit log); they are closed after it. Not safe for
 * use by several threads.
 */
public final class AnswererBuilder {
  static final int MAX_BATCH = 256;
  static final int MAX_CONCURRENCY = 64;
  static final int MAX_PERMUTATIONS = 9;
  static final int MAX_CALLS = 1_000_000;
  private static final Duration LONGEST_WAIT = Duration.ofDays(365);

  final LanguageModel model;
  Optional<LoraAdapter> adapter = Optional.empty();
  private Optional<Path> adapterFolder = Optional.empty();
  private Set<Accept> accepted = Set.of();
  Optional<Knowledge> knowledge = Optional.empty();
  Optional<QuestionPrompt> prompt = Optional.empty();
  Optional<OpenPrompt> openPrompt = Optional.empty();
  Optional<Tokenizer> tokenizer = Optional.empty();
  Optional<Executor> executor = Optional.empty();
  Scoring scoring = Scoring.LABEL;
  int batchSize = 8;
  int permutations = 1;
  double withoutReferencesBelow;
  int concurrency = 2;
  int texts = 8;
  int calls = 10_000;
  Optional<Duration> patience = Optional.empty();
  Optional<Function<CalibratedFor, SavedCalibration>> calibration = Optional.empty();
  Optional<Abstention> abstention = Optional.empty();
  Optional<PositionPrior> prior = Optional.empty();
  Optional<AuditLog> audit = Optional.empty();
  Consumer<? super RuntimeException> auditFailed = AnswererBuilder::fail;

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
  public AnswererBuilder knowledge(Retriever base) {
    return knowledge(base, Knowledge.REFERENCES);
  }

  /**
   * Sets the knowledge base to answer from and to cite.
   *
   * @param references the most references in a prompt, 1 to 50; fewer if the context is too short
   */
  public AnswererBuilder knowledge(Retriever base, int references) {
    requireNonNull(base, "base is null");
    knowledge = Optional.of(new Knowledge(base, references));
    return this;
  }

  /**
   * Sets the probability of the chosen option under which a question with options is read again
   * without its references, and that reading counts: 0 to 1. The default is 0, never; 0.6 is a good
   * start. References that do not answer mislead a model, but they also leave it unsure, so that it
   * answers about as well as without them. What is read again takes the time of a second question.
   */
  public AnswererBuilder withoutReferencesBelow(double value) {
    checkArgument(value >= 0 && value <= 1, "withoutReferencesBelow is %s, must be 0 to 1", value);
    withoutReferencesBelow = value;
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
   * Sets the prompt of open questions; the default has the template of {@link #prompt} and asks for
   * a few sentences.
   */
  public AnswererBuilder openPrompt(OpenPrompt value) {
    requireNonNull(value, "openPrompt is null");
    openPrompt = Optional.of(value);
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
   * Sets the most questions in one forward pass, 1 to 256; the default is 8. But for rounding,
   * answers do not depend on it.
   */
  public AnswererBuilder batchSize(int value) {
    batchSize = checkRange("batchSize", value, MAX_BATCH);
    return this;
  }

  /**
   * Sets in how many orders of its options a multiple-choice question is asked, 1 to 9; the default
   * is 1. The log-probabilities of an option are averaged, which takes away most of a model's
   * liking for certain places. Options that point at others ("all of the above", "both 1 and 2")
   * stay where they are, so that some questions have fewer orders. The orders share what comes
   * before the options, and a forward pass holds as many questions as before.
   */
  public AnswererBuilder permutations(int value) {
    permutations = checkRange("permutations", value, MAX_PERMUTATIONS);
    return this;
  }

  /**
   * Sets the most forward passes for multiple-choice questions at a time, 1 to 64, each with its
   * own cache; the default is 2. Questions that wait at the same time share a pass.
   */
  public AnswererBuilder concurrency(int value) {
    concurrency = checkRange("concurrency", value, MAX_CONCURRENCY);
    return this;
  }

  /**
   * Sets the most open questions that are answered at the same time, 1 to 64; the default is 8.
   * They share each forward pass, so that together they are faster than one after the other, and a
   * cache of 8,192 tokens, of which each reserves those of its prompt and {@code maxNewTokens}; one
   * that needs more has a cache of its own.
   */
  public AnswererBuilder texts(int value) {
    texts = checkRange("texts", value, MAX_CONCURRENCY);
    return this;
  }

  /**
   * Sets the most calls at a time, those that wait included, 1 to 1,000,000; the default is 10,000.
   * One more fails at once with a {@link io.telecomllm.BusyException}.
   */
  public AnswererBuilder maxCalls(int value) {
    calls = checkRange("maxCalls", value, MAX_CALLS);
    return this;
  }

  /**
   * Sets how long a question waits at most until the model begins to read it; it fails with a
   * {@link io.telecomllm.DeadlineException} then. The default is any time. {@link
   * TelecomAnswerer#withDeadline} sets a time for single calls, until which texts must end too.
   *
   * @param value over 0 to 365 days
   */
  public AnswererBuilder waitAtMost(Duration value) {
    requireNonNull(value, "waitAtMost is null");
    checkArgument(
        !value.isNegative() && !value.isZero() && value.compareTo(LONGEST_WAIT) <= 0,
        "waitAtMost is %s, must be over 0 to 365 days",
        value);
    patience = Optional.of(value);
    return this;
  }

  /**
   * Sets the executor of asynchronous answers; the default is daemon threads that the answerer
   * owns. A text keeps one of its threads until it ends, so that an executor with fewer threads
   * than {@link #texts} may hold up choices; the answerer's own are apart.
   */
  public AnswererBuilder executor(Executor value) {
    requireNonNull(value, "executor is null");
    executor = Optional.of(value);
    return this;
  }

  /**
   * Sets the calibration of confidences in a folder's {@code calibration.json}, such as that of the
   * adapter; {@link #build} reads it. Its abstention rule, if it has one, decides which questions
   * are left to a person.
   */
  public AnswererBuilder calibration(Path folder) {
    requireNonNull(folder, "folder is null");
    calibration = Optional.of(here -> SavedCalibration.load(folder, here));
    return this;
  }

  /**
   * Sets the calibration of confidences. Its abstention rule, if it has one, decides which
   * questions are left to a person.
   */
  public AnswererBuilder calibration(SavedCalibration value) {
    requireNonNull(value, "calibration is null");
    calibration = Optional.of(value::requireFits);
    return this;
  }

  /**
   * Sets the model's liking for places, which is divided out of each reading; it does for one
   * reading what {@link #permutations} do at their cost. A calibration brings its own.
   */
  public AnswererBuilder prior(PositionPrior value) {
    requireNonNull(value, "prior is null");
    prior = Optional.of(value);
    return this;
  }

  /**
   * Sets which questions are left to a person, instead of the rule of the calibration. Without a
   * calibration the rule sees the model's own probabilities.
   */
  public AnswererBuilder abstention(Abstention rule) {
    requireNonNull(rule, "rule is null");
    abstention = Optional.of(rule);
    return this;
  }

  /**
   * Sets the log that gets a record of every answer, before the answer is returned; an answer whose
   * record cannot be written fails. A call for several questions that fails for one may have left
   * the records of others. The answerer does not close the log.
   */
  public AnswererBuilder audit(AuditLog log) {
    return audit(log, AnswererBuilder::fail);
  }

  /**
   * Sets the log that gets a record of every answer, before the answer is returned.
   *
   * @param failed is told if a record cannot be written, on the thread that answers; the answer
   *     fails with what it throws, and is returned if it throws nothing
   */
  public AnswererBuilder audit(AuditLog log, Consumer<? super RuntimeException> failed) {
    requireNonNull(log, "log is null");
    requireNonNull(failed, "failed is null");
    audit = Optional.of(log);
    auditFailed = failed;
    return this;
  }

  private static void fail(RuntimeException failure) {
    throw failure;
  }

  private static int checkRange(String name, int value, int max) {
    checkArgument(value >= 1 && value <= max, "%s is %s, must be 1 to %s", name, value, max);
    return value;
  }

  /**
   * Creates the answerer. This reads the tokenizer, finds the family of the chat template if no
   * prompt is set, loads the adapter if a folder is set, and computes the fingerprints of model and
   * adapter if there is an audit log, that of the knowledge base too if there is a calibration.
   *
   * @throws IllegalArgumentException if {@link #withoutReferencesBelow} is set without a knowledge
   *     base, or the adapter does not fit the model
   * @throws IncompatibleException if adapter or tokenizer belong to another model, the adapter to
   *     another tokenizer or prompt, or the calibration to any other, naming both
   * @throws io.telecomllm.InvalidDataException naming file and field or tensor, if a file is
   *     damaged
   * @throws io.telecomllm.UnsupportedModelException if this library cannot run the tokenizer or
   *     does not know the template
   */
  public TelecomAnswerer build() {
    checkArgument(
        withoutReferencesBelow == 0 || knowledge.isPresent(),
        "withoutReferencesBelow is %s, but there is no knowledge base",
        withoutReferencesBelow);
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
        return new TelecomAnswerer(this, prompted, loaded);
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
