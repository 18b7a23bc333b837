package io.telecomllm;

import static com.google.common.base.Preconditions.checkArgument;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes changed copies of records by the names of their components, so that a record with many
 * settings lists them once, in its header. Copies are made by the constructors, which check the
 * values.
 */
@Internal
public final class Records {
  private Records() {}

  /**
   * Returns a copy with some components changed.
   *
   * @param changes new values by the names of the components
   * @throws IllegalArgumentException if the record has no such component, the value is of another
   *     type, or the constructor refuses it
   */
  public static <R extends Record> R with(R record, Map<String, ?> changes) {
    Set<String> unknown = new LinkedHashSet<>(changes.keySet());
    Arrays.stream(record.getClass().getRecordComponents())
        .map(RecordComponent::getName)
        .forEach(unknown::remove);
    checkArgument(unknown.isEmpty(), "%s has no component %s", record.getClass(), unknown);
    return copy(record, (name, old) -> changes.containsKey(name) ? changes.get(name) : old);
  }

  /**
   * Returns a copy with some components changed, of the record itself or of the records in it.
   *
   * @param changes new values by the names of the components, each of which occurs once
   * @throws IllegalArgumentException if there is no such component, the value is of another type,
   *     or a constructor refuses it
   */
  public static <R extends Record> R withNested(R record, Map<String, ?> changes) {
    Set<String> unknown = new LinkedHashSet<>(changes.keySet());
    R changed = nested(record, changes, unknown);
    checkArgument(unknown.isEmpty(), "%s has no component %s", record.getClass(), unknown);
    return changed;
  }

  private static <R extends Record> R nested(
      R record, Map<String, ?> changes, Set<String> unknown) {
    return copy(
        record,
        (name, old) -> {
          if (unknown.remove(name)) {
            return changes.get(name);
          }
          return old instanceof Record inner ? nested(inner, changes, unknown) : old;
        });
  }

  private static <R extends Record> R copy(
      R record, BiFunction<String, @Nullable Object, @Nullable Object> value) {
    RecordComponent[] components = record.getClass().getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class[]::new);
    try {
      Object[] values = new Object[components.length];
      for (int i = 0; i < components.length; i++) {
        var accessor = components[i].getAccessor();
        accessor.setAccessible(true);
        values[i] = value.apply(components[i].getName(), accessor.invoke(record));
      }
      @SuppressWarnings("unchecked")
      Constructor<R> constructor = (Constructor<R>) record.getClass().getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException refused) {
        throw refused;
      }
      throw new IllegalArgumentException(record.getClass() + " cannot be copied", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(record.getClass() + " cannot be copied", e);
    }
  }
}
