package io.telecomllm.generation.schema;

import static java.util.stream.Collectors.toSet;

import com.google.common.collect.Sets;
import io.telecomllm.generation.schema.Schema.Items;
import io.telecomllm.generation.schema.Schema.Properties;
import io.telecomllm.generation.schema.Schema.Properties.Property;
import io.telecomllm.generation.schema.Schema.Scalar;
import io.telecomllm.generation.schema.Schema.Words;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A value that has exactly one of several schemas, as oneOf asks. Nothing is written that could
 * have two of them: alternatives must be told apart by type, by words, or by a property.
 */
record Exclusive(String pointer, List<Schema> schemas) implements Schema {
  @Override
  public @Nullable Grammar at(int depth, Definitions definitions) {
    for (int i = 0; i < schemas.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (!apart(schemas.get(j), schemas.get(i), definitions, true)) {
          throw SchemaParser.refused(
              pointer,
              String.format(
                  "alternatives %d and %d may both hold for one value; give them a required"
                      + " property with different constants, or use anyOf",
                  j, i));
        }
      }
    }
    return new Choice(schemas).at(depth, definitions);
  }

  @Override
  public Set<Schema> alternatives(Definitions definitions) {
    return new Choice(schemas).alternatives(definitions);
  }

  private static boolean apart(Schema a, Schema b, Definitions definitions, boolean objects) {
    Set<Schema> others = b.alternatives(definitions);
    return a.alternatives(definitions).stream()
        .allMatch(
            one -> others.stream().allMatch(other -> single(one, other, definitions, objects)));
  }

  private static boolean single(Schema a, Schema b, Definitions definitions, boolean objects) {
    if (a instanceof Words one && b instanceof Words other) {
      return Sets.intersection(Set.copyOf(one.texts()), Set.copyOf(other.texts())).isEmpty();
    } else if (objects && a instanceof Properties one && b instanceof Properties other) {
      return (lacks(one, other) && lacks(other, one)) || differ(one, other, definitions);
    }
    return Sets.intersection(types(a), types(b)).isEmpty();
  }

  /** Returns whether an object needs a property that is never written in the other. */
  private static boolean lacks(Properties one, Properties other) {
    return one.properties().stream()
        .filter(Property::required)
        .anyMatch(p -> other.properties().stream().noneMatch(q -> q.name().equals(p.name())));
  }

  /** Returns whether a property that one needs can never have the same value in both. */
  private static boolean differ(Properties one, Properties other, Definitions definitions) {
    return one.properties().stream()
        .anyMatch(
            p ->
                other.properties().stream()
                    .filter(q -> q.name().equals(p.name()) && (p.required() || q.required()))
                    // objects within are not compared, since they may be recursive
                    .anyMatch(q -> apart(p.schema(), q.schema(), definitions, false)));
  }

  private static Set<JsonType> types(Schema schema) {
    if (schema instanceof Words words) {
      return words.texts().stream().map(JsonType::of).map(JsonType::wider).collect(toSet());
    } else if (schema instanceof Scalar scalar) {
      return Set.of(scalar.type());
    }
    return Set.of(schema instanceof Items ? JsonType.ARRAY : JsonType.OBJECT);
  }
}
