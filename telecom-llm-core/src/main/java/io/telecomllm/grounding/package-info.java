/**
 * A question and what is known about it, as a prompt that fits the model. {@link
 * io.telecomllm.grounding.Grounding} searches the knowledge base, puts the best passages before the
 * question as references, and leaves out the last of them until the prompt fits; training,
 * evaluation and answering all use it, so a model is asked as it was taught.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.grounding;
