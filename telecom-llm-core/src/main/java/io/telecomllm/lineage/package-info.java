/**
 * Where an adapter comes from: the {@code lineage.json} beside it, and the checks that keep it from
 * being used with another base, tokenizer or prompt than it was trained with.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.lineage;
