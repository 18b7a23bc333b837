package io.telecomllm.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CitationTest {
  private static final String QUESTION = "What does the AMF keep track of?";
  private static final Clause AMF =
      clause(
          "AMF",
          "The AMF belongs to the control plane. It keeps track of the registration, reachability"
              + " and mobility of terminals. Signalling ends there.");
  private static final Clause UPF =
      clause("UPF", "The UPF forwards packets between tunnels. It buffers paging data.");
  private static final List<Passage> PASSAGES =
      List.of(new Passage(AMF, 3, 1), new Passage(UPF, 1, 2));

  private final CitationFinder finder = new CitationFinder();

  @Test
  void isVerbatimOrNothing() {
    assertThat(new Citation(AMF, "The AMF", 0, 7)).isEqualTo(Citation.of(AMF, 0, 7));
    assertThatThrownBy(() -> new Citation(AMF, "the AMF", 0, 7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "quotation is not verbatim at 0 to 7 of Glossary#AMF: expected 'The AMF', found 'the"
                + " AMF'");
    int length = AMF.text().length();
    for (int[] range : new int[][] {{-1, 3}, {3, 3}, {4, 3}, {0, length + 1}}) {
      assertThatThrownBy(() -> Citation.of(AMF, range[0], range[1]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "range is %d to %d, expected 0 <= start < end <= %d, the length of Glossary#AMF",
              range[0], range[1], length);
    }
  }

  private boolean cited(String evidence, String question, String option) {
    List<Passage> passages = List.of(new Passage(clause("SMF", evidence), 1, 1));
    return finder.find(passages, question, option).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "The SMF allocates IP addresses to terminals. | allocates IP addresses | true",
        "The SMF does not allocate IP addresses to terminals. | allocates IP addresses | false",
        "The SMF doesn't allocate any IP addresses. | allocates IP addresses | false",
        "In the SMF no IP addresses are allocated. | allocates IP addresses | false",
        "The SMF cannot allocate IP addresses. | it allocates IP addresses | false",
        "The SMF does not allocate IP addresses. | does not allocate IP addresses | true",
        "The SMF allocates IP addresses. | does not allocate IP addresses | false",
        "Waves arrive at the terminal with no dominant path. | waves lack a dominant path | true",
        "The waves have a dominant path. | waves lack a dominant path | false",
        // what is denied is something else
        "The SMF allocates IP addresses and does not forward packets. | IP addresses | true",
        // a limit or an addition denies nothing
        "The SMF allocates not only IP addresses but prefixes. | allocates IP addresses | true",
        "The SMF allocates addresses no later than the session. | allocates addresses | true",
      })
  void aQuotationSaysWhatTheOptionSaysAndNotTheContrary(
      String evidence, String option, boolean cited) {
    assertThat(cited(evidence, "What does the SMF do for a terminal?", option)).isEqualTo(cited);
  }

  @Test
  void aQuestionForWhatIsNotSoIsAnsweredByEither() {
    String question = "Which of these is not a task of the SMF?";
    assertThat(cited("The SMF does not forward packets.", question, "forward packets")).isTrue();
    assertThat(cited("The SMF and the UPF forward packets.", question, "forward packets")).isTrue();
  }

  @Test
  void quotesTheSentenceThatSupports() {
    assertThat(finder.find(PASSAGES, QUESTION, "Registration and mobility of the terminal"))
        .map(Citation::quotation)
        .contains("It keeps track of the registration, reachability and mobility of terminals.");
    assertThat(finder.find(PASSAGES, "What does the UPF buffer?", "paging data"))
        .map(c -> c.clause().id())
        .contains("Glossary#UPF");
  }

  @Test
  void quotesAdjacentSentencesTogether() {
    assertThat(finder.find(PASSAGES, QUESTION, "reachability and signalling"))
        .map(Citation::quotation)
        .contains(AMF.text().substring(AMF.text().indexOf("It keeps")));
  }

  @Test
  void findsNothingWhereNothingSupports() {
    assertThat(finder.find(PASSAGES, QUESTION, "charging records of subscribers")).isEmpty();
    assertThat(finder.find(PASSAGES, QUESTION, "mobility, charging and roaming")).isEmpty();
    assertThat(finder.find(PASSAGES, QUESTION, "it is")).isEmpty();
    assertThat(finder.find(PASSAGES, QUESTION, "")).isEmpty();
    assertThat(finder.find(List.of(), QUESTION, "mobility")).isEmpty();
    // true of the UPF, but the question shares no word with its entry
    assertThat(finder.find(List.of(PASSAGES.get(1)), QUESTION, "packets between tunnels"))
        .isEmpty();
  }

  @Test
  void supportIsTheShareOfDistinctiveWords() {
    assertThat(finder.support(QUESTION, "the AMF's mobility and roaming", AMF.text()))
        .isEqualTo(0.5);
    assertThat(finder.support(QUESTION, "track of the AMF", AMF.text())).isEqualTo(1.0);
    assertThat(finder.support(QUESTION, "NG-RAN", "The RAN with NG")).isEqualTo(1.0);
    assertThat(finder.support(QUESTION, "NG-RAN", "The RAN alone")).isZero();
    assertThat(finder.support("Which band? [3GPP Release 18]", "release 18", "In release 18."))
        .isEqualTo(1.0);
  }

  @Test
  void theThresholdIsTheOnesGiven() {
    String option = "mobility and roaming";
    assertThat(new CitationFinder(0.5).find(PASSAGES, QUESTION, option)).isPresent();
    assertThat(new CitationFinder(0.51).find(PASSAGES, QUESTION, option)).isEmpty();
    for (double threshold : new double[] {0, 1.01, Double.NaN}) {
      assertThatThrownBy(() -> new CitationFinder(threshold))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("threshold is %s, expected above 0 to 1", threshold);
    }
  }

  @Property(tries = 1000)
  void whateverIsFoundIsVerbatimAndReachesTheThreshold(
      @ForAll("texts") List<String> texts,
      @ForAll("text") String question,
      @ForAll("text") String option) {
    List<Passage> passages = new ArrayList<>();
    for (String text : texts) {
      Clause clause = clause("c" + passages.size(), text);
      passages.add(new Passage(clause, 1, passages.size() + 1));
    }
    Optional<Citation> found = finder.find(passages, question, option);
    boolean supported =
        passages.stream()
            .anyMatch(
                p ->
                    Sentences.of(p.clause().text()).stream()
                        .anyMatch(s -> reaches(p, s, question, option)));
    if (supported) {
      assertThat(found).isPresent();
    }
    found.ifPresent(
        c -> {
          assertThat(c.clause().text().substring(c.start(), c.end())).isEqualTo(c.quotation());
          assertThat(finder.support(question, option, c.quotation()))
              .isGreaterThanOrEqualTo(CitationFinder.DEFAULT_THRESHOLD);
          assertThat(passages).extracting(Passage::clause).contains(c.clause());
        });
  }

  private boolean reaches(Passage p, Sentences.Range s, String question, String option) {
    String text = p.clause().text();
    String sentence = text.substring(s.start(), s.end());
    boolean shares =
        Words.queryTerms(question).isEmpty()
            || Words.of(question).stream()
                .anyMatch(w -> Words.indexTerms(sentence).contains(w.term()));
    return shares && finder.support(question, option, sentence) >= CitationFinder.DEFAULT_THRESHOLD;
  }

  @Provide
  Arbitrary<String> text() {
    return Arbitraries.of(
            "beam",
            "cell",
            "UE",
            "NG-RAN",
            "5QI",
            "the",
            "sends",
            "cells",
            "TS 38.331",
            "e.g.",
            ". The",
            "?",
            "\n",
            "\uD83D\uDCE1",
            "\u00e9t\u00e9",
            "UMTS",
            "!")
        .list()
        .ofMinSize(1)
        .ofMaxSize(14)
        .map(words -> String.join(" ", words) + ".");
  }

  @Provide
  Arbitrary<List<String>> texts() {
    return text().list().ofMaxSize(4);
  }

  private static Clause clause(String name, String text) {
    return new Clause("Glossary", "", "", name, "", text, "");
  }
}
