/**
 * Lets programs on LangChain4j use an answerer and a knowledge base.
 *
 * <p>{@link io.telecomllm.inference.langchain4j.TelecomChatModel} and {@link
 * io.telecomllm.inference.langchain4j.TelecomStreamingChatModel} are LangChain4j's chat models on a
 * {@link io.telecomllm.inference.TelecomAnswerer}; {@link
 * io.telecomllm.inference.langchain4j.KnowledgeRetriever} is its content retriever on a {@link
 * io.telecomllm.knowledge.KnowledgeBase}. What a request asks for is done, or refused by name with
 * an {@code UnsupportedFeatureException}.
 *
 * <p>LangChain4j is an optional dependency: a program that uses this package brings {@code
 * langchain4j-core} itself.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.inference.langchain4j;
