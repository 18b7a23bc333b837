/**
 * JSON schemas as constraints on a generated text.
 *
 * <p>{@link io.telecomllm.generation.schema.JsonSchema} is what a program uses. {@code
 * SchemaParser} reads a schema into a tree of {@code Schema}; each of these, at its depth, becomes
 * a {@code Grammar}, whose states read the bytes of a value and then go on with the state after it.
 */
@NullMarked
package io.telecomllm.generation.schema;

import org.jspecify.annotations.NullMarked;
