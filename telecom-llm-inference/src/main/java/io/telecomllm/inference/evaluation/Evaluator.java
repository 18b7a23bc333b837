package io.telecomllm.inference.evaluation;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.Lists;
import io.telecomllm.data.OptionShuffle;
import io.telecomllm.data.Question;
import io.telecomllm.inference.Answer;
import io.telecomllm.inference.TelecomAnswerer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Measures an answerer on questions whose answers are known. Immutable; each setting returns a
 * changed copy.
 */
public final class Evaluator {
  private final TelecomAnswerer answerer;
  private final EvaluationListener listener;
  private final BooleanSupplier cancelled;
  private final Optional<Path> file;

  private Evaluator(
      TelecomAnswerer answerer,
      EvaluationListener listener,
      BooleanSupplier cancelled,
      Optional<Path> file) {
    this.answerer = answerer;
    this.listener = listener;
    this.cancelled = cancelled;
    this.file = file;
  }

  /** Measures this answerer, which it does not close. */
  public static Evaluator on(TelecomAnswerer answerer) {
    requireNonNull(answerer, "answerer is null");
    return new Evaluator(answerer, (done, total, right) -> {}, () -> false, Optional.empty());
  }

  /** Sets the listener to notify after every batch. */
  public Evaluator listener(EvaluationListener value) {
    requireNonNull(value, "listener is null");
    return new Evaluator(answerer, value, cancelled, file);
  }

  /**
   * Sets a condition that cancels the evaluation before the next batch, as an interrupt of the
   * thread does.
   */
  public Evaluator cancelWhen(BooleanSupplier value) {
    requireNonNull(value, "cancelWhen is null");
    return new Evaluator(answerer, listener, value, file);
  }

  /**
   * Sets a file that keeps each answer as it comes. If the evaluation is cancelled or the process
   * killed, the next one with this file goes on after the answers that it has; one that is complete
   * is read without asking anything. It belongs to these questions, the answerer's model, adapter,
   * prompt, knowledge base, calibration and abstention rule; anything else is refused. The result
   * is that of an evaluation in one go but for rounding, about 1e-6 in a probability.
   *
   * @param value a file of JSON Lines, which is created with its folders
   */
  public Evaluator resumeFrom(Path value) {
    requireNonNull(value, "file is null");
    return new Evaluator(answerer, listener, cancelled, Optional.of(value));
  }

  /**
   * Answers the questions in batches and compares the answers with the right ones.
   *
   * @param questions at least one
   * @throws CancellationException if it is cancelled, naming the number of answered questions; an
   *     interrupted thread stays interrupted
   * @throws io.telecomllm.IncompatibleException naming the first difference, if the file that it
   *     resumes from is of another evaluation
   */
  public Evaluation evaluate(List<Question> questions) {
    requireNonNull(questions, "questions is null");
    checkArgument(!questions.isEmpty(), "questions are empty, expected at least one");
    List<TimedOutcome> answers = ask("evaluate", questions, Outcome::right);
    return new Evaluation(
        outcomes(answers), answers.stream().mapToDouble(TimedOutcome::seconds).sum());
  }

  /**
   * Asks questions without offering their right option, to see whether the confidence notices: the
   * best that can be done is to abstain. Only questions of three options or more are asked, no two
   * of them equal and none of which points at others.
   *
   * @param questions any number
   * @return what became of each question that could be asked, in their order
   * @throws CancellationException as {@link #evaluate}; the listener counts the abstentions as
   *     right
   */
  public List<RemovedOption> evaluateWithoutRightOption(List<Question> questions) {
    requireNonNull(questions, "questions is null");
    List<Question> asked =
        questions.stream().filter(Evaluator::canDoWithout).map(Evaluator::without).toList();
    List<TimedOutcome> answers = ask("without right option", asked, outcome -> !outcome.given());
    return outcomes(answers).stream()
        .map(o -> new RemovedOption(o.question().id(), o.choice().confidence(), o.given()))
        .toList();
  }

  private static boolean canDoWithout(Question question) {
    int options = question.options().size();
    return options > Question.MIN_OPTIONS
        && question.options().stream().distinct().count() == options
        && OptionShuffle.rotations(question.text(), question.options(), options).size() == options;
  }

  private static Question without(Question question) {
    List<String> options =
        IntStream.range(0, question.options().size())
            .filter(option -> option != question.answer())
            .mapToObj(question.options()::get)
            .toList();
    // a question must name an option; this one is not compared
    return new Question(question.id(), question.text(), options, 0, "", question.category());
  }

  private static List<Outcome> outcomes(List<TimedOutcome> answers) {
    return answers.stream().map(TimedOutcome::outcome).toList();
  }

  private List<TimedOutcome> ask(String task, List<Question> questions, Predicate<Outcome> good) {
    if (file.isEmpty()) {
      return ask(questions, List.of(), good, more -> {});
    }
    AnswersFile.Head head = AnswersFile.Head.of(answerer, task, questions);
    try (AnswersFile kept = AnswersFile.open(file.get(), head, questions, answerer.batchSize())) {
      return ask(questions, kept.answers(), good, kept::append);
    }
  }

  /**
   * Asks the questions that follow those that are answered.
   *
   * @param keeper is given the answers of each batch
   */
  private List<TimedOutcome> ask(
      List<Question> questions,
      List<TimedOutcome> before,
      Predicate<Outcome> good,
      Consumer<List<TimedOutcome>> keeper) {
    List<TimedOutcome> answers = new ArrayList<>(before);
    int right = count(before, good);
    List<Question> left = questions.subList(before.size(), questions.size());
    for (List<Question> batch : Lists.partition(left, answerer.batchSize())) {
      if (Thread.currentThread().isInterrupted() || cancelled.getAsBoolean()) {
        throw new CancellationException(
            "evaluation cancelled after " + answers.size() + " of " + questions.size());
      }
      List<TimedOutcome> found = answer(batch);
      keeper.accept(found);
      answers.addAll(found);
      right += count(found, good);
      listener.progress(answers.size(), questions.size(), right);
    }
    return answers;
  }

  private static int count(List<TimedOutcome> answers, Predicate<Outcome> good) {
    return (int) answers.stream().map(TimedOutcome::outcome).filter(good).count();
  }

  private List<TimedOutcome> answer(List<Question> batch) {
    long start = System.nanoTime();
    List<Answer> answers = answerer.answer(batch);
    double seconds = (System.nanoTime() - start) / 1e9 / batch.size();
    return IntStream.range(0, batch.size())
        .mapToObj(i -> new TimedOutcome(Outcome.of(batch.get(i), answers.get(i)), seconds))
        .toList();
  }
}
