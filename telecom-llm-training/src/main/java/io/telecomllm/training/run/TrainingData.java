package io.telecomllm.training.run;

import com.google.common.collect.Lists;
import io.telecomllm.InvalidDataException;
import io.telecomllm.data.EpochOrder;
import io.telecomllm.data.OptionShuffle;
import io.telecomllm.data.Question;
import io.telecomllm.data.Refutations;
import io.telecomllm.data.Split;
import io.telecomllm.grounding.Grounding;
import io.telecomllm.grounding.Grounding.Grounded;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.prompt.EncodedAnswer;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.Offer;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.batching.TrainingNoise;
import io.telecomllm.training.memory.QuestionLengths;
import io.telecomllm.training.settings.RetrievalConfig;
import io.telecomllm.training.settings.TrainingConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The questions of a run as token ids, and which of them belong to each step. Both follow from the
 * settings, the epoch and the step.
 */
final class TrainingData {
  /** The number of micro-batches of an evaluation between two checks whether to stop. */
  private static final int VALIDATION_BATCHES = 8;

  /** The number of questions whose lengths represent those of all. */
  private static final int MEASURED = 256;

  private final TrainingConfig config;
  private final Grounding grounding;
  private final Sources sources;
  private final Refuted refuted;
  private final boolean changing;
  private final List<Question> training;
  // the same in each epoch; empty if each epoch shuffles or draws
  private final List<Example> unchanging;
  private final List<Example> validation;
  private final QuestionLengths lengths;
  private final int skipped;

  /** The questions of one step. */
  record Step(int epoch, List<String> ids, List<Example> examples) {}

  /**
   * Renders every question once.
   *
   * @param grounding its budget is the most tokens of a question with its answer
   * @throws InvalidDataException if there are no training questions, or none fits the budget
   */
  TrainingData(TrainingConfig config, Split split, Grounding grounding, Sources sources) {
    this.config = config;
    this.grounding = grounding;
    this.sources = sources;
    this.refuted =
        new Refuted(sources.refutations().map(Sources.Checked::refutations).orElse(Refutations.NONE));
    this.changing =
        config.shuffleOptions() || config.abstentionShare() > 0 || !config.retrieval().none();
    List<Question> fitting = new ArrayList<>();
    List<Example> examples = new ArrayList<>();
    int shortest = Integer.MAX_VALUE;
    for (Question question : split.training()) {
      Grounded<EncodedAnswer> taught = grounding.teach(question);
      shortest = Math.min(shortest, taught.tokens());
      if (taught.fits()) {
        fitting.add(question);
        if (!changing || examples.size() < MEASURED) {
          examples.add(example(question, taught));
        }
      }
    }
    if (fitting.isEmpty()) {
      throw new InvalidDataException(
          "nothing to learn from: "
              + split.training().size()
              + " training questions"
              + (split.training().isEmpty()
                  ? ""
                  : ", of which none fits "
                      + grounding.budget()
                      + " tokens with its answer; the shortest has "
                      + shortest));
    }
    this.training = List.copyOf(fitting);
    this.unchanging = changing ? List.of() : List.copyOf(examples);
    this.lengths = lengths(examples.subList(0, Math.min(examples.size(), MEASURED)));
    this.validation =
        split.validation().stream()
            .flatMap(
                question ->
                    Stream.of(grounding.teach(question))
                        .filter(Grounded::fits)
                        .map(taught -> example(question, taught)))
            .toList();
    this.skipped = split.training().size() - training.size();
  }

  private Example example(Question question, Grounded<EncodedAnswer> taught) {
    EncodedAnswer encoded = taught.question();
    return encoded
        .choice()
        .map(c -> new Example.Choice(c.position(), offer(question, c)))
        .map(c -> Example.of(encoded.promptIds(), encoded.answerIds(), c, config.textWeight()))
        .orElseGet(() -> Example.of(encoded.promptIds(), encoded.answerIds()));
  }

  private Offer offer(Question question, EncodedAnswer.Choice choice) {
    boolean counts =
        config.penalty().costWeight() > 0 && config.penalty().refutationMultiplier() > 0;
    return new Offer(
        choice.options(),
        choice.abstention().orElse(Offer.NO_ABSTENTION),
        counts ? refuted.of(question) : new float[choice.options().length]);
  }

  List<Question> questions() {
    return training;
  }

  int skipped() {
    return skipped;
  }

  boolean hasValidation() {
    return !validation.isEmpty();
  }

