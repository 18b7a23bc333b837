package io.telecomllm.facts;

import io.telecomllm.knowledge.KnowledgeBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A specification that a text names, with a clause of it or without.
 *
 * @param spec such as {@code TS 23.501}
 * @param clause such as {@code 5.6.1}; empty if none is named
 */
record ClauseMention(String spec, String clause) {
  private static final Pattern SPEC =
      Pattern.compile("\\b(TS|TR)\\s{0,2}(\\d{2}\\.\\d{3}(?:-\\d{1,3})?)(?!\\d)");
  private static final Pattern CLAUSE =
      Pattern.compile(
          "(?:\\b(?i:(?:sub)?clauses?|sections?|annex|chapter)|\u00a7)\\s{0,2}"
              + "([A-Z](?:\\.\\d{1,3}[A-Za-z]?){0,9}|\\d{1,3}[a-z]?(?:\\.\\d{1,3}[A-Za-z]?){0,9})(?!\\w)");

  /** Returns the specifications and clauses that a text names, in the order of the clauses. */
  static List<ClauseMention> in(String text) {
    List<ClauseMention> mentions = new ArrayList<>();
    Matcher spec = SPEC.matcher(text);
    List<int[]> places = new ArrayList<>();
    List<String> names = new ArrayList<>();
    while (spec.find()) {
      places.add(new int[] {spec.start(), spec.end()});
      names.add(spec.group(1) + " " + spec.group(2));
    }
    boolean[] used = new boolean[names.size()];
    Matcher clause = CLAUSE.matcher(text);
    while (clause.find()) {
      int nearest = nearest(places, clause.start(), clause.end());
      if (nearest >= 0) {
        used[nearest] = true;
        mentions.add(new ClauseMention(names.get(nearest), clause.group(1)));
      }
    }
    for (int i = 0; i < used.length; i++) {
      if (!used[i]) {
        mentions.add(new ClauseMention(names.get(i), ""));
      }
    }
    return List.copyOf(mentions);
  }

  /** Returns the specification nearest to a clause, or -1 if there is none. */
  private static int nearest(List<int[]> specs, int start, int end) {
    int nearest = -1;
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < specs.size(); i++) {
      int after = specs.get(i)[0] - end;
      int before = start - specs.get(i)[1];
      int distance = Math.max(after, before);
      if (distance < least) {
        least = distance;
        nearest = i;
      }
    }
    return nearest;
  }

  /** Returns the name that the specification has in a knowledge base, if it is there. */
  Optional<String> specIn(KnowledgeBase base) {
    String number = spec.substring(spec.indexOf(' ') + 1);
    return Stream.of(spec, "3GPP " + spec, number, spec.replace(" ", ""))
        .filter(base::hasSpec)
        .findFirst();
  }
}
