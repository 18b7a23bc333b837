package io.telecomllm.prompt;

/**
 * A prompt and its answer as token ids.
 *
 * @param promptIds up to and including the generation prompt
 * @param answerIds the answer and what ends it: what training supervises
 */
@SuppressWarnings("ArrayRecordComponent") // ids and scores are read in bulk; lists would box them
public record EncodedAnswer(int[] promptIds, int[] answerIds) {}
