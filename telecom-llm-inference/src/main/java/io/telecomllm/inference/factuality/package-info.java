/**
 * Measures how good a {@link io.telecomllm.facts.FactChecker} is.
 *
 * <p>{@link io.telecomllm.inference.factuality.LabelledClaims} makes claims of which it is known
 * whether they hold: answers to questions, right and wrong, and sentences of a knowledge base as
 * they are and with one thing changed ({@link io.telecomllm.inference.factuality.Change}). {@link
 * io.telecomllm.inference.factuality.FactCheckEvaluator} has them checked, and its {@link
 * io.telecomllm.inference.factuality.FactCheckFigures} say how many were told apart, with
 * intervals.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.inference.factuality;
