package io.telecomllm.inference.evaluation;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.Lists;
import io.telecomllm.data.Question;
import io.telecomllm.inference.Answer;
import io.telecomllm.inference.TelecomAnswerer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Measures an answerer on questions whose answers are known. Immutable; each setting returns a
 * changed copy.
 */
public final class Evaluator {
  private final TelecomAnswerer answerer;
  private final EvaluationListener listener;
  private final BooleanSupplier cancelled;

  private Evaluator(
      TelecomAnswerer answerer, EvaluationListener listener, BooleanSupplier cancelled) {
    this.answerer = answerer;
    this.listener = listener;
    this.cancelled = cancelled;
  }

  /** Measures this answerer, which it does not close. */
  public static Evaluator on(TelecomAnswerer answerer) {
    requireNonNull(answerer, "answerer is null");
    return new Evaluator(answerer, (done, total, right) -> {}, () -> false);
  }

  /** Sets the listener to notify after every batch. */
  public Evaluator listener(EvaluationListener value) {
    requireNonNull(value, "listener is null");
    return new Evaluator(answerer, value, cancelled);
  }

  /**
   * Sets a condition that cancels the evaluation before the next batch, as an interrupt of the
   * thread does.
   */
  public Evaluator cancelWhen(BooleanSupplier value) {
    requireNonNull(value, "cancelWhen is null");
    return new Evaluator(answerer, listener, value);
  }

  /**
   * Answers the questions in batches and compares the answers with the right ones.
   *
   * @param questions at least one
   * @throws CancellationException if it is cancelled, naming the number of answered questions; an
   *     interrupted thread stays interrupted
   */
  public Evaluation evaluate(List<Question> questions) {
    requireNonNull(questions, "questions is null");
    checkArgument(!questions.isEmpty(), "questions are empty, expected at least one");
    long start = System.nanoTime();
    List<Outcome> outcomes = new ArrayList<>(questions.size());
    int right = 0;
    for (List<Question> batch : Lists.partition(questions, answerer.batchSize())) {
      if (Thread.currentThread().isInterrupted() || cancelled.getAsBoolean()) {
        throw new CancellationException(
            "evaluation cancelled after " + outcomes.size() + " of " + questions.size());
      }
      List<Answer> answers = answerer.answer(batch);
      for (int i = 0; i < batch.size(); i++) {
        Outcome outcome = Outcome.of(batch.get(i), answers.get(i));
        outcomes.add(outcome);
        right += outcome.right() ? 1 : 0;
      }
      listener.progress(outcomes.size(), questions.size(), right);
    }
    return new Evaluation(outcomes, (System.nanoTime() - start) / 1e9);
  }
}
