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
        "NG-RAN | ng-ran ngran ng ran",
        "5QI | 5qi qi",
        "802.11ax | 802.11ax 802 11ax 11 ax",
        "the UE's gNBs | ue gnb",
        "eNB eNodeB X2AP | enb enodeb x2ap x2 ap",
        "S-NSSAIs S\u2011NSSAI S\u2014NSSAI | s-nssai snssai nssai s-nssai snssai nssai"
            + " s-nssai snssai nssai",
        "RRCSetupRequest | rrcsetuprequest rrc setup request",
        "IPv4 QoS MHz SIB1s | ipv4 ipv qos mhz sib1 sib",
        "24501 TS24.501 | 24501 24.501 ts24.501 24.501 ts24 ts 24 501",
        "38.101-1 v18.3.0 | 38.101-1 38.101 38 101 v18.3.0 18.3.0 v18",
        "Rel-15 R15 rel 15 Release.15 | rel-15 rel15 rel-15 rel15 rel-15 rel15 rel-15 rel15",
        "uplink/downlink | uplink/downlink uplink downlink",
        "R&D | r&d",
        "Handovers were moving. | handov move",
        "DNS and DNs | dns dn",
        "AS as | as",
        "a -- b-, (c) | b c",
        "ＮＧ‐ＲＡＮ | ng-ran ngran ng ran",
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
