/**
 * The network: its configuration, one decoder for every architecture with an explicit forward and
 * backward, the cache of keys and values, and the language model that holds them with its
 * tokenizer's place on disk.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.model;
