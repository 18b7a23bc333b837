package io.telecomllm.generation.schema;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A part of a schema, as it was read. Immutable. */
interface Schema {
  /**
   * Returns the texts that the value may have.
   *
   * @param depth the number of containers around it
   * @return null if each of them nests too deep
   */
  @Nullable Grammar at(int depth, Definitions definitions);

  /** Returns the schemas of which a value has one, without choices and references. */
  default Set<Schema> alternatives(Definitions definitions) {
    return Set.of(this);
  }

  /** A string or number, integers included. */
  record Scalar(JsonType type, Grammar grammar) implements Schema {
    @Override
    public Grammar at(int depth, Definitions definitions) {
      return grammar;
    }
  }

  /** A value that is one of a list of JSON texts, none of them an object or array. */
  record Words(List<String> texts) implements Schema {
    @Override
    public Grammar at(int depth, Definitions definitions) {
      return new WordGrammar(texts);
    }
  }

  /** An array of {@code min} to {@code max} elements. */
  record Items(Schema items, int min, int max) implements Schema {
    @Override
    public @Nullable Grammar at(int depth, Definitions definitions) {
      if (depth == Definitions.MAX_DEPTH) {
        return null;
      }
      Grammar grammar = items.at(depth + 1, definitions);
      return grammar == null && min > 0 ? null : new ArrayGrammar(grammar, min, max, depth);
    }
  }

  /** An object with these properties, in this order, and no others. */
  record Properties(List<Property> properties) implements Schema {
    /** A property of an object. */
    record Property(String name, Schema schema, boolean required) {}

    @Override
    public @Nullable Grammar at(int depth, Definitions definitions) {
      if (depth == Definitions.MAX_DEPTH) {
        return null;
      }
      List<ObjectGrammar.Property> fitting = new ArrayList<>();
      for (Property property : properties) {
        Grammar value = property.schema.at(depth + 1, definitions);
        if (value != null) {
          fitting.add(
              new ObjectGrammar.Property(fitting.size(), property.name, value, property.required));
        } else if (property.required) {
          return null;
        }
      }
      return new ObjectGrammar(List.copyOf(fitting), depth);
    }
  }

  /** An object of any properties. */
  record AnyObject() implements Schema {
    @Override
    public @Nullable Grammar at(int depth, Definitions definitions) {
      return depth == Definitions.MAX_DEPTH ? null : AnyObjectGrammar.at(depth);
    }
  }

  /** A value that has one of several schemas. */
  record Choice(List<Schema> schemas) implements Schema {
    @Override
    public @Nullable Grammar at(int depth, Definitions definitions) {
      List<Grammar> fitting = new ArrayList<>();
      for (Schema schema : schemas) {
        Grammar grammar = schema.at(depth, definitions);
        if (grammar != null) {
          fitting.add(grammar);
        }
      }
      return fitting.isEmpty() ? null : ChoiceGrammar.of(fitting);
    }

    @Override
    public Set<Schema> alternatives(Definitions definitions) {
      Set<Schema> all = new LinkedHashSet<>();
      schemas.forEach(schema -> all.addAll(schema.alternatives(definitions)));
      return all;
    }
  }

  /** A value that has the schema at a pointer. */
  record Reference(String pointer) implements Schema {
    @Override
    public @Nullable Grammar at(int depth, Definitions definitions) {
      return definitions.at(pointer, depth);
    }

    @Override
    public Set<Schema> alternatives(Definitions definitions) {
      return definitions.alternatives(pointer);
    }
  }
}
