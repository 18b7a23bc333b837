package io.telecomllm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SplitTest {
  @Provide
  Arbitrary<List<Question>> questions() {
    return Questions.many();
  }

  @Property(tries = 400)
  void aSplitIsDisjointAndTotalAndParsNoNearDuplicates(
      @ForAll("questions") List<Question> questions,
      @ForAll @DoubleRange(max = 1, maxIncluded = false) double fraction,
      @ForAll long seed) {
    TeleQnADataset data = TeleQnADataset.of(questions);
    Split split = data.split(fraction, seed);
    List<Question> both = new ArrayList<>(split.training());
    both.addAll(split.validation());
    assertThat(both).containsExactlyInAnyOrderElementsOf(data.questions());
    for (Question a : split.training()) {
      for (Question b : split.validation()) {
        assertThat(naiveSimilarity(a, b)).isLessThan(0.8);
      }
    }
    assertThat(split.validation())
        .hasSizeLessThanOrEqualTo((int) Math.round(fraction * data.questions().size()));
    data.byCategory()
        .forEach(
            (category, list) ->
                assertThat(count(split.validation(), category))
                    .isLessThanOrEqualTo((long) Math.ceil(fraction * list.size())));
  }

  @Property(tries = 100)
  void theOrderOfTheSourcePlaysNoPart(
      @ForAll("questions") List<Question> questions, @ForAll long seed) {
    // without duplicates, of which the first is kept
    List<Question> kept = new ArrayList<>(TeleQnADataset.of(questions).questions());
    Split split = TeleQnADataset.of(kept).split(0.3, seed);
    Collections.shuffle(kept, new Random(seed));
    Split other = TeleQnADataset.of(kept).split(0.3, seed);
    assertThat(Set.copyOf(other.validation())).isEqualTo(Set.copyOf(split.validation()));
  }

  @Property(tries = 200)
  void theSearchForNearDuplicatesFindsWhatANaiveOneFinds(
      @ForAll("questions") List<Question> left, @ForAll("questions") List<Question> right) {
    Set<List<Integer>> naive = new HashSet<>();
    for (int i = 0; i < left.size(); i++) {
      for (int j = 0; j < right.size(); j++) {
        if (naiveSimilarity(left.get(i), right.get(j)) >= 0.8) {
          naive.add(List.of(i, j));
        }
      }
    }
    List<NearDuplicates.Pair> found = NearDuplicates.between(left, right);
    assertThat(found.stream().map(p -> List.of(p.left(), p.right())))
        .containsExactlyInAnyOrderElementsOf(naive);
    for (NearDuplicates.Pair pair : found) {
      assertThat(pair.similarity())
          .isEqualTo(naiveSimilarity(left.get(pair.left()), right.get(pair.right())));
    }
  }

  private static double naiveSimilarity(Question a, Question b) {
    Set<String> left = naiveWords(a);
    Set<String> right = naiveWords(b);
    Set<String> all = new HashSet<>(left);
    all.addAll(right);
    Set<String> shared = new HashSet<>(left);
    shared.retainAll(right);
    return (double) shared.size() / all.size();
  }

  private static Set<String> naiveWords(Question question) {
    return new HashSet<>(List.of(question.text().toLowerCase(Locale.ROOT).split("[ ?]+")));
  }

  @Tag("shared")
  @Test
  void theRealSplitIsStratifiedAndLeaksNothing() {
    TeleQnADataset data = RealData.dataset();
    Split split = data.split(0.1, 3407);
    Set<Question> both = new HashSet<>(split.training());
    both.addAll(split.validation());
    assertThat(both).isEqualTo(Set.copyOf(data.questions()));
    assertThat(split.training().size() + split.validation().size()).isEqualTo(both.size());
    assertThat(split.validation().size()).isEqualTo((int) Math.round(0.1 * both.size()));
    data.byCategory()
        .forEach(
            (category, list) ->
                assertThat((double) count(split.validation(), category))
                    .isCloseTo(0.1 * list.size(), within(1.0)));
    assertThat(split.overlaps()).isEmpty();
    // the data does hold near-duplicates, which a split that does not look for them would part
    assertThat(NearDuplicates.groups(data.questions())).anyMatch(group -> group.size() > 1);
    assertThat(NearDuplicates.groups(data.questions())).allMatch(group -> group.size() < 50);
  }

  @Tag("shared")
  @Test
  void theSeedDecides() {
    TeleQnADataset data = RealData.dataset();
    assertThat(data.split(0.1, 1)).isEqualTo(data.split(0.1, 1));
    assertThat(data.split(0.1, 1).manifest()).isNotEqualTo(data.split(0.1, 2).manifest());
    // each side keeps the order of the source
    List<Question> validation = data.split(0.1, 1).validation();
    assertThat(validation)
        .isEqualTo(data.questions().stream().filter(Set.copyOf(validation)::contains).toList());
  }

  @Test
  void theSplitIsTheSameInEveryJvm() {
    List<Question> questions =
        IntStream.range(0, 20)
            .mapToObj(
                i ->
                    question(
                        "q" + i,
                        "Subject " + i,
                        i % 2 == 0 ? Category.LEXICON : Category.STANDARDS_OVERVIEW))
            .toList();
    // written down: a change here lets a resumed run see its validation questions
    assertThat(TeleQnADataset.of(questions).split(0.25, 3407).validation())
        .extracting(Question::id)
        .containsExactly("q3", "q6", "q12", "q15", "q18");
  }

  @Test
  void noneOrSomeMayBeForValidation() {
    TeleQnADataset data = TeleQnADataset.of(List.of(question("a", "What?", Category.LEXICON)));
    assertThat(data.split(0, 1).validation()).isEmpty();
    assertThat(TeleQnADataset.of(List.of()).split(0.5, 1))
        .isEqualTo(new Split(List.of(), List.of()));
    for (double fraction : new double[] {-0.1, 1, 2, Double.NaN}) {
      assertThatThrownBy(() -> data.split(fraction, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("validationFraction is " + fraction + ", expected 0 or more and less than 1");
    }
  }

  @Test
  void noIdIsOnBothSides() {
    Question a = question("a", "What?", Category.LEXICON);
    assertThatThrownBy(() -> new Split(List.of(a), List.of(a)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("id \"a\" appears twice");
    assertThatThrownBy(() -> new Split(List.of(), List.of(a, a)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("id \"a\" appears twice");
  }

  @Test
  void theManifestIsDigestedAsItsJavadocSays() throws IOException, NoSuchAlgorithmException {
    Question a = question("a", "What is \u00e9?", Category.LEXICON);
    Question b = question("b", "Why?", Category.STANDARDS_OVERVIEW);
    SplitManifest manifest = new Split(List.of(a), List.of(b)).manifest();
    assertThat(manifest.training()).containsExactly("a");
    assertThat(manifest.validation()).containsExactly("b");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    for (Question q : List.of(a, b)) {
      out.writeInt(1);
      text(out, q.id());
      text(out, q.text());
      out.writeInt(q.options().size());
      for (String option : q.options()) {
        text(out, option);
      }
      out.writeInt(q.answer());
      text(out, q.explanation());
      text(out, q.category().label());
    }
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
    assertThat(manifest.sha256()).isEqualTo(HexFormat.of().formatHex(digest));
  }

  @Test
  void theDigestSeesEveryPartOfAQuestion() {
    Question base = new Question("a", "What?", List.of("x", "y"), 0, "So.", Category.LEXICON);
    List<Question> changed =
        List.of(
            new Question("b", "What?", List.of("x", "y"), 0, "So.", Category.LEXICON),
            new Question("a", "Why?", List.of("x", "y"), 0, "So.", Category.LEXICON),
            new Question("a", "What?", List.of("y", "x"), 0, "So.", Category.LEXICON),
            new Question("a", "What?", List.of("x", "y", "z"), 0, "So.", Category.LEXICON),
            new Question("a", "What?", List.of("x", "y"), 1, "So.", Category.LEXICON),
            new Question("a", "What?", List.of("x", "y"), 0, "", Category.LEXICON),
            new Question("a", "What?", List.of("x", "y"), 0, "So.", Category.RESEARCH_OVERVIEW));
    Set<String> digests = new HashSet<>();
    digests.add(digest(List.of(base), List.of()));
    digests.add(digest(List.of(), List.of(base)));
    changed.forEach(q -> digests.add(digest(List.of(q), List.of())));
    assertThat(digests).hasSize(changed.size() + 2);
  }

  private static String digest(List<Question> training, List<Question> validation) {
    return new Split(training, validation).manifest().sha256();
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static long count(List<Question> questions, Category category) {
    return questions.stream().filter(q -> q.category() == category).count();
  }

  private static Question question(String id, String text, Category category) {
    return new Question(id, text, List.of("yes", "no"), 1, "", category);
  }
}
