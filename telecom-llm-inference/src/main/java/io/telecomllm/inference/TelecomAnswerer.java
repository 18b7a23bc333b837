package io.telecomllm.inference;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.Lists;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.telecomllm.Interrupts;
import io.telecomllm.data.Question;
import io.telecomllm.generation.GeneratedToken;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.generation.GenerationListener;
import io.telecomllm.inference.MultipleChoice.Asked;
import io.telecomllm.inference.audit.Replay;
import io.telecomllm.inference.calibration.Abstention;
import io.telecomllm.inference.calibration.CalibratedFor;
import io.telecomllm.inference.calibration.PositionPrior;
import io.telecomllm.inference.calibration.SavedCalibration;
import io.telecomllm.inference.serving.Deadline;
import io.telecomllm.inference.serving.TokenPublisher;
import io.telecomllm.lineage.AdapterFolder;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.Message;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tokenizer.Tokenizer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.function.BooleanSupplier;

/**
 * Answers multiple-choice questions with the option that the model finds most probable, the
 * probabilities of all options, and verbatim citations if a knowledge base supports it; and open
 * questions in the model's own words, with numbered references. The answer to a multiple-choice
 * question is always one of the options offered, or an abstention if there is a rule for it.
 * Questions, options and passages are data: nothing in them is a command to the model's template.
 *
 * <pre>{@code
 * try (TelecomAnswerer answerer = TelecomAnswerer.on(model).knowledge(base).build()) {
 *   Answer answer = answerer.answer(question);
 *   OpenAnswer open = answerer.ask("What does the AMF do?");
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads. Calls that wait at the same time go through the model
 * together, and a long answer in words does not hold up others. It throws {@link
 * IllegalStateException} once it, the model or the knowledge base is closed, and {@link
 * io.telecomllm.BusyException} for a call too many. An interrupted thread gets a {@link
 * CancellationException} before the next forward pass, and stays interrupted.
 */
public final class TelecomAnswerer implements AutoCloseable {
  private final Calls calls;
  private final MultipleChoice choices;
  private final OpenQuestions questions;
  private final int batchSize;
  private final Scope scope;
  private final Optional<Tokenizer> ownTokenizer;
  private final Optional<LoraAdapter> ownAdapter;
  private final Optional<Lineage> lineage;
  private final Identity identity;
  private final Confidence confidence;
  private final List<ExecutorService> ownThreads;
  private final Executor choosing;
  private final Executor writing;

  /**
   * Creates an answerer from settings.
   *
   * @param loaded an adapter that it owns, used instead of the one in the settings
   */
  TelecomAnswerer(
      AnswererBuilder settings, PromptedModel prompted, Optional<AdapterFolder.Loaded> loaded) {
    batchSize = settings.batchSize;
    ownAdapter = loaded.map(AdapterFolder.Loaded::adapter);
    lineage = loaded.flatMap(AdapterFolder.Loaded::lineage);
    Optional<LoraAdapter> adapter = ownAdapter.or(() -> settings.adapter);
    identity = new Identity(settings, prompted, adapter);
    // these read files, so they may fail, before there is anything to free
    confidence = Confidence.of(settings, identity);
    Audit audit = new Audit(settings, identity, confidence);
    scope = Scope.open(prompted.model().device());
    Deltas deltas = Deltas.of(adapter, prompted.model().computeType(), scope);
    ownTokenizer =
        settings.tokenizer.isPresent() ? Optional.empty() : Optional.of(prompted.tokenizer());
    // apart, so that texts that wait for a place do not hold up choices
    ownThreads =
        settings.executor.isPresent()
            ? List.of()
            : List.of(daemonThreads(settings.concurrency), daemonThreads(settings.texts));
    choosing = settings.executor.orElseGet(() -> ownThreads.get(0));
    writing = settings.executor.orElseGet(() -> ownThreads.get(1));
    calls = Calls.of(settings);
    choices =
        new MultipleChoice(
            settings, prompted, deltas, calls.admission(), choosing, confidence, audit);
    questions = new OpenQuestions(settings, prompted, deltas, audit);
  }

  /** Copies an answerer, all of whose parts are shared, with another deadline. */
  private TelecomAnswerer(TelecomAnswerer shared, Deadline deadline) {
    calls = shared.calls.until(deadline);
    choices = shared.choices;
    questions = shared.questions;
    batchSize = shared.batchSize;
    scope = shared.scope;
    ownTokenizer = shared.ownTokenizer;
    ownAdapter = shared.ownAdapter;
    lineage = shared.lineage;
    identity = shared.identity;
    confidence = shared.confidence;
    ownThreads = shared.ownThreads;
    choosing = shared.choosing;
    writing = shared.writing;
  }

  /** Starts the settings of an answerer with this model; all have defaults. */
  public static AnswererBuilder on(LanguageModel model) {
    requireNonNull(model, "model is null");
    return new AnswererBuilder(model);
  }

