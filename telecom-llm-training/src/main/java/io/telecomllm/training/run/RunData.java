package io.telecomllm.training.run;

import com.google.common.collect.Lists;
import com.google.common.primitives.Ints;
import io.telecomllm.data.EpochOrder;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.batching.TrainingNoise;
import io.telecomllm.training.memory.QuestionLengths;
import io.telecomllm.training.settings.TrainingConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which items belong to each step of a run, and their micro-batches. Both follow from the settings,
 * the epoch and the step.
 */
record RunData(TrainingConfig config, Items items) {
  /** The number of micro-batches of an evaluation between two checks whether to stop. */
  private static final int VALIDATION_BATCHES = 8;

  /** The items of one step. */
  record Step(int epoch, List<String> ids, List<List<Example>> items) {}

  boolean hasValidation() {
    return !items.validation().isEmpty();
  }

  private long stepsPerEpoch() {
    int batch = config.effectiveBatch();
    return ((long) items.size() + batch - 1) / batch;
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

  /** Returns the items of a step, counted from 1. */
  Step step(long step) {
    int epoch = epoch(step);
    int[] order = EpochOrder.order(items.size(), config.seed(), epoch);
    int from = Math.toIntExact((step - 1) % stepsPerEpoch()) * config.effectiveBatch();
    int to = Math.min(order.length, from + config.effectiveBatch());
    List<String> ids = new ArrayList<>();
    List<List<Example>> examples = new ArrayList<>();
    for (int i = from; i < to; i++) {
      ids.add(items.id(order[i]));
      examples.add(items.examples(order[i], epoch));
    }
    return new Step(epoch, ids, examples);
  }

  /** Packs items into the micro-batches of a step. */
  StepBatch batch(List<List<Example>> some, int microBatch, TrainingNoise noise) {
    return new StepBatch(batches(some, microBatch), noise);
  }

  private List<PackedBatch> batches(List<List<Example>> some, int microBatch) {
    return Lists.partition(some, microBatch).stream()
        .map(part -> PackedBatch.of(flat(part), config.packing()))
        .toList();
  }

  private static List<Example> flat(List<List<Example>> some) {
    return some.stream().flatMap(List::stream).toList();
  }

  /** Returns the validation items, a few micro-batches at a time. */
  List<StepBatch> validation(int microBatch) {
    return Lists.partition(batches(items.validation(), microBatch), VALIDATION_BATCHES).stream()
        .map(StepBatch::new)
        .toList();
  }

  /** Returns the lengths of the items. */
  QuestionLengths lengths() {
    List<Example> some = items.typical().stream().map(RunData::whole).toList();
    int[] first = some.get(0).ids();
    int shared = config.packing() ? first.length : 0;
    for (Example example : some) {
      // what is to be predicted is not shared, even by a single question
      int prompt = example.ids().length - example.supervised();
      shared = Math.min(shared, Math.min(prompt, common(first, example.ids())));
    }
    return QuestionLengths.of(some, shared);
  }

  /** Returns an item as one example, with the rows that its first example shares held once. */
  private static Example whole(List<Example> item) {
    Example first = item.get(0);
    int[] ids = first.ids();
    int[] labels = first.labels();
    for (Example next : item.subList(1, item.size())) {
      int answer = next.supervised();
      int from = next.ids().length - answer;
      ids = Ints.concat(ids, Arrays.copyOfRange(next.ids(), from, next.ids().length));
      labels = Ints.concat(labels, Arrays.copyOfRange(next.labels(), from, next.ids().length));
    }
    return item.size() == 1 ? first : new Example(ids, labels);
  }

  private static int common(int[] a, int[] b) {
    int at = Arrays.mismatch(a, b);
    return at < 0 ? a.length : at;
  }
}
