package io.telecomllm.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.knowledge.Lexicon.Match;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LexiconTest {
  private static final Lexicon LEXICON =
      Lexicon.of(
          List.of(
              acronym("AMF", "Access and Mobility Management Function"),
              acronym("AM", "Acknowledged Mode"),
              acronym("AM", "Amplitude Modulation"),
              acronym("RAN", "Radio Access Network"),
              acronym("NG-RAN", "Next Generation Radio Access Network"),
              acronym("MIMO", "Multiple Input Multiple Output"),
              new Term("network slice", "", "Lexicon", "A logical network."),
              new Term("network slice instance", "", "Lexicon", "One running slice.")));

  @Test
  void findsWholeWordsInTheirCaseAndTheLongestFirst() {
    String text = "The AMF of an NG-RAN; the RAN, RAN1, amf, AMFs and RAN_x: a network \n slice.";
    assertThat(LEXICON.find(text))
        .extracting(m -> m.term() + "=" + text.substring(m.start(), m.end()))
        .containsExactly("AMF=AMF", "NG-RAN=NG-RAN", "RAN=RAN", "network slice=network \n slice");
    assertThat(LEXICON.find("network slice instances and a network slice instance"))
        .containsExactly(
            new Match("network slice", 0, 13), new Match("network slice instance", 30, 52));
    assertThat(LEXICON.find("")).isEmpty();
  }

  @Test
  void anAmbiguousAcronymHasAllItsMeanings() {
    assertThat(LEXICON.expand("AM"))
        .extracting(Term::expansion)
        .containsExactly("Acknowledged Mode", "Amplitude Modulation");
    assertThat(LEXICON.expand("AMF")).hasSize(1);
    assertThat(LEXICON.expand("amf")).isEmpty();
    assertThat(LEXICON.expandFirstUse("RLC in AM sends."))
        .isEqualTo("RLC in AM (Acknowledged Mode or Amplitude Modulation) sends.");
  }

  @Test
  void writesOutTheFirstUseOnly() {
    assertThat(LEXICON.expandFirstUse("AMF, AMF and MIMO in a network slice."))
        .isEqualTo(
            "AMF (Access and Mobility Management Function), AMF and MIMO"
                + " (Multiple Input Multiple Output) in a network slice.");
    String spelledOut =
        "The access and mobility management function (AMF) and amplitude modulation (AM).";
    assertThat(LEXICON.expandFirstUse(spelledOut)).isEqualTo(spelledOut);
  }

  @Test
  void anotherLexiconOnTopReplacesTheMeanings() {
    Lexicon own =
        Lexicon.of(List.of(acronym("AM", "Account Manager"), acronym("NOC", "Network Centre")));
    Lexicon both = LEXICON.with(own);
    assertThat(both.expand("AM")).extracting(Term::expansion).containsExactly("Account Manager");
    assertThat(both.expand("NOC")).hasSize(1);
    assertThat(both.expand("AMF")).isEqualTo(LEXICON.expand("AMF"));
    assertThat(both.find("AM and NOC and RAN")).hasSize(3);
    assertThat(LEXICON.expand("AM")).hasSize(2);
    assertThat(LEXICON.expand("NOC")).isEmpty();
  }

  @Test
  void itsClausesMakeAKnowledgeBase() {
    List<Clause> clauses = LEXICON.clauses();
    assertThat(clauses).hasSameSizeAs(LEXICON.terms());
    assertThat(clauses.get(0))
        .isEqualTo(
            new Clause(
                "Glossary",
                "",
                "",
                "AMF",
                "Access and Mobility Management Function",
                "AMF is a thing.",
                ""));
    assertThat(clauses)
        .extracting(Clause::clause)
        .contains("AM (Acknowledged Mode)", "AM (Amplitude Modulation)", "network slice");
    assertThat(clauses)
        .filteredOn(c -> c.clause().equals("network slice"))
        .extracting(Clause::title)
        .containsExactly("network slice");
    try (KnowledgeBase base = KnowledgeBase.of(clauses)) {
      assertThat(base.search("What is the AMF?", 1).get(0).clause().clause()).isEqualTo("AMF");
    }
  }

  @Test
  void readsAGlossary() {
    String good =
        """
        {"term":"AMF","expansion":"Access and Mobility Management Function","category":"Lexicon","text":"It roams."}
        {"term":"network slice","text":"A logical network."}
        """;
    assertThat(read(good).terms())
        .containsExactly(
            new Term("AMF", "Access and Mobility Management Function", "Lexicon", "It roams."),
            new Term("network slice", "", "", "A logical network."));
    assertThatThrownBy(() -> read(good + "{\"term\":\"AMF\",\"expansion\":7,\"text\":\"x\"}\n"))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("own, line 3, field expansion: expected a string, found 7");
    assertThatThrownBy(() -> read(good + "{\"term\":\"network slice\",\"text\":\"Other.\"}"))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage("own, line 3: repeats network slice of line 2");
    assertThatThrownBy(() -> Lexicon.of(List.of(acronym("AM", "Same"), acronym("AM", "Same"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("two terms are AM (Same)");
  }

  @Test
  void whatIsWrittenIsReadAgain(@TempDir Path folder) {
    Path file = folder.resolve("own.jsonl");
    Lexicon own =
        LEXICON.with(
            Lexicon.of(List.of(new Term("NOC", "", "", "A room \"of\"\nscreens.", "a#1"))));
    own.write(file);
    assertThat(Lexicon.read(file).terms()).isEqualTo(own.terms());
    assertThat(file).content().contains("{\"term\":\"NOC\",\"text\":");
    assertThat(own.clauses()).extracting(Clause::source).contains("a#1", "");
  }

  @Test
  void severalThreadsMaySearchAtOnce() {
    String text = "The AMF of an NG-RAN and a network slice instance in AM.";
    List<Match> expected = LEXICON.find(text);
    assertThat(IntStream.range(0, 10_000).parallel().mapToObj(i -> LEXICON.find(text)))
        .allMatch(expected::equals);
  }

  @Test
  void aLookUpTakesMicroseconds() {
    List<Term> terms = new ArrayList<>(LEXICON.terms());
    for (int i = 0; i < 5_000; i++) {
      terms.add(acronym("X" + i, "Expansion " + i));
      terms.add(acronym("network slice X" + i, ""));
    }
    Lexicon large = Lexicon.of(terms);
    String text =
        "Alarm 17: the AMF lost the NG-RAN, network slice X4711 is down, see X42. ".repeat(2);
    int found = 0;
    long start = 0;
    for (int i = 0; i < 20_000; i++) {
      start = i == 10_000 ? System.nanoTime() : start; // the first half warms up
      found += large.find(text).size();
    }
    long microseconds = (System.nanoTime() - start) / 10_000 / 1_000;
    assertThat(found).isEqualTo(20_000 * 8);
    assertThat(microseconds).isLessThan(200); // 5 on a laptop; the rest is for a loaded machine
  }

  @Property(tries = 2000)
  void findsWhatANaiveScanFinds(@ForAll("names") Set<String> names, @ForAll("texts") String text) {
    List<Term> terms = names.stream().map(n -> new Term(n, "", "", "x")).toList();
    assertThat(Lexicon.of(terms).find(text)).isEqualTo(naive(names, text));
  }

  /** The texts hold what is compared in another form than it is written, and pairs of units. */
  @Property(tries = 2000)
  void findsWhatAScanOverStringsFinds(
      @ForAll("oddNames") Set<String> names, @ForAll("oddTexts") String text) {
    List<Term> terms = names.stream().map(n -> new Term(n, "", "", "x")).toList();
    assertThat(Lexicon.of(terms).find(text)).isEqualTo(overStrings(names, text));
  }

  @Property(tries = 300)
  void writingOutOnlyInserts(@ForAll("texts") String text) {
    Lexicon lexicon = Lexicon.of(List.of(acronym("A", "Alpha"), acronym("A-B", "Alpha Beta")));
    String expanded = lexicon.expandFirstUse(text);
    assertThat(expanded.replace(" (Alpha Beta)", "").replace(" (Alpha)", "")).isEqualTo(text);
  }

  @Provide
  Arbitrary<Set<String>> names() {
    return Arbitraries.strings()
        .withChars("AB-_ 1.")
        .ofMinLength(1)
        .ofMaxLength(5)
        .filter(s -> s.equals(s.strip()) && !s.contains("  "))
        .set()
        .ofMaxSize(8);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings()
        .withChars("AB-_ 1.b")
        .ofMaxLength(30)
        .map(s -> s.replaceAll(" +", " "));
  }

  @Provide
  Arbitrary<Set<String>> oddNames() {
    return Arbitraries.of(
            "A", "B", "-", "\u2013", "\u0301", "\ud83d\ude00", "\ud840\udc00", "\u00e9", "AB", " ")
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(parts -> String.join("", parts))
        .filter(s -> s.equals(s.strip()) && !s.isEmpty())
        // two names that differ in their dash alone are the same to a lexicon
        .filter(s -> s.indexOf('\u2013') < 0 || s.length() > 2)
        .set()
        .ofMaxSize(8)
        .filter(set -> set.stream().map(LexiconTest::units).distinct().count() == set.size());
  }

  @Provide
  Arbitrary<String> oddTexts() {
    return Arbitraries.of(
            "A",
            "B",
            "-",
            "\u2013",
            "\u0301",
            "\ud83d\ude00",
            "\ud840\udc00",
            "\u00e9",
            "AB",
            " ",
            "\n\t",
            "\u00a0")
        .list()
        .ofMaxSize(25)
        .map(parts -> String.join("", parts));
  }

  private static final Pattern UNIT =
      Pattern.compile("[\\p{Z}\\s\\x1c-\\x1f&&[^\u00a0\u2007\u202f]]+|[\\p{L}\\p{Nd}\\p{Mn}_]+|.");

  private static List<String> units(String text) {
    return UNIT.matcher(text)
        .results()
        .map(unit -> unit.group().isBlank() ? " " : unit.group().replace('\u2013', '-'))
        .toList();
  }

  /** Compares lists of strings: every name at every unit. */
  private static List<Match> overStrings(Set<String> names, String text) {
    List<Integer> starts =
        new ArrayList<>(UNIT.matcher(text).results().map(u -> u.start()).toList());
    starts.add(text.length());
    List<String> units = units(text);
    List<Match> matches = new ArrayList<>();
    int at = 0;
    while (at < units.size()) {
      List<String> rest = units.subList(at, units.size());
      String longest =
          names.stream()
              .filter(n -> rest.size() >= units(n).size())
              .filter(n -> rest.subList(0, units(n).size()).equals(units(n)))
              .max(Comparator.comparingInt(n -> units(n).size()))
              .orElse(null);
      int next = at + (longest == null ? 1 : units(longest).size());
      if (longest != null) {
        matches.add(new Match(longest, starts.get(at), starts.get(next)));
      }
      at = next;
    }
    return matches;
  }

  /** Tries every term, longest first, at every place that is not within a word or a match. */
  private static List<Match> naive(Set<String> names, String text) {
    List<Match> matches = new ArrayList<>();
    int i = 0;
    while (i < text.length()) {
      int at = i;
      String longest =
          names.stream()
              .filter(n -> text.startsWith(n, at) && edge(text, at) && edge(text, at + n.length()))
              .max(Comparator.comparingInt(String::length))
              .orElse(null);
      if (longest == null) {
        i++;
      } else {
        matches.add(new Match(longest, i, i + longest.length()));
        i += longest.length();
      }
    }
    return matches;
  }

  private static boolean edge(String text, int at) {
    return at == 0 || at == text.length() || !word(text.charAt(at - 1)) || !word(text.charAt(at));
  }

  private static boolean word(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  private static Lexicon read(String lines) {
    return Lexicon.read(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)), "own");
  }

  private static Term acronym(String term, String expansion) {
    return new Term(term, expansion, "Lexicon", term + " is a thing.");
  }
}
