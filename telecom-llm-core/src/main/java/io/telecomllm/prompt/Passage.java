package io.telecomllm.prompt;

/**
 * A piece of reference text that the question may be answered from; untrusted, as all text is.
 *
 * @param title where it comes from, such as a specification and its clause
 */
public record Passage(String title, String text) {}
