package io.telecomllm.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NavigationTest {
  /** Numbers as they stand in a document. */
  private static final List<String> NUMBERS =
      List.of(
          "1", "2", "5", "5.1", "5.2", "5.2 (2)", "5.2.1", "5.2.1a", "5.2.2.1", "5.2.10", "5.2A",
          "5.2A.1", "5.10", "5a", "6", "10", "Annex A", "A.1", "A.1.1", "A.2", "B.1");

  private static Clause clause(String spec, String version, String number, String text) {
    String release = version.isEmpty() ? "" : "Rel-" + version.substring(0, version.indexOf('.'));
    return new Clause(spec, version, release, number, "", text, "");
  }

  private static Clause of(String number) {
    return clause("TS 23.501", "18.1.0", number, "Text of " + number);
  }

  /** The document, in any order, between others. */
  private static List<Clause> clauses(long seed) {
    List<Clause> clauses = new ArrayList<>();
    for (String number : NUMBERS) {
      clauses.add(of(number));
      clauses.add(clause("TS 23.501", "17.1.0", number, "Old"));
      clauses.add(clause("TS 23.502", "18.1.0", number, "Other"));
    }
    Collections.shuffle(clauses, new Random(seed));
    return clauses;
  }

  private static List<String> numbers(List<Clause> clauses) {
    assertThat(clauses).allSatisfy(c -> assertThat(c.document()).isEqualTo(of("1").document()));
    return clauses.stream().map(Clause::clause).toList();
  }

  @Test
  void neighboursStandInTheOrderOfTheDocument() {
    for (int seed = 0; seed < 3; seed++) {
      try (KnowledgeBase base = KnowledgeBase.of(clauses(seed))) {
        for (int i = 0; i < NUMBERS.size(); i++) {
          for (int count : new int[] {1, 3, 1_000}) {
            List<String> expected =
                new ArrayList<>(
                    NUMBERS.subList(
                        Math.max(0, i - count), Math.min(NUMBERS.size(), i + count + 1)));
            expected.remove(NUMBERS.get(i));
            assertThat(numbers(base.neighbours(of(NUMBERS.get(i)), count))).isEqualTo(expected);
          }
        }
        assertThat(base.neighbours(of("7"), 2)).isEmpty();
        assertThatThrownBy(() -> base.neighbours(of("1"), 0))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("count is 0, expected 1 to 1000");
      }
    }
  }

  @Test
  void namesComeFirstAsTheyWereAdded(@TempDir Path folder) {
    try (KnowledgeBaseWriter writer = KnowledgeBaseWriter.open(folder)) {
      Stream.of("1", "Foreword", "2", "About this page", "Credits")
          .map(NavigationTest::of)
          .forEach(writer::put);
      writer.commit();
      // a changed clause keeps its place
      writer.put(clause("TS 23.501", "18.1.0", "Foreword", "Changed"));
      writer.put(of("Zebra"));
      writer.commit();
    }
    try (KnowledgeBase base = KnowledgeBase.open(folder)) {
      assertThat(numbers(base.neighbours(of("Credits"), 9)))
          .containsExactly("Foreword", "About this page", "Zebra", "1", "2");
    }
  }

  @Test
  void parentsAndChildrenAgree() {
    try (KnowledgeBase base = KnowledgeBase.of(clauses(7))) {
      assertThat(base.parent(of("5.2.1"))).contains(of("5.2"));
      assertThat(base.parent(of("5.2.2.1"))).contains(of("5.2"));
      assertThat(base.parent(of("5.2A.1"))).contains(of("5.2A"));
      assertThat(base.parent(of("A.1.1"))).contains(of("A.1"));
      assertThat(base.parent(of("A.2"))).contains(of("Annex A"));
      assertThat(base.parent(of("B.1"))).isEmpty();
      assertThat(base.parent(of("5"))).isEmpty();
      assertThat(base.parent(of("Foreword"))).isEmpty();
      assertThat(numbers(base.children(of("5")))).containsExactly("5.1", "5.2", "5.2A", "5.10");
      assertThat(numbers(base.children(of("5.2"))))
          .containsExactly("5.2 (2)", "5.2.1", "5.2.1a", "5.2.2.1", "5.2.10");
      assertThat(base.children(of("5.2 (2)"))).isEmpty();
      assertThat(base.children(of("Foreword"))).isEmpty();
      for (String number : NUMBERS) {
        for (Clause child : base.children(of(number))) {
          assertThat(base.parent(child)).contains(of(number));
        }
      }
    }
  }

  @Test
  void referencesAreTheClausesThatATextNames() {
    Clause from =
        clause(
            "TS 23.501",
            "17.1.0",
            "4.1",
            "See clause 5.2 and Annex A; clause 9.9 is void. TS 23.502 [3], clause 5.1 and clause"
                + " 5.10 of TS 33.501 say more, as does clause 4.1.");
    List<Clause> clauses = clauses(8);
    clauses.add(clause("3GPP TS 23.502", "16.1.0", "5.1", "Older"));
    try (KnowledgeBase base = KnowledgeBase.of(clauses)) {
      References references = base.references(from);
      assertThat(references.found())
          .containsExactly(
              clause("TS 23.501", "17.1.0", "5.2", "Old"),
              clause("TS 23.501", "17.1.0", "5.2 (2)", "Old"),
              clause("TS 23.501", "17.1.0", "Annex A", "Old"),
              // its own release is not there
              clause("TS 23.502", "18.1.0", "5.1", "Other"));
      assertThat(references.missing())
          .extracting(Reference::id)
          .containsExactly("TS 23.501#9.9", "TS 33.501#5.10");
    }
    clauses.add(clause("TS 23.502", "17.3.0", "5.1", "Same release"));
    try (KnowledgeBase base = KnowledgeBase.of(clauses)) {
      assertThat(base.references(from).found())
          .last()
          .isEqualTo(clause("TS 23.502", "17.3.0", "5.1", "Same release"));
    }
  }

  @Test
  void theLastPassagesAreWhatTheBestPointAt() {
    List<Clause> clauses =
        List.of(
            clause("TS 23.501", "", "1", "Paging: see clause 2; clause 3 of TS 24.501."),
            clause("TS 23.501", "", "2", "It wakes the terminal."),
            clause("TS 24.501", "17.1.0", "3", "A message asks it to answer."),
            clause("TS 24.501", "", "4", "Paging again."),
            clause(
                "TS 24.501",
                "",
                "5",
                "Paging late: cell beam radio slot call code core link node."));
    try (KnowledgeBase base = KnowledgeBase.of(clauses)) {
      List<Passage> plain = base.search("paging", 3);
      assertThat(KnowledgeBaseTest.ids(plain))
          .containsExactly("TS 24.501#4", "TS 23.501#1", "TS 24.501#5");
      Retriever one = ReferenceFollower.of(base, 1);
      List<Passage> found = one.search("paging", 3);
      assertThat(KnowledgeBaseTest.ids(found))
          .containsExactly("TS 24.501#4", "TS 23.501#1", "TS 23.501#2");
      assertThat(found).extracting(Passage::rank).containsExactly(1, 2, 3);
      assertThat(found.get(2).score()).isEqualTo(plain.get(1).score());
      assertThat(KnowledgeBaseTest.ids(ReferenceFollower.of(base, 9).search("paging", 9)))
          .containsExactly(
              "TS 24.501#4", "TS 23.501#1", "TS 24.501#5", "TS 23.501#2", "TS 24.501#3");
      // two places would leave no passage that points at anything
      assertThat(ReferenceFollower.of(base, 2).search("paging", 3)).isEqualTo(found);
      assertThat(one.search("paging", 1)).isEqualTo(base.search("paging", 1));
      assertThat(KnowledgeBaseTest.ids(one.search(Query.of("paging", 3).series("24"))))
          .containsExactly("TS 24.501#4", "TS 24.501#5");
      assertThat(
              KnowledgeBaseTest.ids(
                  ReferenceFollower.of(base, 9).search(Query.of("paging", 9).release("18"))))
          .doesNotContain("TS 24.501#3");
      assertThat(one.id()).matches("[0-9a-f]{64}").isNotEqualTo(base.id());
      assertThat(ReferenceFollower.of(base, 2).id()).isNotEqualTo(one.id());
    }
  }
}
