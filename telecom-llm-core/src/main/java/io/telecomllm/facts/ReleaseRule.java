package io.telecomllm.facts;

import io.telecomllm.knowledge.Releases;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** Compares the releases that a claim mentions with those that the closest sentences mention. */
final class ReleaseRule implements Comparison {
  @Override
  public List<Finding> compare(Claim claim, Evidence evidence) {
    Set<String> claimed = Releases.in(claim.text());
    if (claimed.isEmpty()) {
      return List.of();
    }
    Finding other = null;
    for (Evidence.Said said : evidence.close()) {
      Set<String> there = Releases.in(said.text());
      if (!Collections.disjoint(claimed, there)) {
        return List.of(Finding.agrees(Rule.RELEASE, named(claimed), said.citation()));
      }
      if (other == null && !there.isEmpty()) {
        String detail = named(claimed) + ", the evidence has " + named(there);
        other = Finding.contradicts(Rule.RELEASE, detail, said.citation());
      }
    }
    return other != null
        ? List.of(other)
        : List.of(Finding.without(Rule.RELEASE, Finding.Outcome.UNVERIFIED, named(claimed)));
  }

  private static String named(Set<String> releases) {
    return "release " + String.join(", ", releases);
  }
}
