/**
 * Turns a question and a knowledge base into a prompt that fits the model.
 *
 * <p>{@link io.telecomllm.grounding.Grounding} searches the knowledge base for the question, writes
 * the best passages before it as references, and drops the last reference until the prompt fits the
 * budget of tokens. A question that does not fit without references is marked so: training leaves
 * it out, answering refuses it. {@link io.telecomllm.grounding.Knowledge} is the base with the
 * number of references.
 *
 * <p>Training, validation and answering use the same grounding, so a model is asked as it was
 * taught. Uses {@code prompt} and {@code knowledge}; owns nothing.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.grounding;
