/**
 * From words to token ids: the tokenizer, the chat templates, the question prompt, and where the
 * answer begins. Text of users and documents never becomes a control token here.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.prompt;
