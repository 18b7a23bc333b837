package io.telecomllm.training.tracking;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.training.progress.TrainingListener.RunRecord;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Settings as rows of text, such as {@code lora.rank} with the value {@code 16}. */
final class Hyperparameters {
  private Hyperparameters() {}

  /**
   * Returns all settings of a run: the adapter's below {@code lora}, the others below {@code
   * training}.
   */
  static SortedMap<String, String> of(RunRecord run) {
    return rows(Map.of("training", run.config(), "lora", run.lora()));
  }

  /**
   * Returns a row for each component of public records, with names in snake case below the given
   * ones.
   *
   * @throws IllegalArgumentException if a record is not public
   */
  static SortedMap<String, String> rows(Map<String, ? extends Record> settings) {
    SortedMap<String, String> rows = new TreeMap<>();
    settings.forEach((name, value) -> add(rows, name, value));
    return rows;
  }

  /** Returns the rows of one record, whose names do not begin with the record's name. */
  static SortedMap<String, String> below(String name, Record settings) {
    SortedMap<String, String> rows = new TreeMap<>();
    rows(Map.of(name, settings))
        .forEach((key, value) -> rows.put(key.substring(name.length() + 1), value));
    return rows;
  }

  private static void add(Map<String, String> rows, String name, @Nullable Object value) {
    if (value instanceof Record settings) {
      RecordComponent[] components = settings.getClass().getRecordComponents();
      if (components.length == 1 && word(read(settings, components[0])).equals("none")) {
        // a record that means none, such as an empty list of names
        rows.put(name, "none");
        return;
      }
      if (settings.getClass().getInterfaces().length > 0) {
        // a record of a sealed choice: its name is a setting too
        rows.put(name, snake(settings.getClass().getSimpleName()));
      }
      for (RecordComponent component : components) {
        add(rows, name + "." + snake(component.getName()), read(settings, component));
      }
    } else {
      rows.put(name, word(value));
    }
  }

  private static @Nullable Object read(Record settings, RecordComponent component) {
    try {
      return component.getAccessor().invoke(settings);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalArgumentException(
          settings.getClass() + ": component " + component.getName() + " cannot be read", e);
    }
  }

  private static String word(@Nullable Object value) {
    if ((value instanceof Collection<?> none && none.isEmpty())
        || (value instanceof Map<?, ?> empty && empty.isEmpty())) {
      return "none";
    } else if (value instanceof Optional<?> optional) {
      return word(optional.orElse(null));
    } else if (value instanceof Collection<?> collection) {
      return collection.stream()
          .map(Hyperparameters::word)
          .sorted()
          .collect(Collectors.joining(", "));
    } else if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(e -> e.getKey() + "=" + word(e.getValue()))
          .collect(Collectors.joining(", "));
    } else if (value instanceof Enum<?> word) {
      return word.name().toLowerCase(Locale.ROOT);
    }
    if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e9) {
      return Long.toString(number.longValue());
    }
    return value == null ? "none" : value.toString();
  }

  /** Turns {@code learningRate} into {@code learning_rate}. */
  static String snake(String name) {
    checkArgument(!name.isEmpty(), "a name without characters");
    return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
  }
}
