package io.telecomllm.inference;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.Lists;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.telecomllm.Interrupts;
import io.telecomllm.data.Question;
import io.telecomllm.grounding.Grounding;
import io.telecomllm.grounding.Grounding.Grounded;
import io.telecomllm.inference.serving.ScorerPool;
import io.telecomllm.knowledge.Citation;
import io.telecomllm.knowledge.CitationFinder;
import io.telecomllm.lineage.AdapterFolder;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.prompt.RenderedQuestion;
import io.telecomllm.scoring.OptionScorer;
import io.telecomllm.scoring.OptionScores;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.tensor.Scope;
import io.telecomllm.text.Quoted;
import io.telecomllm.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Answers multiple-choice questions with the option that the model finds most probable, the
 * probabilities of all options, and verbatim citations if a knowledge base supports it. The answer
 * is always one of the options offered. Question, options and passages are data: nothing in them is
 * a command to the model's template.
 *
 * <pre>{@code
 * try (TelecomAnswerer answerer = TelecomAnswerer.on(model).knowledge(base).build()) {
 *   Answer answer = answerer.answer(question);
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads. It throws {@link IllegalStateException} once it, the model or
 * the knowledge base is closed. An interrupted thread gets a {@link CancellationException} before
 * the next forward pass, and stays interrupted.
 */
public final class TelecomAnswerer implements AutoCloseable {
  private final CitationFinder finder = new CitationFinder();
  private final Grounding grounding;
  private final ScorerPool scorers;
  private final int batchSize;
  private final Scope scope;
  private final Optional<Tokenizer> ownTokenizer;
  private final Optional<LoraAdapter> ownAdapter;
  private final Optional<Lineage> lineage;
  private final Optional<ExecutorService> ownThreads;
  private final Executor executor;
  // a running call holds the read lock, so that closing cannot free what it uses
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private volatile boolean closed;

  /** A question as text. */
  private record Asked(String text, List<String> options) {}

  /**
   * Creates an answerer from settings.
   *
   * @param loaded an adapter that it owns, used instead of the one in the settings
   */
  TelecomAnswerer(
      AnswererBuilder settings,
      Tokenizer tokenizer,
      QuestionPrompt prompt,
      Optional<AdapterFolder.Loaded> loaded) {
    LanguageModel model = settings.model;
    int context = model.config().contextLength();
    PromptedModel prompted = new PromptedModel(model, tokenizer, prompt);
    grounding = new Grounding(prompt, prompted.tokens(), settings.knowledge, context);
    batchSize = settings.batchSize;
    int[] instruction = OptionScorer.instruction(prompt, tokenizer);
    scope = Scope.open(model.device());
    ownAdapter = loaded.map(AdapterFolder.Loaded::adapter);
    lineage = loaded.flatMap(AdapterFolder.Loaded::lineage);
    Deltas deltas = deltas(ownAdapter.or(() -> settings.adapter), model, scope);
    scorers =
        new ScorerPool(
            settings.concurrency,
            () -> new OptionScorer(model, deltas, settings.scoring, instruction));
    ownTokenizer = settings.tokenizer.isPresent() ? Optional.empty() : Optional.of(tokenizer);
    ownThreads =
        settings.executor.isPresent()
            ? Optional.empty()
            : Optional.of(daemonThreads(settings.concurrency));
    executor = settings.executor.orElseGet(ownThreads::orElseThrow);
  }

  private static Deltas deltas(Optional<LoraAdapter> adapter, LanguageModel model, Scope owner) {
    try {
      return adapter.map(a -> a.deltas(model.computeType(), owner)).orElse(Deltas.none());
    } catch (RuntimeException e) {
      owner.close();
      throw e;
    }
  }

  /** Starts the settings of an answerer with this model; all have defaults. */
  public static AnswererBuilder on(LanguageModel model) {
    requireNonNull(model, "model is null");
    return new AnswererBuilder(model);
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
    requireNonNull(question, "question is null");
    requireNonNull(options, "options is null");
    checkArgument(!question.isBlank(), "the question is blank");
    for (int i = 0; i < options.size(); i++) {
      String option = options.get(i);
      checkArgument(!option.isBlank(), "option %s is blank", i + 1);
      int first = options.indexOf(option);
      checkArgument(
          first == i, "options %s and %s are both \"%s\"", first + 1, i + 1, Quoted.line(option));
    }
    return answerAll(List.of(new Asked(question, options))).get(0);
  }

  /** Answers questions, several in one forward pass, as if they were asked one by one. */
  public List<Answer> answer(List<Question> questions) {
    requireNonNull(questions, "questions is null");
    return answerAll(questions.stream().map(q -> new Asked(q.text(), q.options())).toList());
  }

  /**
   * Answers a question on another thread; the future fails with the exceptions of {@link
   * #answer(Question)}.
   */
  public CompletableFuture<Answer> answerAsync(Question question) {
    requireNonNull(question, "question is null");
    return async(() -> answer(question));
  }

  /**
   * Answers a question on another thread; the future fails with the exceptions of {@link
   * #answer(String, List)}.
   */
  public CompletableFuture<Answer> answerAsync(String question, List<String> options) {
    requireNonNull(question, "question is null");
    requireNonNull(options, "options is null");
    return async(() -> answer(question, options));
  }

  private CompletableFuture<Answer> async(Supplier<Answer> work) {
    return open(() -> CompletableFuture.supplyAsync(work, executor));
  }

  private List<Answer> answerAll(List<Asked> questions) {
    return open(
        () -> {
          List<Answer> answers = new ArrayList<>(questions.size());
          for (List<Asked> batch : Lists.partition(questions, batchSize)) {
            answers.addAll(scorers.use(scorer -> answerBatch(batch, scorer)));
          }
          return answers;
        });
  }

  private List<Answer> answerBatch(List<Asked> batch, OptionScorer scorer) {
    requireOpen();
    Interrupts.check("interrupted before the model read the question");
    List<Grounded<RenderedQuestion>> grounded =
        batch.stream().map(asked -> ground(asked, scorer)).toList();
    List<OptionScores> scores = scorer.score(grounded.stream().map(Grounded::question).toList());
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      answers.add(cited(batch.get(i), scores.get(i), grounded.get(i)));
    }
    return answers;
  }

  private Grounded<RenderedQuestion> ground(Asked asked, OptionScorer scorer) {
    Grounded<RenderedQuestion> grounded =
        grounding.ask(asked.text(), asked.options(), scorer::tokens);
    checkArgument(
        grounded.fits(),
        "the question takes %s tokens without any reference, the context length of the model is %s",
        grounded.tokens(),
        grounding.budget());
    return grounded;
  }

  private Answer cited(Asked asked, OptionScores scores, Grounded<RenderedQuestion> grounded) {
    Answer answer = Answer.of(asked.text(), asked.options(), scores, grounded.passages());
    List<Citation> citations =
        finder.find(grounded.passages(), asked.text(), answer.text()).stream().toList();
    return answer.citing(citations);
  }

  private <T> T open(Supplier<T> call) {
    lock.readLock().lock();
    try {
      requireOpen();
      return call.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  private void requireOpen() {
    checkState(!closed, "the answerer is closed");
  }

  private static ExecutorService daemonThreads(int count) {
    return Executors.newFixedThreadPool(
        count,
        new ThreadFactoryBuilder().setNameFormat("telecom-answerer-%d").setDaemon(true).build());
  }

  /**
   * Waits for running forward passes, then frees what it owns; calls that wait for a pass fail. A
   * second call does nothing.
   */
  @Override
  public void close() {
    closed = true;
    lock.writeLock().lock();
    try {
      ownThreads.ifPresent(ExecutorService::shutdown);
      scorers.close();
      scope.close();
      ownAdapter.ifPresent(LoraAdapter::close);
      ownTokenizer.ifPresent(Tokenizer::close);
    } finally {
      lock.writeLock().unlock();
    }
  }
}
