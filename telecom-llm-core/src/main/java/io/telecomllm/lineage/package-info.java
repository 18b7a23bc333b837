/**
 * Records where an adapter comes from, and checks that it is used with what it was trained with.
 *
 * <p>{@link io.telecomllm.lineage.Lineage} is the record, {@code lineage.json} next to an adapter
 * the file: the base model's fingerprint, the digests of tokenizer, prompt and questions, the
 * knowledge base, settings, versions and metrics. A {@link io.telecomllm.lineage.Probe} is a
 * question with the scores that the adapted model gave its options when the adapter was saved.
 *
 * <p>{@link io.telecomllm.lineage.AdapterFolder} saves an adapter with its lineage and loads it
 * again. Loading compares base, tokenizer and prompt and asks the probes again; a difference is
 * refused unless the program accepts it by name ({@link io.telecomllm.lineage.Accept}). A folder
 * without a lineage, such as PEFT's, loads unchecked; a tokenizer and a chat template in it are
 * used instead of the base model's.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.lineage;
