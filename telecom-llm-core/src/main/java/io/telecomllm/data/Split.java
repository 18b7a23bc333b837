package io.telecomllm.data;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Questions to learn from and questions to measure by. Immutable.
 *
 * @param training the questions that a model may see
 * @param validation the questions that it must not see; no id is on both sides or twice on one
 */
public record Split(List<Question> training, List<Question> validation) {
  /** Checks that no id comes twice. */
  public Split {
    training = List.copyOf(training);
    validation = List.copyOf(validation);
    Set<String> ids = new HashSet<>();
    training.forEach(q -> checkArgument(ids.add(q.id()), "id \"%s\" comes twice", q.id()));
    validation.forEach(q -> checkArgument(ids.add(q.id()), "id \"%s\" comes twice", q.id()));
  }

  /** Which questions these are, in a form that can be kept beside a run and compared. */
  public SplitManifest manifest() {
    return SplitManifest.of(this);
  }

  /**
   * What both sides have in common: near-duplicates, since ids are never shared. Empty for a split
   * made by {@link TeleQnADataset#split}.
   */
  public List<Overlap> overlaps() {
    return Overlap.between(training, validation);
  }
}
