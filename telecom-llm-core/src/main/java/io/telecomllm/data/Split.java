package io.telecomllm.data;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The questions to train on and the questions to measure with. Immutable.
 *
 * @param training the questions that a model may be trained on
 * @param validation the questions that it must not be trained on
 */
public record Split(List<Question> training, List<Question> validation) {
  /** Checks that no id appears twice, on one side or on both. */
  public Split {
    training = List.copyOf(training);
    validation = List.copyOf(validation);
    Set<String> ids = new HashSet<>();
    training.forEach(q -> checkArgument(ids.add(q.id()), "id \"%s\" appears twice", q.id()));
    validation.forEach(q -> checkArgument(ids.add(q.id()), "id \"%s\" appears twice", q.id()));
  }

  /** Returns a record of which questions these are, to be stored with a run and compared. */
  public SplitManifest manifest() {
    return SplitManifest.of(this);
  }

  /**
   * Returns the near-duplicates that the two sides share. Empty for a split made by {@link
   * TeleQnADataset#split}.
   */
  public List<Overlap> overlaps() {
    return Overlap.between(training, validation);
  }
}
