/**
 * Checks what a text claims against a knowledge base.
 *
 * <p>A {@link io.telecomllm.facts.FactChecker} cuts a text into {@link io.telecomllm.facts.Claim}s,
 * a sentence each, and retrieves evidence for each one by a query that does not hold the claim's
 * own numbers and quotations, so that a wrong value does not find its like. Rules then compare what
 * can be compared exactly ({@link io.telecomllm.facts.Rule}): the clauses that are named, verbatim
 * quotations, quantities with their units, obligations, negations, acronyms and releases. What
 * rules cannot decide a {@link io.telecomllm.facts.Judge} does: by the words that claim and
 * evidence share, or by a language model's own probabilities of yes, no and cannot tell.
 *
 * <p>The result is a {@link io.telecomllm.facts.Verdict} for each claim with the quotation that it
 * rests on. A claim for which nothing is found is never called false.
 *
 * <p>Uses {@code knowledge}, and {@code scoring} for the language model. Everything is immutable
 * but the judge that holds a model's cache, which is closed.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.facts;
