/**
 * Finds out what a model knows before it is trained (Gekhman et al. 2024): questions that it
 * answers always, sometimes, or never, with their options in several orders. {@link
 * io.telecomllm.training.known.KnowledgeProbe} asks, {@link
 * io.telecomllm.training.known.KnownQuestions} holds what was found and filters by it.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.known;
