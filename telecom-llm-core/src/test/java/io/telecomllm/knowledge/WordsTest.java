package io.telecomllm.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Nmfaf_3daDataManagement_Deregister | nmfaf_3dadatamanagement_deregister nmfaf"
            + " 3dadatamanagement da data manag deregist",
        "38.331 | 38.331 38 331",
        "NG-RAN | ng-ran ng ran",
        "5QI | 5qi qi",
        "802.11ax | 802.11ax 802 11ax 11 ax",
        "the UE's gNBs | ue gnb nb",
        "uplink/downlink | uplink/downlink uplink downlink",
        "R&D | r&d",
        "Handovers were moving. | handov move",
        "DNS and DNs | dns dn",
        "AS as | as",
        "a -- b-, (c) | b c",
        "ＮＧ‐ＲＡＮ | ng-ran ng ran",
        "x.y. | x.y",
      })
  void cutsIntoTerms(String text, String terms) {
    assertThat(Words.indexTerms(text)).containsExactly(terms.strip().split(" "));
  }

  @Test
  void aQueryAsksForFormsInAnotherCase() {
    assertThat(Words.queryTerms("volte umts CELLS UMTS DNs"))
        .containsExactly("volt", "volte", "umt", "umts", "cells", "cell", "dn");
  }

  @Test
  void aHugeWordIsCut() {
    assertThat(Words.indexTerms("x".repeat(100_000))).containsExactly("x".repeat(200));
    assertThat(Words.indexTerms("a1-".repeat(50_000))).allMatch(term -> term.length() <= 200);
  }

  @Property(tries = 500)
  void whatIsIndexedIsAskedFor(@ForAll @StringLength(max = 80) String text) {
    List<String> terms = Words.indexTerms(text);
    assertThat(Words.queryTerms(text)).containsAll(terms);
    assertThat(terms).noneMatch(String::isEmpty);
  }
}
