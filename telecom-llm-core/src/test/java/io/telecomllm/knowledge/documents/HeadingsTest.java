package io.telecomllm.knowledge.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.knowledge.documents.Headings.Heading;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadingsTest {
  @ParameterizedTest
  @CsvSource({
    "5.6.1@General, 5.6.1, General",
    "5.6.1 General, 5.6.1, General",
    "5.6.2A@Void, 5.6.2A, Void",
    "5@Scope, 5, Scope",
    "5 Scope, 5, Scope",
    "1. Introduction, 1, Introduction",
    "3 dB bandwidth, '', 3 dB bandwidth",
    "5G system, '', 5G system",
    "A guide, '', A guide",
    "A@Guide, A, Guide",
    "A.1@Keys, A.1, Keys",
    "Annex A (normative): Keys, A, Annex A (normative): Keys",
    "Appendix 1 Keys, '', Appendix 1 Keys",
    "Annexes, '', Annexes",
    "Clause 5.3 Keys, 5.3, Keys",
    "§ 12 Keys, 12, Keys",
    "5.6.1, 5.6.1, ''",
    "Foreword, '', Foreword",
    "18.04.2024 Minutes, '', 18.04.2024 Minutes",
  })
  void numberAndTitle(String text, String number, String title) {
    assertThat(Headings.typed(text.replace('@', '\t'), 1)).isEqualTo(new Heading(number, title));
  }

  @ParameterizedTest
  @CsvSource({
    "5.6, 5.6.1, true",
    "5.6, 5.7, true",
    "5.6.3, 6, true",
    "5.6, 5.6.2, false",
    "5.6, 5.8, false",
    "5.6, 7, false",
    "'', 1, true",
    "'', 4, false",
    "5.6, 5.6a, true",
    "A.2, B, true",
    "5, 5, false",
  })
  void whichNumberComesNext(String before, String number, boolean next) {
    assertThat(ClauseOrder.isNext(before, number)).isEqualTo(next);
  }
}
