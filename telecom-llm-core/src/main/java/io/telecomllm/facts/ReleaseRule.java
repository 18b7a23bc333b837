package io.telecomllm.facts;

import io.telecomllm.knowledge.Releases;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Compares the releases that a claim mentions with those that the close sentences mention. */
final class ReleaseRule implements Comparison {
  @Override
  public List<Finding> compare(Claim claim, Evidence evidence) {
    Set<String> claimed = Releases.in(claim.text());
    return claimed.isEmpty()
        ? List.of()
        : List.of(
            evidence
                .compare(
                    Rule.RELEASE,
                    named(claimed),
                    Releases::in,
                    claimed::contains,
                    ReleaseRule::named)
                .orElseGet(
                    () ->
                        Finding.without(Rule.RELEASE, Finding.Outcome.UNVERIFIED, named(claimed))));
  }

  private static String named(Collection<String> releases) {
    return "release " + String.join(", ", releases);
  }
}
