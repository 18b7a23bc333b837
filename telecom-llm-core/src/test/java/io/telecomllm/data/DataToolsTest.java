package io.telecomllm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.telecomllm.data.CleaningReport.Flag;
import io.telecomllm.data.Intersections.Kind;
import io.telecomllm.text.Texts;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Cleaning reports, intersections and leaks. */
class DataToolsTest {
  private static Question question(String id, String text, String explanation, String... options) {
    return new Question(id, text, List.of(options), 0, explanation, Category.LEXICON);
  }

  @Test
  void aCleaningReportCountsAndNames() {
    String entry =
        "{\"question\": \"%s\", \"choices\": [%s], \"answer\": 0, \"explanation\": \"%s\"}";
    String lines =
        String.join(
            "\n",
            entry.formatted(
                "What is the role of the AMF? [3GPP Release 17]", "\"a\", \"b\"", "x y"),
            entry.formatted("What is the  role of the AMF?", "\"c\", \"both of them\"", ""),
            entry.formatted("What is the role of an AMF?", "\"c\", \"d\"", "So option 2 is wrong."),
            entry.formatted("Which?", "\"a\", \"A\"", "x"));
    CleaningReport report = CleaningReport.of(TeleQnADataset.read(new StringReader(lines), "file"));
    assertThat(report.entries()).isEqualTo(4);
    assertThat(report.kept()).isEqualTo(3);
    assertThat(report.byReason()).isEqualTo(Map.of(Rejection.Reason.EQUAL_OPTIONS, 1));
    assertThat(report.flags())
        .containsExactly(
            new Flag("question 1", CleaningReport.Kind.REPEATED_TEXT, "question 0"),
            new Flag("question 2", CleaningReport.Kind.NEAR_DUPLICATE, "question 0"),
            new Flag("question 1", CleaningReport.Kind.POINTING_OPTIONS, "both of them"),
            new Flag(
                "question 2",
                CleaningReport.Kind.EXPLANATION_NAMES_OPTION,
                "So option 2 is wrong."),
            new Flag("question 1", CleaningReport.Kind.NO_EXPLANATION, ""));
    assertThat(report.text().lines())
        .startsWith("4 entries, 3 kept, 1 rejected", "  rejected      1 EQUAL_OPTIONS")
        .endsWith("question 3: EQUAL_OPTIONS: options 1 and 2 are both \"A\"");
  }

  @Test
  void intersectionsCountFromTheStrictestToTheLoosest() {
    Map<String, List<Question>> sets = new LinkedHashMap<>();
    sets.put(
        "a",
        List.of(
            question("1", "What does the AMF do? [3GPP Release 17]", "", "x", "y"),
            question("2", "Which one two three four?", "", "x", "y"),
            question("3", "Something else entirely", "", "x", "y")));
    sets.put(
        "b",
        List.of(
            question("1", "what does the AMF  do?", "", "x", "y"),
            question("2", "Which one two three four five?", "", "x", "y")));
    Intersections found = Intersections.of(sets);
    assertThat(found.count(Kind.EXACT, "a", "a")).isEqualTo(3);
    assertThat(found.count(Kind.EXACT, "a", "b")).isZero();
    assertThat(found.count(Kind.NORMALISED, "a", "b")).isEqualTo(1);
    assertThat(found.count(Kind.NEAR_DUPLICATE, "a", "b")).isEqualTo(2);
    assertThat(found.text()).contains("NORMALISED").contains("a        3        1\n");
    assertThatThrownBy(() -> found.count(Kind.EXACT, "a", "c"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no set is called c; there are [a, b]");
  }

  private static final Question TEST =
      question(
          "question 9",
          "Which function ends the signalling of the access stratum in the core network? [X1]",
          "The mobility function ends it, since every message of a terminal passes through there"
              + " before anything else happens.",
          "a",
          "b");

  @Test
  void findsTestQuestionsAmongOthers() {
    LeakCheck check = LeakCheck.against(List.of(TEST));
    List<Question> training =
        List.of(
            question("question 9", "What is something else, with the same id?", "", "a", "b"),
            question("t1", TEST.textWithoutTag().toUpperCase(Locale.ROOT), "", "a", "b"),
            question("t2", TEST.textWithoutTag() + " Say", "", "a", "b"));
    assertThat(check.questions("training", training))
        .extracting(Leak::found, Leak::test, Leak::kind)
        .containsExactly(
            tuple("t1", "question 9", Leak.Kind.SAME_QUESTION),
            tuple("t2", "question 9", Leak.Kind.NEAR_DUPLICATE));
  }

  @Test
  void findsTestQuestionsInTexts() {
    LeakCheck check = LeakCheck.against(List.of(TEST));
    String explanation = TEST.explanation();
    assertThat(check.text("base", "c1", "Before. " + explanation + " After."))
        .containsExactly(new Leak("base", "c1", "question 9", Leak.Kind.EXPLANATION_IN_TEXT, 1.0));
    assertThat(check.text("base", "c1", explanation.replace("message", "packet"))).hasSize(1);
    assertThat(check.text("base", "c1", explanation.replaceAll("message|terminal|before", "x")))
        .isEmpty();
    assertThat(check.text("base", "c1", "It says: " + TEST.textWithoutTag()))
        .extracting(Leak::kind)
        .containsExactly(Leak.Kind.QUESTION_IN_TEXT);
    assertThat(check.text("base", "c1", "The mobility function ends it.")).isEmpty();
    assertThat(check.text("base", "c1", "")).isEmpty();
    assertThat(check.tooShort()).isZero();
    assertThat(LeakCheck.against(List.of(question("q", "Why?", "So.", "a", "b"))).tooShort())
        .isEqualTo(2);
  }

  /** Every run of every text is compared, without an index. */
  @Property(tries = 500)
  void findsWhatANaiveComparisonFinds(
      @ForAll("wordTexts") List<String> explanations, @ForAll("wordTexts") List<String> texts) {
    List<Question> test = new ArrayList<>();
    for (String explanation : explanations) {
      test.add(question("q" + test.size(), "Why?", explanation, "a", "b"));
    }
    LeakCheck check = LeakCheck.against(test);
    for (String text : texts) {
      List<String> expected =
          test.stream()
              .filter(q -> Texts.wordCount(q.explanation()) >= 8)
              .filter(
                  q -> {
                    Set<String> sought = runs(q.explanation());
                    Set<String> own = runs(text);
                    return 3L * sought.stream().filter(own::contains).count() >= 2L * sought.size();
                  })
              .map(Question::id)
              .toList();
      assertThat(check.text("s", "t", text)).extracting(Leak::test).isEqualTo(expected);
    }
  }

  private static Set<String> runs(String text) {
    List<String> words = List.of(text.split(" ", -1));
    Set<String> runs = new HashSet<>();
    for (int i = 2; i < words.size(); i++) {
      runs.add(words.get(i - 2) + " " + words.get(i - 1) + " " + words.get(i));
    }
    return runs;
  }

  @Provide
  Arbitrary<List<String>> wordTexts() {
    return Arbitraries.of("a", "b", "c")
        .list()
        .ofMinSize(1)
        .ofMaxSize(16)
        .map(words -> String.join(" ", words))
        .list()
        .ofMaxSize(4);
  }
}
