package io.telecomllm.inference;

import static java.util.Objects.requireNonNull;

import io.telecomllm.knowledge.Citation;
import java.util.List;
import java.util.Optional;

/**
 * An answer that is given: one of the options that were offered. Immutable.
 *
 * @param choice what the model chooses
 * @param citations verbatim quotations of the passages that support the chosen option; empty if
 *     none does
 */
public record Answered(ModelChoice choice, List<Citation> citations) implements Answer {
  /** Copies the citations. */
  public Answered {
    requireNonNull(choice, "choice is null");
    citations = List.copyOf(citations);
  }

  @Override
  public Optional<Answered> given() {
    return Optional.of(this);
  }

  /** Returns the chosen option, counted from 0: the first with the highest probability. */
  public int option() {
    return choice.option();
  }

  /** Returns the text of the chosen option. */
  public String text() {
    return choice.text();
  }

  /** Returns whether a passage supports the chosen option, so that there is a citation. */
  public boolean supported() {
    return !citations.isEmpty();
  }
}
