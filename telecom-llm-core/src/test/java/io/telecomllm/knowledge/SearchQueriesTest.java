package io.telecomllm.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What engineers type, and the clause that must come first. The clauses are in words of our own;
 * only numbers, names of messages and acronyms are 3GPP's.
 */
class SearchQueriesTest {
  private static final int QUERIES = 67;

  /** Two queries have another clause of the same subject before the one that is meant. */
  private static final int FOUND_FIRST = 65;

  @ParameterizedTest(name = "{0}")
  @MethodSource("queries")
  void finds(String query, String edition) throws IOException {
    try (KnowledgeBase base = base()) {
      assertThat(found(base, query)).as(query).contains(edition);
    }
  }

  @Test
  void findsFirst() throws IOException {
    List<String> others = new ArrayList<>();
    try (KnowledgeBase base = base()) {
      queries()
          .map(Arguments::get)
          .filter(query -> !found(base, (String) query[0]).get(0).equals(query[1]))
          .forEach(query -> others.add(query[0] + ": " + found(base, (String) query[0])));
    }
    assertThat(queries()).hasSize(QUERIES);
    assertThat(others).hasSize(QUERIES - FOUND_FIRST);
  }

  private static List<String> found(KnowledgeBase base, String query) {
    return base.search(query, 5).stream().map(passage -> passage.clause().edition()).toList();
  }

  static Stream<Arguments> queries() throws IOException {
    try (InputStream in = resource("search-queries.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" \\| ", 2))
          .map(fields -> Arguments.of(fields[0], fields[1]));
    }
  }

  private static KnowledgeBase base() throws IOException {
    try (InputStream in = resource("search-clauses.jsonl")) {
      return KnowledgeBase.read(in, "search-clauses.jsonl");
    }
  }

  private static InputStream resource(String name) {
    return SearchQueriesTest.class.getResourceAsStream(name);
  }
}
