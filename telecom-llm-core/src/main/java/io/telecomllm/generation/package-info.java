/**
 * Writes text with a language model: answers to conversations, and continuations of plain text.
 *
 * <h2>Concepts</h2>
 *
 * <ul>
 *   <li>{@link io.telecomllm.generation.TextGenerator} is the front door: a model, its tokenizer
 *       and chat template, and an adapter. {@link io.telecomllm.generation.Conversation} keeps a
 *       cache between turns.
 *   <li>{@link io.telecomllm.generation.GenerationConfig} says how the next token is chosen and
 *       when a text ends.
 *   <li>{@link io.telecomllm.generation.constraint.Constraint} says what a text may be: one of
 *       several options, or JSON.
 *   <li>{@link io.telecomllm.generation.Generation} is the text with its tokens, their
 *       log-probabilities, why it ended, and what it took.
 * </ul>
 *
 * <h2>One step</h2>
 *
 * <p>A {@code Decoding} is a text in the making and knows nothing of models: it says which tokens
 * to read next, and goes on with the logits of the last ones. A {@code GenerationPass} reads them.
 * With guesses ({@code PromptLookup}) a step reads several tokens and keeps those that would have
 * been chosen anyway; since each is chosen in turn by the same {@code TokenSelector}, neither
 * greedy nor drawn texts change.
 *
 * <h2>The next token</h2>
 *
 * <p>{@code TokenSelector} applies penalties, then the constraint, then takes the best token or
 * lets a {@code Sampler} draw one, in the order that transformers has. Log-probabilities are the
 * model's own, before all of this.
 *
 * <h2>Text</h2>
 *
 * <p>A token may be a part of a character. {@code TextStream} passes on whole characters, and holds
 * back what may become a stop text.
 *
 * <h2>Where to start reading</h2>
 *
 * <p>{@code TextGenerator.run}, then {@code Decoding.advance}.
 */
@NullMarked
package io.telecomllm.generation;

import org.jspecify.annotations.NullMarked;
