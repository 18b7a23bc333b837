package io.telecomllm.training.questions;

import io.telecomllm.data.Question;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What became of the windows. Immutable.
 *
 * @param kept the questions that passed every check, in the order of their windows
 * @param rejected the others, in the order of their windows
 */
public record GenerationReport(List<GeneratedQuestion> kept, List<RejectedQuestion> rejected) {
  /** Keeps copies of the lists. */
  public GenerationReport {
    kept = List.copyOf(kept);
    rejected = List.copyOf(rejected);
  }

  /** Returns the questions that were kept. */
  public List<Question> questions() {
    return kept.stream().map(GeneratedQuestion::question).toList();
  }

  /** Returns how many were rejected for each reason; reasons that did not occur are left out. */
  public Map<RejectedQuestion.Reason, Integer> reasons() {
    Map<RejectedQuestion.Reason, Integer> reasons = new EnumMap<>(RejectedQuestion.Reason.class);
    rejected.forEach(each -> reasons.merge(each.reason(), 1, Integer::sum));
    return reasons;
  }
}
