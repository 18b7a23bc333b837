package io.telecomllm.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RecordsTest {
  @Test
  void aClauseHasAnIdAndADigest() {
    Clause clause = new Clause("TS 38.331", "18.1.0", "18", "5.3.3", "Connection", "abc", "");
    assertThat(clause.id()).isEqualTo("TS 38.331#5.3.3");
    // FIPS 180-2, appendix B.1
    assertThat(clause.sha256())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void recordsRefuseWhatIsOutOfRange() {
    refused(() -> new Clause("", "", "", "1", "", "x", ""), "spec is empty");
    refused(() -> new Clause("A", "", "", "", "", "x", ""), "clause is empty");
    refused(
        () -> new Clause("A", "", "", "1", "a\nb", "x", ""),
        "title holds a control character: a\nb");
    refused(
        () -> new Clause("A", "", "", "1", "t".repeat(1001), "x", ""),
        "title has 1001 characters, expected at most 1000");
    refused(
        () -> new Clause("A", "", "", "1", "", "t".repeat(1_000_001), ""),
        "text has 1000001 characters, expected at most 1000000");
    refused(
        () -> new Clause("A", "", "", "1\uDC00", "", "x", ""),
        "clause holds half a surrogate pair at character 1");
    refused(() -> new Term(" AMF", "", "", "x"), "term has space around it: ' AMF'");
    refused(() -> new Term("AMF", "", "", " "), "text is empty");
    Clause clause = new Clause("A", "", "", "1", "", "x", "");
    refused(() -> new Passage(clause, 1, 0), "rank is 0, expected 1 or more");
    refused(
        () -> new Passage(clause, Double.NaN, 1), "score is NaN, expected a finite number from 0");
    refused(() -> new Lexicon.Match("A", 2, 2), "range is 2 to 2, expected 0 <= start < end");
    refused(() -> new Query("a", "", 1001), "limit is 1001, expected 1 to 1000");
  }

  private static void refused(ThrowingCallable making, String message) {
    assertThatThrownBy(making).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }
}
