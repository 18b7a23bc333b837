package io.telecomllm.prompt;

/**
 * A text to answer a question from; untrusted.
 *
 * @param title where the text comes from, such as a specification and its clause
 */
public record Reference(String title, String text) {}
