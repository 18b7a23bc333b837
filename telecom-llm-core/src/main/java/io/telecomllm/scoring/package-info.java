/**
 * Computes how probable a model finds each option of a question. Training, evaluation, the probes
 * of an adapter, merge reports and answers all use this scorer.
 *
 * <h2>Concepts</h2>
 *
 * <ul>
 *   <li>{@link io.telecomllm.scoring.Scoring} says which part of an answer counts: its label
 *       ("option k", the default) or all of it.
 *   <li>{@link io.telecomllm.scoring.OptionScorer} scores rendered questions with a model and the
 *       deltas of an adapter.
 *   <li>{@link io.telecomllm.scoring.OptionScores} holds the log-probability of each option, the
 *       probabilities among the options offered, the best option and ties.
 *   <li>{@link io.telecomllm.scoring.PromptedModel} is a model with the tokenizer and the prompt by
 *       which it reads questions.
 * </ul>
 *
 * <h2>One pass for many options</h2>
 *
 * <p>A question becomes a {@code Choice}: a stem (the prompt and what all answers begin with) and a
 * tail for each option. Stems and tails of several questions form one tree of segments, a {@code
 * ScoringBatch}: every tail continues its stem, every stem continues the instruction, which stays
 * in a {@link io.telecomllm.model.KvCache} between calls. So one forward pass of about 1,000 tokens
 * reads several questions, and no token is read twice.
 *
 * <h2>Shapes</h2>
 *
 * <p>The pass returns logits of the wanted rows only, (wanted, vocabulary): the last row of each
 * stem and every row of a tail but its last. The score of an option is the sum, as {@code double},
 * of the log-probabilities of its tail's tokens. Scores of one question are comparable with each
 * other, scores of different questions are not.
 *
 * <h2>Ownership</h2>
 *
 * <p>A scorer owns its cache and is closed; it does not own the model or the deltas. One thread
 * uses it at a time: many threads use a pool of scorers on one model.
 *
 * <h2>Where to start reading</h2>
 *
 * <p>{@code Choice.of} cuts a question, {@code ScoringBatch} lays out a pass, {@code
 * OptionScorer.pass} runs it.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.scoring;
