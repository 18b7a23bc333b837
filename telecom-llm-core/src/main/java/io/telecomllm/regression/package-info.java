/**
 * Logistic regression: what fits the confidence of answers and the relevance of passages. Plain
 * Java over numbers; {@link io.telecomllm.regression.LogisticRegression} is all of it.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.regression;
