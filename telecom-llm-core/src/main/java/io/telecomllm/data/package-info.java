/**
 * TeleQnA and data of its form: reading and cleaning, splits that leak nothing, shuffling that
 * keeps the meaning. Plain Java, no native library.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.data;
