/** What a caller catches: {@link io.telecomllm.TelecomLlmException} and its few subclasses. */
@org.jspecify.annotations.NullMarked
package io.telecomllm;