  /**
   * Returns this answerer with a deadline for all calls that are made on what is returned: {@code
   * answerer.withDeadline(Instant.now().plusSeconds(5)).ask(question)}. It costs nothing and shares
   * everything with this one, so that closing either closes both and one needs no closing of its
   * own.
   *
   * <p>A call with which the model has not begun by then fails with a {@link
   * io.telecomllm.DeadlineException}, whether the deadline was past from the beginning or passed
   * while the call waited; the model reads nothing of it. Once the model has begun, a text ends
   * before its next token, like one that is cancelled: with what is written so far, which may be
   * empty, and {@link io.telecomllm.generation.FinishReason#CANCELLED}. Options are scored in a
   * single pass, which is always made to its end; of a list of questions that takes several passes,
   * each must begin before the deadline.
   *
   * <p>{@link AnswererBuilder#waitAtMost} holds as well.
   *
   * @param deadline any instant; later changes of the clock do not move it
   */
  public TelecomAnswerer withDeadline(Instant deadline) {
    return new TelecomAnswerer(this, Deadline.at(deadline));
  }

  /**
   * Adds a listener to this answerer and those that differ from it in their deadline only. It stays
   * as long as they do.
   */
  public void listen(AnswerListener listener) {
    requireNonNull(listener, "listener is null");
    calls.listeners().add(listener);
  }

  /** Returns the number of calls that it has, those that wait included. */
  public int calls() {
    return calls.admission().calls();
  }

  /** Returns the most questions in one forward pass. */
  public int batchSize() {
    return batchSize;
  }

  /**
   * Returns the lineage of the adapter that it read from a folder; empty if there was no folder, or
   * no lineage in it.
   */
  public Optional<Lineage> lineage() {
    return lineage;
  }

  /** Returns the calibration of its confidences; empty if they are the model's own. */
  public Optional<SavedCalibration> calibration() {
    return confidence.calibration();
  }

  /** Returns the liking for places that is divided out of its scores; empty if none is. */
  public Optional<PositionPrior> prior() {
    return confidence.prior();
  }

  /** Returns the rule by which it abstains; empty if it never does. */
  public Optional<Abstention> abstention() {
    return confidence.abstention();
  }

  /**
   * Returns what a calibration that is fitted on its answers belongs to. The first call reads the
   * model's weights and the knowledge base.
   */
  public CalibratedFor calibratedFor() {
    return calls.admission().call(identity::calibratedFor);
  }

  /** Answers a question; the right option, which the question knows, is not used. */
  public Answer answer(Question question) {
    return answer(List.of(question)).get(0);
  }

  /**
   * Answers a question that is given as text.
   *
   * @param question the question; a release tag at its end, such as {@code [3GPP Release 18]},
   *     limits the passages to that release
   * @param options 2 to 9 texts, no two of them equal
   * @throws IllegalArgumentException if the question or an option is blank, or two options are
   *     equal; naming the number of options if it is another, or the number of tokens if the
   *     question does not fit the model's context
   */
  public Answer answer(String question, List<String> options) {
    return answerAll(List.of(asked(question, options))).get(0);
  }

  private static Asked asked(String question, List<String> options) {
    requireNonNull(question, "question is null");
    requireNonNull(options, "options is null");
    return Asked.checked(question, options);
  }

  /** Answers questions, several in one forward pass, as if they were asked one by one. */
  public List<Answer> answer(List<Question> questions) {
    requireNonNull(questions, "questions is null");
    return answerAll(questions.stream().map(Asked::of).toList());
  }

  private List<Answer> answerAll(List<Asked> all) {
    return calls.make(
        call -> {
          List<Answer> answers = new ArrayList<>(all.size());
          for (List<Asked> batch : Lists.partition(all, batchSize)) {
            calls.admission().requireOpen();
            Interrupts.check("interrupted before the model read the question");
            List<Answer> part = choices.answer(batch, calls.timing());
            part.forEach(answer -> calls.listeners().answered(answer, call.elapsed()));
            answers.addAll(part);
          }
          return answers;
        });
  }

  /**
   * Answers a question on another thread; the future fails with the exceptions of {@link
   * #answer(Question)}. To cancel it, or a future derived from it, withdraws the question.
   */
  public CompletableFuture<Answer> answerAsync(Question question) {
    requireNonNull(question, "question is null");
    return calls.async(
        choosing,
        calls.listeners()::answered,
        (answer, timing) -> choices.answer(Asked.of(question), timing, answer));
  }

  /**
   * Answers a question on another thread; the future fails with the exceptions of {@link
   * #answer(String, List)}. To cancel it, or a future derived from it, withdraws the question.
   */
  public CompletableFuture<Answer> answerAsync(String question, List<String> options) {
    requireNonNull(question, "question is null");
    requireNonNull(options, "options is null");
    // the caller may change its list before another thread reads it
    List<String> own = new ArrayList<>(options);
    return calls.async(
        choosing,
        calls.listeners()::answered,
        (answer, timing) -> choices.answer(Asked.checked(question, own), timing, answer));
  }

