package io.telecomllm.generation.schema;

import static com.google.common.base.Preconditions.checkNotNull;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The schemas that references name: the whole document and its definitions. A recursive one has a
 * grammar for each depth, of which the deepest end the recursion. Used by one thread.
 */
final class Definitions {
  /**
   * The deepest nesting of objects and arrays in a text; {@code StrictJson} reads twice as much.
   */
  static final int MAX_DEPTH = 32;

  /** The pointer to the whole document. */
  static final String ROOT = "#";

  private final Map<String, Schema> schemas;
  private final Map<Place, Optional<Grammar>> grammars = new HashMap<>();
  private final Map<String, Set<Schema>> alternatives = new HashMap<>();
  private final Set<String> open = new HashSet<>();

  private record Place(String pointer, int depth) {}

  Definitions(Map<String, Schema> schemas) {
    this.schemas = schemas;
  }

  /** Returns the grammar of the whole document. */
  Grammar root() {
    // first, since a schema that is itself would not come to an end below
    schemas.keySet().forEach(this::alternatives);
    for (String pointer : schemas.keySet()) {
      if (at(pointer, 0) == null) {
        throw SchemaParser.refused(
            pointer,
            "every value nests deeper than "
                + MAX_DEPTH
                + " levels; let the recursion end with an optional property or an empty array");
      }
    }
    return checkNotNull(at(ROOT, 0));
  }

  /** Returns the texts of a definition at a depth; null if each of them nests too deep. */
  @Nullable Grammar at(String pointer, int depth) {
    Place place = new Place(pointer, depth);
    Optional<Grammar> known = grammars.get(place);
    if (known == null) {
      known = Optional.ofNullable(schema(pointer).at(depth, this));
      grammars.put(place, known);
    }
    return known.orElse(null);
  }

  /** Returns the schemas of which a value has one, without choices and references. */
  Set<Schema> alternatives(String pointer) {
    Set<Schema> known = alternatives.get(pointer);
    if (known == null) {
      if (!open.add(pointer)) {
        throw SchemaParser.refused(
            pointer, "refers to itself with no object or array between; name another schema");
      }
      known = schema(pointer).alternatives(this);
      alternatives.put(pointer, known);
    }
    return known;
  }

  private Schema schema(String pointer) {
    return checkNotNull(schemas.get(pointer), pointer);
  }
}
