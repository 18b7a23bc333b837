package io.telecomllm.training.run;

import io.telecomllm.Internal;
import io.telecomllm.training.batching.Example;
import java.util.List;

/**
 * What a run trains on, one by one: questions, or pairs of answers. An item is one or several
 * examples that are computed together.
 */
@Internal
public interface Items {
  /** Returns the number of items to train on, at least 1. */
  int size();

  /** Returns the id of an item, for messages. */
  String id(int item);

  /** Returns the examples of an item as an epoch presents it, the same whenever it is asked for. */
  List<Example> examples(int item, int epoch);

  /** Returns the items of evaluations. */
  List<List<Example>> validation();

  /** Returns some items, at least one, whose lengths represent those of all. */
  List<List<Example>> typical();

  /** Returns the number of items left out because they are too long. */
  int skipped();
}
