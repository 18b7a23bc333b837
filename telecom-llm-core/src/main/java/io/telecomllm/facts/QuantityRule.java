package io.telecomllm.facts;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Compares quantities with those of the close sentences that measure the same. */
final class QuantityRule implements Comparison {
  @Override
  public List<Finding> compare(Claim claim, Evidence evidence) {
    return Quantity.in(claim.text()).stream()
        .map(claimed -> compare(claimed, evidence))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<Finding> compare(Quantity claimed, Evidence evidence) {
    return evidence.compare(
        Rule.QUANTITY,
        claimed.written(),
        said ->
            Quantity.in(said).stream()
                .filter(q -> q.dimension().matches(claimed.dimension()))
                .toList(),
        claimed::equal,
        there -> there.stream().map(Quantity::written).collect(Collectors.joining(", ")));
  }
}
