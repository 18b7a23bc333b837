package io.telecomllm.generation.schema;

import io.telecomllm.InvalidDataException;
import io.telecomllm.generation.constraint.Constraint;
import io.telecomllm.json.JsonText;
import io.telecomllm.json.StrictJson;
import io.telecomllm.text.Texts;
import java.nio.charset.StandardCharsets;

/**
 * A JSON schema (draft 2020-12) that generated texts can be held to. Immutable.
 *
 * <p>Supported are {@code type} (one or a list) with {@code properties}, {@code required}, {@code
 * additionalProperties} (false), {@code items}, {@code minItems}, {@code maxItems}, {@code
 * minLength}, {@code maxLength}, {@code minimum} and {@code maximum}; {@code enum} and {@code
 * const} of scalars; {@code anyOf}; {@code oneOf} whose alternatives exclude each other; {@code
 * $ref} to {@code #} or to a schema in the root's {@code $defs}, also a recursive one. Annotations
 * such as {@code description} restrict nothing. Any other keyword is refused.
 *
 * <p>A text of the {@link #constraint()} satisfies the schema. Of the texts that satisfy it, these
 * are left out:
 *
 * <ul>
 *   <li>Objects with properties that the schema does not declare, even where it would allow them,
 *       or in another order than it declares them. Optional properties may be missing. Only an
 *       object whose schema says nothing but its type may have any properties, in any order; the
 *       constraint does not keep a name from coming twice there, which JSON leaves to the reader.
 *   <li>Objects and arrays nested deeper than 32 levels.
 *   <li>Property names, and values of {@code enum} and {@code const}, with needless escapes.
 *   <li>Integers of more than 64 bits, or written with a fraction or exponent. Numbers of more than
 *       20 digits before or behind the point or 2 of an exponent. Numbers with a minimum or maximum
 *       have at most 12 digits before the point and 6 behind it, and no exponent.
 *   <li>White space other than: one space behind a colon; and behind a comma, behind an opening and
 *       before a closing bracket, one space or a line break and up to four spaces for each level.
 * </ul>
 *
 * <p>So all parts of a text are bounded, except strings without {@code maxLength}, arrays without
 * {@code maxItems} and objects without {@code properties}.
 */
public final class JsonSchema {
  private static final String NAME = "JSON schema";

  private final String json;
  private final Grammar grammar;

  private JsonSchema(String json, Grammar grammar) {
    this.json = json;
    this.grammar = grammar;
  }

  /**
   * Reads a schema.
   *
   * @throws InvalidDataException naming the place by its JSON pointer, if the text is not JSON,
   *     holds a keyword that is not supported, or no value can satisfy it
   */
  public static JsonSchema parse(String json) {
    if (!Texts.isWellFormed(json)) {
      throw new InvalidDataException(NAME + ": holds an unpaired surrogate");
    }
    Object values = StrictJson.parse(NAME, json.getBytes(StandardCharsets.UTF_8));
    return new JsonSchema(JsonText.line(values), SchemaParser.parse(values).root());
  }

  /**
   * Returns the schema of a record's JSON form: an object with a property for each component.
   *
   * <p>Components may be strings, numbers, booleans, enums, records, and lists of these; an {@code
   * Optional} of one of them is a property that may be missing. {@code null} is never written. A
   * {@code float} has the range of a number with a minimum and maximum, see above.
   *
   * @throws IllegalArgumentException naming the component, if it has another type
   * @throws InvalidDataException if the record needs one of its own kind, which needs another
   */
  public static JsonSchema of(Class<? extends Record> type) {
    return parse(JsonText.line(RecordSchema.of(type)));
  }

  /** Returns the schema as JSON on one line, annotations included. */
  public String toJson() {
    return json;
  }

  /**
   * Returns the number of UTF-8 bytes of the shortest text that the constraint allows, to be
   * compared with the greatest length of an answer.
   */
  public long minimumLength() {
    return grammar.shortest();
  }

  /** Returns the constraint that a text is JSON and satisfies the schema, as described above. */
  public Constraint constraint() {
    return () -> grammar.start(End.DOCUMENT);
  }

  @Override
  public String toString() {
    return json;
  }
}
