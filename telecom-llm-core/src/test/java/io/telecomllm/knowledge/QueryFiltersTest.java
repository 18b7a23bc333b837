package io.telecomllm.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryFiltersTest {
  @ParameterizedTest
  @CsvSource({
    "TS 23.501, 23.501, 23",
    "3GPP TS 23.501, 23.501, 23",
    "ts23501, 23.501, 23",
    "TR 21.905, 21.905, 21",
    "TS 38.101-1, 38.101-1, 38",
    "TS 04.08, 04.08, 04",
    "RFC  3261, rfc 3261, ''",
    "Glossary, glossary, ''",
    "TS 1, ts 1, ''",
  })
  void aSpecificationHasOneForm(String spec, String normal, String series) {
    assertThat(Specs.normal(spec)).isEqualTo(normal);
    assertThat(Specs.series(spec)).isEqualTo(series);
  }

  @Test
  void limitsTheSearchToReleaseSeriesAndDocument() {
    List<Clause> clauses = new ArrayList<>();
    for (String spec : List.of("TS 23.501", "TS 23.502", "3GPP TS 38.331", "RFC 3261")) {
      for (String release : List.of("", "Rel-17", "Release 18")) {
        clauses.add(new Clause(spec, "", release, "1", "", "Paging finds the terminal.", ""));
      }
    }
    try (KnowledgeBase base = KnowledgeBase.of(clauses)) {
      for (String release : List.of("", "17", "Rel-18", "19")) {
        for (String series : List.of("", "23", "38", "24")) {
          for (String spec : List.of("", "23502", "TS 38.331", "rfc 3261", "TS 24.501")) {
            Query query = Query.of("paging", 99).release(release).series(series).spec(spec);
            assertThat(base.search(query))
                .extracting(Passage::clause)
                .containsExactlyInAnyOrderElementsOf(
                    clauses.stream().filter(query::admits).toList());
          }
        }
      }
      assertThat(base.search(Query.of("paging", 99).series("23"))).hasSize(6);
      assertThat(base.search(Query.of("paging [Release 17]", 99).spec("38331"))).hasSize(2);
    }
  }

  @Test
  void refusesASeriesThatIsNone() {
    assertThatThrownBy(() -> Query.of("paging", 9).series("TS 23"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("series is 'TS 23', expected two digits such as 38");
  }
}
