/**
 * Makes questions to train on from documents.
 *
 * <p>An {@link io.telecomllm.training.questions.Author}, usually a language model, writes a
 * question in JSON for each window of clauses. {@link
 * io.telecomllm.training.questions.QuestionsFromDocuments} keeps it only if it is well formed,
 * resembles neither a kept question nor one to measure with, holds no shortcut, and a fact checker
 * supports its answer and not its other options; what is not kept is reported with the reason.
 * {@link io.telecomllm.training.questions.LexiconQuestions} makes questions about the terms of a
 * lexicon without any model.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.questions;
