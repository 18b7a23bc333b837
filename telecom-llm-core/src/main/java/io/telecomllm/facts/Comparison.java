package io.telecomllm.facts;

import java.util.List;

/** Compares claims with evidence by a {@link Rule}. */
interface Comparison {
  /** Returns what is found; empty if the claim has nothing of the kind that is compared. */
  List<Finding> compare(Claim claim, Evidence evidence);
}
