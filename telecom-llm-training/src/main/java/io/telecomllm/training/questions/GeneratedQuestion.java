package io.telecomllm.training.questions;

import io.telecomllm.data.Question;
import io.telecomllm.knowledge.Citation;

/**
 * A question that was kept. Immutable.
 *
 * @param question the question with its explanation; its options are shuffled
 * @param citation the words of the knowledge base that support its answer
 */
public record GeneratedQuestion(Question question, Citation citation) {}
