/**
 * Text to token ids and back: tokenizer.json and the vocabularies of GGUF files, run by the native
 * tokenizers library.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.tokenizer;
