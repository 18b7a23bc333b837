/**
 * How probable a model holds each offered answer: one forward pass for all options of a question.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.scoring;
