package io.telecomllm.training.run;

import com.google.common.collect.Lists;
import io.telecomllm.InvalidDataException;
import io.telecomllm.data.EpochOrder;
import io.telecomllm.data.OptionShuffle;
import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.prompt.RenderedQuestion;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.batching.TrainingNoise;
import io.telecomllm.training.memory.QuestionLengths;
import io.telecomllm.training.settings.TrainingConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * The questions of a run as what is computed: which come in which step, as token ids. All of it
 * follows from the settings, the epoch and the step.
 */
final class TrainingData {
  /** Micro-batches of an evaluation between two looks at whether to stop. */
  private static final int VALIDATION_BATCHES = 8;

  private final TrainingConfig config;
  private final Function<Question, RenderedQuestion> renderer;
  private final List<Question> training;
  private final List<Example> validation;
  private final int skipped;

  /** The questions of one step. */
  record Step(int epoch, List<String> ids, List<Example> examples) {}

  /**
   * @param limit the most tokens of a question with its answer
   * @throws InvalidDataException if there is nothing to learn from
   */
  TrainingData(
      TrainingConfig config,
      Split split,
      Function<Question, RenderedQuestion> renderer,
      int limit) {
    this.config = config;
    this.renderer = renderer;
    List<Question> fitting = new ArrayList<>();
    int shortest = Integer.MAX_VALUE;
    for (Question question : split.training()) {
      int length = example(question).ids().length;
      shortest = Math.min(shortest, length);
      if (length <= limit) {
        fitting.add(question);
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
                      + limit
                      + " tokens with its answer; the shortest has "
                      + shortest));
    }
    this.training = List.copyOf(fitting);
    this.validation =
        split.validation().stream()
            .map(this::example)
            .filter(example -> example.ids().length <= limit)
            .toList();
    this.skipped = split.training().size() - training.size();
  }

  private Example example(Question question) {
    RenderedQuestion rendered = renderer.apply(question);
    return Example.of(rendered.promptIds(), rendered.answerIds());
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

  /** Optimizer steps of the whole run. */
  long steps() {
    long all = stepsPerEpoch() * config.epochs();
    return config.maxSteps() > 0 ? Math.min(all, config.maxSteps()) : all;
  }

  /** The epoch that a step belongs to, both counted from 1. */
  int epoch(long step) {
    return Math.toIntExact((step - 1) / stepsPerEpoch()) + 1;
  }

  /** Whether an epoch, or the run, ends with that step, counted from 1. */
  boolean endsEpoch(long step) {
    return step > 0 && (step % stepsPerEpoch() == 0 || step == steps());
  }

  /** What that step learns from, counted from 1. */
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
      examples.add(
          example(
              config.shuffleOptions()
                  ? OptionShuffle.shuffle(question, config.seed(), epoch)
                  : question));
    }
    return new Step(epoch, ids, examples);
  }

  /** Examples as the micro-batches of a step. */
  StepBatch batch(List<Example> examples, int microBatch, TrainingNoise noise) {
    return new StepBatch(batches(examples, microBatch), noise);
  }

  private List<PackedBatch> batches(List<Example> examples, int microBatch) {
    return Lists.partition(examples, microBatch).stream()
        .map(part -> PackedBatch.of(part, config.packing()))
        .toList();
  }

  /** The validation questions, a few micro-batches at a time. */
  List<StepBatch> validation(int microBatch) {
    return Lists.partition(batches(validation, microBatch), VALIDATION_BATCHES).stream()
        .map(StepBatch::new)
        .toList();
  }

  /** How long the questions are. */
  QuestionLengths lengths() {
    List<Example> some = training.stream().limit(256).map(this::example).toList();
    int[] first = some.get(0).ids();
    int shared = config.packing() ? first.length - 1 : 0;
    for (Example example : some) {
      shared = Math.min(shared, Math.min(example.ids().length - 1, common(first, example.ids())));
    }
    return QuestionLengths.of(some, shared);
  }

  private static int common(int[] a, int[] b) {
    int at = Arrays.mismatch(a, b);
    return at < 0 ? a.length : at;
  }
}
