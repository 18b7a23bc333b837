package io.telecomllm.generation;

/**
 * A generated token.
 *
 * @param id its id
 * @param text what it added to the text: whole characters, so it may be empty until the next token
 *     completes one, or until it is certain that no stop text begins here
 * @param logProbability the natural logarithm of its probability by the model, before temperature,
 *     penalties and constraint
 */
public record GeneratedToken(int id, String text, double logProbability) {}