  private long stepsPerEpoch() {
    int batch = config.effectiveBatch();
    return ((long) training.size() + batch - 1) / batch;
  }

  /** Returns the number of optimizer steps of the whole run. */
  long steps() {
    long all = stepsPerEpoch() * config.epochs();
    return config.maxSteps() > 0 ? Math.min(all, config.maxSteps()) : all;
  }

  /** Returns the epoch that a step belongs to, both counted from 1. */
  int epoch(long step) {
    return Math.toIntExact((step - 1) / stepsPerEpoch()) + 1;
  }

  /** Returns whether an epoch, or the run, ends with a step, counted from 1. */
  boolean endsEpoch(long step) {
    return step > 0 && (step % stepsPerEpoch() == 0 || step == steps());
  }

  /** Returns the questions of a step, counted from 1. */
  Step step(long step) {
    int epoch = epoch(step);
    int[] order = EpochOrder.order(training.size(), config.seed(), epoch);
    int from = Math.toIntExact((step - 1) % stepsPerEpoch()) * config.effectiveBatch();
    int to = Math.min(order.length, from + config.effectiveBatch());
    List<String> ids = new ArrayList<>();
    List<Example> examples = new ArrayList<>();
    for (int i = from; i < to; i++) {
      Question question = training.get(order[i]);
      ids.add(question.id());
      examples.add(changing ? example(question, epoch) : unchanging.get(order[i]));
    }
    return new Step(epoch, ids, examples);
  }

  /** Returns a question as an epoch presents it. */
  private Example example(Question given, int epoch) {
    Question question =
        config.shuffleOptions() ? OptionShuffle.shuffle(given, config.seed(), epoch) : given;
    RetrievalConfig retrieval = config.retrieval();
    double drawn = Draw.REFERENCES.of(config.seed(), epoch, question.id());
    boolean distracted = drawn < retrieval.distractorShare();
    boolean closedBook =
        !distracted && drawn < retrieval.distractorShare() + retrieval.closedBookShare();
    Predicate<Clause> kept = distracted ? distracting(question) : clause -> true;
    Grounding shown = closedBook ? grounding.withoutKnowledge() : grounding;
    if (Draw.ABSTENTION.of(config.seed(), epoch, question.id()) < config.abstentionShare()
        && question.options().size() > Question.MIN_OPTIONS
        && !question.optionsPointAtOthers()) {
      Question without = withoutAnswer(question);
      return example(without, shown.teach(without, QuestionPrompt.ABSTAIN, kept));
    }
    return example(question, shown.teach(question, question.answer(), kept));
  }

  private Predicate<Clause> distracting(Question question) {
    BiPredicate<Question, Clause> answering = sources.answering().orElseThrow();
    return clause -> !answering.test(question, clause);
  }

  /** Returns a question without its right option; the answer of what is returned means nothing. */
  private static Question withoutAnswer(Question question) {
    List<String> others = new ArrayList<>(question.options());
    others.remove(question.answer());
    return new Question(
        question.id(), question.text(), others, 0, question.explanation(), question.category());
  }

  /** Packs examples into the micro-batches of a step. */
  StepBatch batch(List<Example> examples, int microBatch, TrainingNoise noise) {
    return new StepBatch(batches(examples, microBatch), noise);
  }

  private List<PackedBatch> batches(List<Example> examples, int microBatch) {
    return Lists.partition(examples, microBatch).stream()
        .map(part -> PackedBatch.of(part, config.packing()))
        .toList();
  }

  /** Returns the validation questions, a few micro-batches at a time. */
  List<StepBatch> validation(int microBatch) {
    return Lists.partition(batches(validation, microBatch), VALIDATION_BATCHES).stream()
        .map(StepBatch::new)
        .toList();
  }

  /** Returns the lengths of the questions. */
  QuestionLengths lengths() {
    return lengths;
  }

  private QuestionLengths lengths(List<Example> some) {
    int[] first = some.get(0).ids();
    int shared = config.packing() ? first.length : 0;
    for (Example example : some) {
      // what is to be predicted is not shared, even by a single question
      int prompt = example.ids().length - example.supervised();
      shared = Math.min(shared, Math.min(prompt, common(first, example.ids())));
    }
    return QuestionLengths.of(some, shared);
  }

  private static int common(int[] a, int[] b) {
    int at = Arrays.mismatch(a, b);
    return at < 0 ? a.length : at;
  }
}
