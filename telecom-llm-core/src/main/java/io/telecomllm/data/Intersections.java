package io.telecomllm.data;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.text.Texts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * How many questions of one set are also in another, for each pair of sets. Immutable.
 *
 * @param names the names of the sets
 * @param counts for each way of comparing a matrix: row i, column j is the number of questions of
 *     set i that set j has, so the diagonal holds the sizes
 */
public record Intersections(List<String> names, Map<Kind, List<List<Integer>>> counts) {
  /** Copies lists and map. */
  public Intersections {
    names = List.copyOf(names);
    Map<Kind, List<List<Integer>>> copy = new EnumMap<>(Kind.class);
    counts.forEach((kind, rows) -> copy.put(kind, rows.stream().map(List::copyOf).toList()));
    counts = Collections.unmodifiableMap(copy);
  }

  /** When two questions are the same, from the strictest to the loosest. */
  public enum Kind {
    /** Their texts are equal, tags included. */
    EXACT,
    /** Their texts without tags are equal, ignoring case and runs of white space. */
    NORMALISED,
    /** The Jaccard similarity of the words of their texts without tags is at least 4/5. */
    NEAR_DUPLICATE
  }

  /** Compares sets of questions by name, at least one, in the order of the map. */
  public static Intersections of(Map<String, List<Question>> sets) {
    checkArgument(!sets.isEmpty(), "sets are empty, expected at least one");
    List<List<Question>> all = List.copyOf(sets.values());
    Map<Kind, List<List<Integer>>> counts = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      List<List<Integer>> rows = new ArrayList<>();
      for (List<Question> row : all) {
        rows.add(all.stream().map(column -> shared(kind, row, column)).toList());
      }
      counts.put(kind, rows);
    }
    return new Intersections(List.copyOf(sets.keySet()), counts);
  }

  private static int shared(Kind kind, List<Question> row, List<Question> column) {
    return switch (kind) {
      case EXACT -> equal(row, column, text -> text, false);
      case NORMALISED -> equal(row, column, Texts::folded, true);
      case NEAR_DUPLICATE ->
          (int)
              NearDuplicates.between(row, column).stream()
                  .map(NearDuplicates.Pair::left)
                  .distinct()
                  .count();
    };
  }

  private static int equal(
      List<Question> row, List<Question> column, UnaryOperator<String> form, boolean withoutTag) {
    Set<String> texts = new HashSet<>();
    column.forEach(q -> texts.add(form.apply(withoutTag ? q.textWithoutTag() : q.text())));
    return (int)
        row.stream()
            .filter(q -> texts.contains(form.apply(withoutTag ? q.textWithoutTag() : q.text())))
            .count();
  }

  /** Returns the number of questions of the set of one name that the set of another name has. */
  public int count(Kind kind, String of, String in) {
    checkArgument(names.contains(of), "no set is called %s; there are %s", of, names);
    checkArgument(names.contains(in), "no set is called %s; there are %s", in, names);
    return counts.getOrDefault(kind, List.of()).get(names.indexOf(of)).get(names.indexOf(in));
  }

  /** Returns the matrices as text. */
  public String text() {
    int width = Math.max(9, names.stream().mapToInt(String::length).max().orElse(0) + 2);
    StringBuilder text = new StringBuilder();
    counts.forEach(
        (kind, rows) -> {
          text.append(kind).append("\n").append(" ".repeat(width));
          names.forEach(name -> text.append(padded(name, width)));
          text.append("\n");
          for (int i = 0; i < rows.size(); i++) {
            text.append(padded(names.get(i), width));
            text.append(
                rows.get(i).stream()
                    .map(n -> padded(String.valueOf(n), width))
                    .collect(Collectors.joining()));
            text.append("\n");
          }
        });
    return text.toString();
  }

  private static String padded(String text, int width) {
    return " ".repeat(width - text.length()) + text;
  }
}
