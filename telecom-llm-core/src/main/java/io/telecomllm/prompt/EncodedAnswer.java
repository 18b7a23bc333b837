package io.telecomllm.prompt;

import io.telecomllm.Internal;

/**
 * A prompt and its answer as token ids. The arrays are not copied.
 *
 * @param promptIds the ids up to and including the generation prompt
 * @param answerIds the ids of the answer and of what ends it, which training supervises
 */
@SuppressWarnings("ArrayRecordComponent") // ids and scores are read in bulk; lists would box them
@Internal
public record EncodedAnswer(int[] promptIds, int[] answerIds) {}
