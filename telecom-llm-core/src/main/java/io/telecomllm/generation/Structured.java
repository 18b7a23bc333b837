package io.telecomllm.generation;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.InvalidDataException;
import io.telecomllm.generation.schema.JsonSchema;
import io.telecomllm.json.JsonRecords;
import io.telecomllm.json.StrictJson;
import java.nio.charset.StandardCharsets;

/**
 * An answer as a Java record.
 *
 * @param value the record
 * @param generation the JSON text that it was read from, and what that took
 */
public record Structured<R extends Record>(R value, Generation generation) {
  /**
   * Returns settings whose texts are JSON of this type.
   *
   * @param longestToken the most bytes of a token
   */
  static GenerationConfig held(
      GenerationConfig config, Class<? extends Record> type, int longestToken) {
    checkArgument(
        config.constraint().isEmpty(), "the settings have a constraint, the record is one already");
    JsonSchema schema = JsonSchema.of(type);
    long least = (schema.minimumLength() + longestToken - 1) / longestToken;
    checkArgument(
        least <= config.maxNewTokens(),
        "maxNewTokens is %s, JSON of %s takes %s at least",
        config.maxNewTokens(),
        type.getSimpleName(),
        least);
    return config.toBuilder().constraint(schema.constraint()).build();
  }

  static <R extends Record> Structured<R> of(Generation generation, Class<R> type) {
    if (generation.finishReason() != FinishReason.STOP) {
      throw new InvalidDataException(
          "the JSON of "
              + type.getSimpleName()
              + " is not complete: its text ended after "
              + generation.usage().generated()
              + " tokens ("
              + generation.finishReason()
              + "); allow more, or ask for less");
    }
    byte[] json = generation.text().getBytes(StandardCharsets.UTF_8);
    return new Structured<>(
        JsonRecords.read(StrictJson.parseObject("the answer", json), type), generation);
  }
}
