/**
 * Answers to multiple-choice questions with probabilities and verbatim citations: {@link
 * io.telecomllm.inference.TelecomAnswerer}.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.inference;
