package io.telecomllm.prompt;

/**
 * A piece of text that a question may be answered from; untrusted, as all text is.
 *
 * @param title where it comes from, such as a specification and its clause
 */
public record Reference(String title, String text) {}
