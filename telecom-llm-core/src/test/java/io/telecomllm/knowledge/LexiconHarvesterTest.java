package io.telecomllm.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.telecomllm.knowledge.Harvest.Candidate;
import io.telecomllm.knowledge.Harvest.Reason;
import io.telecomllm.knowledge.Harvest.Rejected;
import io.telecomllm.text.Texts;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LexiconHarvesterTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "The Access and Mobility Management Function (AMF) is here.|AMF=Access and Mobility Management Function",
        "It runs in an AMF (Access and Mobility Management Function) pool.|AMF=Access and Mobility Management Function",
        "AMF stands for Access and Mobility Management Function in 5G.|AMF=Access and Mobility Management Function",
        "HTTP is short for hypertext transfer protocol, a protocol.|HTTP=hypertext transfer protocol",
        "Some user equipments (UEs) attach.|UE=user equipment",
        "a set of UEs (User Equipments) and more|UE=User Equipment",
        "the 3rd Generation Partnership Project (3GPP) says|3GPP=3rd Generation Partnership Project",
        "by device-to-device (D2D) links|D2D=device-to-device",
        "an extended reality (XR) headset|XR=extended reality",
        "in ultra-reliable and low-latency communication (URLLC)|URLLC=ultra-reliable and low-latency communication",
        "with Authentication, Authorization and Accounting (AAA)|AAA=Authentication, Authorization and Accounting",
        "the primary synchronization signal (PSS)|PSS=primary synchronization signal",
        "the Evolved Packet Core (EPC)|EPC=Evolved Packet Core",
        "on the uplink (UL)|UL=uplink",
        "Single Network Slice Selection Assistance Information (S–NSSAI)|",
        "Single – Network Slice Selection Assistance Information (S-NSSAI)|S-NSSAI=Single – Network Slice Selection Assistance Information",
        "see it (Figure) or (MHz) or (5) or (e.g. this)|",
        "The gateway sends a packet to the server (AMF).|",
        "the user plane function entity (UPF)|",
        "It may run. User traffic (UT) is not affected.|UT=User traffic",
      })
  void findsExpansionsInText(String text, String expected) {
    Harvest harvest = harvest("General", text);
    assertThat(
            harvest.candidates().values().stream()
                .flatMap(List::stream)
                .map(c -> c.term() + "=" + c.expansion()))
        .isEqualTo(expected == null ? List.of() : List.of(expected));
  }

  @Test
  void readsListsOfAbbreviations() {
    String list =
        """
        AMF\tAccess and Mobility Management Function
        | SMF | Session Management Function | 5G |
        UPF: User Plane Function
        PCF – Policy Control Function
        NRF Network Repository Function
        gNB\tnext generation NodeB
        QoE\tnothing of this kind
        """;
    Harvest harvest = harvest("3.2 Abbreviations", list);
    assertThat(harvest.candidates().keySet())
        .containsExactly("AMF", "NRF", "PCF", "SMF", "UPF", "gNB");
    assertThat(harvest.rejected())
        .containsOnly(
            new Rejected("QoE", "nothing of this kind", "TS 1#1", Reason.INITIALS_DIFFER));
    // elsewhere only tabs and tables are lists, and initials must match
    assertThat(harvest("General", list).candidates().keySet()).containsExactly("AMF", "SMF");
  }

  @Test
  void readsDefinitions() {
    String text =
        """
        **network slice:** A logical network with its own resources.
        anchor point: The function where a session ends (see below).
        Access Network (AN): The part of a network that has radio.
        NOTE 1: This is not a name at all.
        short: too short
        RAN: Radio Access Network
        """;
    Harvest harvest = harvest("3.1 Terms and definitions", text);
    assertThat(harvest.candidates().get("network slice"))
        .containsExactly(
            new Candidate(
                "network slice",
                "",
                "A logical network with its own resources.",
                1,
                List.of("TS 1#1")));
    assertThat(harvest.candidates().keySet())
        .containsExactly("AN", "Access Network", "RAN", "anchor point", "network slice");
    assertThat(harvest.candidates().get("RAN").get(0).expansion())
        .isEqualTo("Radio Access Network");
    assertThat(harvest.rejected())
        .extracting(r -> r.term() + " " + r.reason())
        .containsExactly("NOTE 1 NOT_A_NAME", "short TOO_SHORT");
    assertThat(harvest("General", text).candidates().keySet())
        .containsExactly("AN", "network slice");
  }

  @Test
  void anAmbiguousAcronymKeepsAllMeaningsWithTheirClauses() {
    LexiconHarvester harvester = new LexiconHarvester();
    harvester.add(clause("1", "", "RLC has an acknowledged mode (AM)."));
    harvester.add(clause("2", "", "In Acknowledged Mode (AM) a PDU is sent again."));
    harvester.add(clause("3", "", "Radio began with amplitude modulation (AM)."));
    harvester.add(clause("4", "", "An acknowledged-mode (AM) entity."));
    Harvest harvest = harvester.harvest();
    assertThat(harvest.ambiguous().get("AM"))
        .containsExactly(
            new Candidate(
                "AM",
                "acknowledged mode",
                "RLC has an acknowledged mode (AM).",
                3,
                List.of("TS 1#1", "TS 1#2", "TS 1#4")),
            new Candidate(
                "AM",
                "amplitude modulation",
                "Radio began with amplitude modulation (AM).",
                1,
                List.of("TS 1#3")));
    Lexicon lexicon = harvest.lexicon("Lexicon");
    assertThat(lexicon.expand("AM"))
        .extracting(Term::expansion, Term::source)
        .containsExactly(
            tuple("acknowledged mode", "TS 1#1"), tuple("amplitude modulation", "TS 1#3"));
    Lexicon own = Lexicon.of(List.of(new Term("AM", "Account Manager", "", "Our manager.")));
    assertThat(lexicon.with(own).expand("AM"))
        .extracting(Term::expansion)
        .containsExactly("Account Manager");
  }

  @Test
  void tellsWhatWasRejected() {
    Harvest harvest = harvest("General", "The core sends it (NEF) again.");
    assertThat(harvest.candidates()).isEmpty();
    assertThat(harvest.rejected())
        .containsExactly(
            new Rejected("NEF", "The core sends it ", "TS 1#1", Reason.INITIALS_DIFFER));
    assertThat(harvest.rejectedByReason()).containsEntry(Reason.INITIALS_DIFFER, 1L);
  }

  /** Whatever the clauses hold, the harvest makes a lexicon. */
  @Property(tries = 1000)
  void everyHarvestMakesALexicon(
      @ForAll @StringLength(max = 120) @CharRange(from = 'A', to = 'D') String letters,
      @ForAll @StringLength(max = 60) String any) {
    String text = letters.replace('C', ' ').replace("DD", " (").replace('D', ')') + ": " + any;
    Harvest harvest = harvest("Abbreviations and definitions", text + "\nAB " + any);
    assertThat(harvest.lexicon("").terms())
        .hasSize(harvest.candidates().values().stream().mapToInt(List::size).sum());
  }

  /** One line of a megabyte must not take more than time in proportion to its length. */
  @ParameterizedTest
  @CsvSource({"A(A)", "aaaa", "(AB) ", "AB stands for ", "a-", "**a", "A\t", "| A "})
  void longLinesTakeLinearTime(String piece) {
    String text = piece.repeat(400_000 / piece.length());
    assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> harvest("Abbreviations and definitions", text));
  }

  private static Harvest harvest(String title, String text) {
    LexiconHarvester harvester = new LexiconHarvester();
    if (!text.isBlank() && Texts.isWellFormed(text)) {
      harvester.add(clause("1", title, text));
    }
    return harvester.harvest();
  }

  private static Clause clause(String number, String title, String text) {
    return new Clause("TS 1", "", "", number, title, text, "");
  }
}
