package io.telecomllm.knowledge;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CrossReferencesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      emptyValue = "",
      value = {
        "see clause 5.6.1 of TS 23.501 | TS 23.501#5.6.1",
        "see clause 5.6.1. | TS 38.300#5.6.1",
        "Clause 5 applies. | TS 38.300#5",
        "(subclause 5.6.1a) and sub-clause 6.2B.1 | TS 38.300#5.6.1a TS 38.300#6.2b.1",
        "as TS 38.331 [12], clause 5.3.3, says | TS 38.331#5.3.3",
        "as in TS 38.331 [12] (see clause 5.3.3) | TS 38.331#5.3.3",
        "as in 3GPP TS 38.331 clause 5.3.3 | TS 38.331#5.3.3",
        "in TS 38.331, in clauses 5.3.3 and 5.3.4, | TS 38.331#5.3.3 TS 38.331#5.3.4",
        "Annex A of TS 33.501 | TS 33.501#a",
        "annexes A and B of TS 33.501 | TS 33.501#a TS 33.501#b",
        "Annex A.2.1 describes it. | TS 38.300#a.2.1",
        "clause A.2 | TS 38.300#a.2",
        "clauses 5.2, 5.3 and Annex C of 3GPP TS 23.502 [3]"
            + " | TS 23.502#5.2 TS 23.502#5.3 TS 23.502#c",
        "clauses 5.2 to 5.4 | TS 38.300#5.2 TS 38.300#5.3 TS 38.300#5.4",
        "clauses 5.2 to 6.4 | TS 38.300#5.2 TS 38.300#6.4",
        "clauses 5 and 6 | TS 38.300#5 TS 38.300#6",
        "clause 5.2 and 3 others | TS 38.300#5.2",
        "clause 5.2 and A cell | TS 38.300#5.2",
        "TS 23.501, clause 5.2, and clause 4.3 of TS 23.502 | TS 23.501#5.2 TS 23.502#4.3",
        "clause 5.6.1 of the present document | TS 38.300#5.6.1",
        "clause 5.6.1 of TS\u00a038.101-1 | TS 38.101-1#5.6.1",
        "clause 5.6.1 of TS 38.300 | TS 38.300#5.6.1",
        "section 5.2 of RFC 3261 [26] | RFC 3261#5.2",
        "IETF RFC 3261 [26], section 5.2 | RFC 3261#5.2",
        "clause 5.2 in NR | TS 38.300#5.2",
        "TS 23.501. Clause 5.2 | TS 38.300#5.2",
        "clause 9 of IEEE 802.11 | ''",
        "IEEE 802.11, clause 9 | ''",
        "clause 9 of [12] | ''",
        "as in [12], clause 9 | ''",
        "clause 4.1 | ''",
        "Table 5.3-1, clause 5.3-1, release 5.3, 5.3.3, a clause, annex, TS 23.501 | ''",
      })
  void readsTheFormsOfSpecifications(String text, String ids) {
    Clause clause = new Clause("TS 38.300", "", "", "4.1", "", text, "");
    assertThat(CrossReferences.in(clause).stream().map(Reference::id).collect(joining(" ")))
        .isEqualTo(ids);
  }

  @Test
  void readsAnythingInLittleTime() {
    for (String part :
        new String[] {
          "clause ", "clause 5.2, ", "a.", "5.", "[1] ", "TS 23.501 ", "annex A and "
        }) {
      String text = part.repeat(200_000 / part.length());
      Clause clause = new Clause("TS 38.300", "", "", "4.1", "", text, "");
      assertThat(assertTimeout(Duration.ofSeconds(20), () -> CrossReferences.in(clause)))
          .hasSizeLessThan(2);
    }
  }
}
