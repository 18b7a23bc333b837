/**
 * Converts text to token ids and back.
 *
 * <p>{@link io.telecomllm.tokenizer.Tokenizer} is the whole public part. It reads a Hugging Face
 * tokenizer.json with the settings next to it, or the vocabulary of a GGUF file; both are checked
 * first and then run by the native tokenizers library.
 *
 * <p>Text is data. The text that a program encodes never becomes a control token, whatever it
 * spells: the library builds a second native tokenizer that has no control tokens. Only a chat
 * template places them, as {@link io.telecomllm.tokenizer.Piece}s.
 *
 * <p>{@link io.telecomllm.tokenizer.Vocabulary} is a tokenizer in GGUF's form, converted both ways;
 * a conversion that would change ids is refused. A tokenizer owns native memory and is closed; it
 * is safe for use by several threads.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.tokenizer;
