/**
 * Writes questions as the prompts that a model was trained to read.
 *
 * <h2>Concepts</h2>
 *
 * <ul>
 *   <li>A {@link io.telecomllm.prompt.ChatTemplate} writes a conversation ({@link
 *       io.telecomllm.prompt.Message}s, each with a {@link io.telecomllm.prompt.Role}) in the form
 *       of a family of models: Phi-3, ChatML, LLaMA-2, LLaMA-3, or plain text. A checkpoint's own
 *       template is a program; it is compared with these families and never executed.
 *   <li>A {@link io.telecomllm.prompt.QuestionPrompt} is the one renderer of multiple-choice
 *       questions, for training, evaluation and answering. It holds the template, the instruction,
 *       and the {@link io.telecomllm.prompt.AnswerStyle}. Its digest is stored with an adapter, and
 *       an adapter is refused with another prompt.
 *   <li>{@link io.telecomllm.prompt.Reference}s are texts to answer from; they come before the
 *       question.
 *   <li>Asking gives a {@link io.telecomllm.prompt.RenderedQuestion}: the prompt and every possible
 *       answer. Teaching gives an {@link io.telecomllm.prompt.EncodedAnswer}: the prompt and the
 *       right answer.
 * </ul>
 *
 * <h2>Ownership and shapes</h2>
 *
 * <p>Everything here is an immutable value and uses a tokenizer that it does not own. Ids are
 * {@code int[]} of one sequence, (tokens). {@code promptIds} reach up to and including the
 * generation prompt; {@code answerIds} begin right after them and include the token that ends the
 * answer. Training supervises exactly {@code answerIds}; scoring compares {@code labelIds}, the
 * tokens of "option k".
 *
 * <p>Prompt and answer are encoded together, as in a finished conversation, and cut where the
 * answer begins, so the ids of teaching and of answering are the same.
 *
 * <h2>Untrusted text</h2>
 *
 * <p>Questions, options and references never become control tokens, and line ends in them become
 * spaces, so that none can forge an option. Families that mark turns with ordinary characters
 * (LLaMA-2) have those marks broken up in contents.
 *
 * <h2>Where to start reading</h2>
 *
 * <p>{@code QuestionPrompt.messages} shows the words of a prompt, {@code ChatTemplate.render} the
 * control tokens around them, {@code AnswerEncoder} the cut between prompt and answer. {@code
 * TemplateForm} lists the families, {@code TemplateMatcher} recognises them.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.prompt;