  /**
   * Returns what asks the questions of audit records again, with this model, adapter, prompt and
   * knowledge base. These answers leave no records.
   */
  public Replay replay() {
    return Replay.by(
        (question, options) ->
            calls.admission().call(() -> choices.describe(asked(question, options))));
  }

  /** Answers an open question in the model's own words, with the defaults. */
  public OpenAnswer ask(String question) {
    requireNonNull(question, "question is null");
    return ask(List.of(Message.user(question)));
  }

  /** Answers the last message of a conversation, with the defaults. */
  public OpenAnswer ask(List<Message> messages) {
    return ask(messages, GenerationConfig.defaults(), GenerationListener.NONE);
  }

  /**
   * Answers the last message of a conversation.
   *
   * @param messages at least one, the last by the user; a system message at the beginning replaces
   *     the instruction
   * @param listener is told of each token
   * @throws IllegalArgumentException if the last message is blank or not the user's, or the
   *     conversation does not fit the model's context
   */
  public OpenAnswer ask(
      List<Message> messages, GenerationConfig config, GenerationListener listener) {
    return ask(messages, config, listener, () -> false);
  }

  /**
   * Answers the last message of a conversation until it is cancelled.
   *
   * @param cancelled is asked before each token; the answer so far is returned then
   */
  public OpenAnswer ask(
      List<Message> messages,
      GenerationConfig config,
      GenerationListener listener,
      BooleanSupplier cancelled) {
    requireNonNull(messages, "messages is null");
    requireNonNull(config, "config is null");
    return calls.make(
        call -> {
          OpenAnswer answer =
              questions.ask(messages, config, listener, calls.whenOpen(cancelled), call);
          calls.listeners().written(answer, call.elapsed());
          return answer;
        });
  }

  /**
   * Answers the last message of a conversation on another thread. To cancel the future, or one
   * derived from it, ends the answer before its next token.
   */
  public CompletableFuture<OpenAnswer> askAsync(List<Message> messages, GenerationConfig config) {
    return askAsync(messages, config, GenerationListener.NONE, () -> false);
  }

  /**
   * Answers the last message of a conversation on another thread, until it is cancelled. To cancel
   * the future, or one derived from it, ends the answer before its next token.
   *
   * @param listener is told of each token, on that thread
   * @param cancelled is asked before each token; the future gets the answer so far then
   */
  public CompletableFuture<OpenAnswer> askAsync(
      List<Message> messages,
      GenerationConfig config,
      GenerationListener listener,
      BooleanSupplier cancelled) {
    requireNonNull(messages, "messages is null");
    requireNonNull(config, "config is null");
    requireNonNull(listener, "listener is null");
    requireNonNull(cancelled, "cancelled is null");
    return calls.async(
        writing,
        calls.listeners()::written,
        (answer, timing) -> {
          BooleanSupplier ended = calls.whenOpen(() -> answer.isDone() || cancelled.getAsBoolean());
          answer.complete(
              calls
                  .admission()
                  .use(() -> questions.ask(messages, config, listener, ended, timing)));
          return answer;
        });
  }

  /**
   * Publishes the tokens of an answer as they are written, once for each subscriber and on another
   * thread. A subscriber that asks for no more makes its own answer wait, and no other; one that
   * cancels ends it.
   */
  public Flow.Publisher<GeneratedToken> askStreaming(
      List<Message> messages, GenerationConfig config) {
    requireNonNull(messages, "messages is null");
    requireNonNull(config, "config is null");
    return new TokenPublisher(
        writing,
        calls.admission(),
        calls::timing,
        (listener, cancelled, timing) ->
            calls
                .listeners()
                .written(
                    questions.ask(messages, config, listener, calls.whenOpen(cancelled), timing),
                    timing.elapsed()),
        calls.listeners()::failed);
  }

  private static ExecutorService daemonThreads(int count) {
    return Executors.newFixedThreadPool(
        count,
        new ThreadFactoryBuilder().setNameFormat("telecom-answerer-%d").setDaemon(true).build());
  }

  /** Closes it when the calls that it has are done. */
  void finish() {
    calls.admission().drain();
    close();
  }

  /**
   * Waits for running forward passes, then frees what it owns; calls that wait for a pass fail. A
   * second call does nothing.
   */
  @Override
  public void close() {
    calls
        .admission()
        .close(
            () -> {
              ownThreads.forEach(ExecutorService::shutdown);
              questions.close();
              choices.close();
              scope.close();
              ownAdapter.ifPresent(LoraAdapter::close);
              ownTokenizer.ifPresent(Tokenizer::close);
            });
  }
}
