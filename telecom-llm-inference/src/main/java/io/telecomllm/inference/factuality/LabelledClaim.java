package io.telecomllm.inference.factuality;

import io.telecomllm.facts.Claim;

/**
 * A claim of which it is known whether it holds. Immutable.
 *
 * @param source the id of the question, or of the clause, that it is made from; claims of one
 *     source are not independent
 * @param claim the claim
 * @param change what is false about it
 */
public record LabelledClaim(String source, Claim claim, Change change) {}
