/**
 * JSON, read strictly and written plainly.
 *
 * <p>Reading: {@link io.telecomllm.json.StrictJson} turns a document into maps, lists and values
 * and refuses what other readers accept (repeated keys, NaN, text after the end, unpaired
 * surrogates). {@link io.telecomllm.json.JsonView} then reads fields with their types and ranges;
 * its errors name file, field, expected and found. {@link io.telecomllm.json.JsonLines} reads a
 * file with an object a line. {@link io.telecomllm.json.JsonCursor} is the same reader value by
 * value, for documents whose defects are counted rather than refused.
 *
 * <p>Writing: {@link io.telecomllm.json.JsonRecords} turns records into values and back, {@link
 * io.telecomllm.json.JsonText} turns values into text.
 *
 * <p>No type of a JSON library appears in a signature. Uses {@code text} and {@code files}.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.json;
