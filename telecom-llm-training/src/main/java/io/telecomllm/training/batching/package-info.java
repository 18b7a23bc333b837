/**
 * From questions to rows: examples as token ids, laid out without padding, shared beginnings held
 * once.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.batching;
