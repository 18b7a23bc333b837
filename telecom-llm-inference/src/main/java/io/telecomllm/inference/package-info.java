/**
 * Answers multiple-choice questions, with probabilities and verbatim citations.
 *
 * <h2>Concepts</h2>
 *
 * <ul>
 *   <li>{@link io.telecomllm.inference.TelecomAnswerer} answers: {@code TelecomAnswerer.on(model)}
 *       returns an {@link io.telecomllm.inference.AnswererBuilder}, which sets the adapter, the
 *       knowledge base, the prompt, and how many questions are computed at a time.
 *   <li>{@link io.telecomllm.inference.Answer} holds the chosen option, which is always one of
 *       those offered, the probability of each option, the passages that were in the prompt, and
 *       citations.
 * </ul>
 *
 * <h2>From a question to an answer</h2>
 *
 * <ol>
 *   <li>{@link io.telecomllm.grounding.Grounding} searches the knowledge base and renders the
 *       question with as many references as fit the context.
 *   <li>A scorer of the pool in {@link io.telecomllm.inference.serving} computes how probable each
 *       option is, several questions in one forward pass.
 *   <li>The most probable option is the answer. {@link io.telecomllm.knowledge.CitationFinder}
 *       looks in the passages for sentences that support it.
 * </ol>
 *
 * <h2>Ownership and threads</h2>
 *
 * <p>An answerer is safe for use by several threads. It does not own the model, the adapter, the
 * knowledge base, the tokenizer or the executor that it was given; whoever made them closes them
 * after it. It owns, and closes, what it made: scorers with their caches, a tokenizer or adapter
 * that it read from a folder, its threads. {@code close} waits for running passes.
 *
 * <h2>Shapes and units</h2>
 *
 * <p>Options are counted from 0 in Java and from 1 in the words of a prompt. Probabilities are
 * shares among the options offered and sum to 1; they are the model's own, not calibrated.
 *
 * <h2>Where to start reading</h2>
 *
 * <p>{@code TelecomAnswerer.answerBatch} has the three steps. {@link
 * io.telecomllm.inference.evaluation} measures an answerer on questions with known answers, {@link
 * io.telecomllm.inference.spark} answers on many machines, {@link
 * io.telecomllm.inference.langchain4j} makes an answerer a chat model of LangChain4j, {@link
 * io.telecomllm.inference.audit} keeps records of what was answered, {@link
 * io.telecomllm.inference.tmf621} answers trouble tickets, {@link
 * io.telecomllm.inference.micrometer} measures an answerer.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.inference;
