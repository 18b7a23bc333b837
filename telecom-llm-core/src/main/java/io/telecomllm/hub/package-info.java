/**
 * The model store: finds a repository in a Hugging Face cache on this machine, or downloads it into
 * one. The layout on disk is that of {@code huggingface_hub}, so each finds what the other fetched.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.hub;
