package io.telecomllm.facts;

import io.telecomllm.knowledge.Passage;
import java.util.List;

/**
 * Decides whether evidence entails claims, where rules cannot. {@link WordJudge} compares words;
 * {@link ModelJudge} asks a language model; a program may bring its own, such as a classifier of
 * entailment. Safe for use by several threads.
 */
@FunctionalInterface
public interface Judge {
  /**
   * A claim with the passages that may decide it.
   *
   * @param passages the evidence, best first; empty if nothing was found
   */
  record Case(Claim claim, List<Passage> passages) {
    /** Keeps a copy of the list. */
    public Case {
      passages = List.copyOf(passages);
    }
  }

  /**
   * Judges claims, each by its own evidence alone.
   *
   * @return one judgement for each, in their order; {@link Judgement#NONE} without evidence
   */
  List<Judgement> judge(List<Case> cases);
}
