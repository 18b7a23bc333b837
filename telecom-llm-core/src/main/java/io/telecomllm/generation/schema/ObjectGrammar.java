package io.telecomllm.generation.schema;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import com.google.common.math.LongMath;
import io.telecomllm.generation.constraint.Constraint.State;
import io.telecomllm.generation.constraint.Trie;
import io.telecomllm.json.JsonText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object whose properties come in a fixed order; its position is the number of properties that
 * were read or left out.
 */
final class ObjectGrammar extends Container {
  private final List<Property> properties;
  // made when a text gets there: all of them together grow with the square of the properties
  private final List<Supplier<Trie<Property>>> names = new ArrayList<>();
  private final int required;

  /**
   * A property.
   *
   * @param index its place among the properties
   */
  record Property(int index, String name, Grammar value, boolean required) {
    /** Returns the text before the value. */
    String key() {
      return JsonText.line(name) + ":";
    }
  }

  ObjectGrammar(List<Property> properties, int depth) {
    super('{', '}', depth);
    this.properties = properties;
    int last = 0;
    for (Property property : properties) {
      names.add(Suppliers.memoize(() -> next(property.index)));
      last = property.required ? property.index + 1 : last;
    }
    required = last;
  }

  /** Returns the names that may come next: up to the first one that must not be left out. */
  private Trie<Property> next(int position) {
    Map<String, Property> next = new LinkedHashMap<>();
    for (Property property : properties.subList(position, properties.size())) {
      next.put(property.key(), property);
      if (property.required) {
        break;
      }
    }
    return Trie.of(next);
  }

  @Override
  boolean mayEnd(int position) {
    return position >= required;
  }

  @Override
  boolean mayGoOn(int position) {
    return position < properties.size();
  }

  @Override
  State element(int position, State after) {
    return new Name(this, requireNonNull(names.get(position).get()), after);
  }

  @Override
  public long shortest() {
    long shortest = 1;
    for (Property property : properties) {
      if (property.required) {
        // each has a comma or the closing bracket behind it
        long bytes = WordGrammar.bytes(property.key()) + 1L;
        shortest = LongMath.saturatedAdd(shortest, bytes);
        shortest = LongMath.saturatedAdd(shortest, property.value.shortest());
      }
    }
    return required == 0 ? 2 : shortest;
  }

  private record Name(ObjectGrammar object, Trie<Property> at, State after) implements State {
    @Override
    public @Nullable State next(int octet) {
      Trie<Property> child = at.child(octet);
      if (child == null) {
        return null;
      }
      Property property = child.value();
      return property == null
          ? new Name(object, child, after)
          : Gap.space(property.value.start(object.behind(property.index + 1, after)));
    }

    @Override
    public boolean complete() {
      return false;
    }
  }
}
