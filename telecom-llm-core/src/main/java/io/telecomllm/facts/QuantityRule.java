package io.telecomllm.facts;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Compares quantities with those of the closest sentences. One agrees if it occurs there; it is
 * contradicted if there are only other values of its dimension.
 */
final class QuantityRule implements Comparison {
  @Override
  public List<Finding> compare(Claim claim, Evidence evidence) {
    List<Finding> findings = new ArrayList<>();
    for (Quantity quantity : Quantity.in(claim.text())) {
      compare(quantity, evidence.close()).ifPresent(findings::add);
    }
    return findings;
  }

  private static Optional<Finding> compare(Quantity claimed, List<Evidence.Said> close) {
    Optional<Finding> other = Optional.empty();
    for (Evidence.Said said : close) {
      List<Quantity> there =
          Quantity.in(said.text()).stream()
              .filter(q -> q.dimension().matches(claimed.dimension()))
              .toList();
      if (there.stream().anyMatch(claimed::equal)) {
        return Optional.of(Finding.agrees(Rule.QUANTITY, claimed.written(), said.citation()));
      }
      if (other.isEmpty() && !there.isEmpty()) {
        String values = there.stream().map(Quantity::written).collect(Collectors.joining(", "));
        other =
            Optional.of(
                Finding.contradicts(
                    Rule.QUANTITY,
                    claimed.written() + ", the evidence has " + values,
                    said.citation()));
      }
    }
    return other;
  }
}
