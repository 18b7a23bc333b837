/**
 * A chat service of a page, on the JDK's HTTP server: {@link
 * io.telecomllm.examples.service.ChatServer} has the paths, {@code CompletionRequest} and {@code
 * Completions} OpenAI's requests and responses, {@code Choices} multiple-choice questions, {@code
 * Http} what any JSON service needs.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.examples.service;
