/**
 * Text that others wrote: what is well-formed, how it is quoted, and when two texts are the same.
 *
 * <p>{@link io.telecomllm.text.Texts} folds texts for comparison (lower case, one space for any run
 * of white space, composed characters), counts words, and checks for surrogates without a partner,
 * which no UTF-8 file can hold. {@link io.telecomllm.text.Quoted} shortens a name, a value or a
 * server's answer to one harmless line. Every message of this library quotes through it; {@link
 * io.telecomllm.TelecomLlmException} cleans its whole message once more.
 *
 * <p>This package uses no other package of the library.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.text;
