package io.telecomllm.knowledge;

/**
 * How good a {@link RelevanceGate} was on examples that its weights were not fitted on (five-fold
 * cross-validation). Each example was searched twice: with the clause that answers it, and as if
 * that clause were not in the base. Immutable.
 *
 * @param examples the number of examples
 * @param found in how many of them the search found the clause that answers
 * @param precision the share of relevant ones among the passages that passed, where each example
 *     gives its own clause if it was found, and the best of the others
 * @param recall the share of the clauses found that passed
 * @param refusal the share of the examples, without their clause, whose best passage did not pass
 * @param auroc how probable it is that a relevant passage scores over one that is not, 0 to 1
 */
public record RelevanceFigures(
    int examples, int found, double precision, double recall, double refusal, double auroc) {}
