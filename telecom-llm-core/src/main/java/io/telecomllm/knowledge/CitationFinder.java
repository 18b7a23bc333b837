package io.telecomllm.knowledge;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the sentences of a passage that support an answer, if there are any.
 *
 * <p>The measure is lexical: support is the share of the option's distinctive words that the
 * evidence holds. Distinctive words are the option's content words that the question does not have,
 * or all of them if the question has them all. Support means that the evidence is about the same
 * things, not that it entails the answer. A quotation that denies what the option says, or says
 * what it denies, is not one ({@link Negation}), unless the question itself has a negation.
 *
 * <p>Immutable, so safe for use by several threads.
 */
@Internal
public final class CitationFinder {
  /** The least support of a quotation: three of five distinctive words, or two of three. */
  public static final double DEFAULT_THRESHOLD = 0.6;

  /** The most adjacent sentences in one quotation. */
  static final int MAX_SENTENCES = 3;

  // what speaks for the whole passage comes before what speaks for the sentences in it
  private static final Comparator<Candidate> BEST =
      Comparator.comparingDouble(Candidate::support)
          .thenComparingDouble(Candidate::aboutQuestion)
          .thenComparing(Candidate::rank, Comparator.reverseOrder())
          .thenComparing(Candidate::sentences, Comparator.reverseOrder())
          .thenComparingDouble(Candidate::sharedWithQuestion)
          .thenComparing(candidate -> candidate.citation().start(), Comparator.reverseOrder());

  private final double threshold;

  /** Creates a finder with the {@link #DEFAULT_THRESHOLD}. */
  public CitationFinder() {
    this(DEFAULT_THRESHOLD);
  }

  /** Creates a finder with this threshold, over 0 and at most 1. */
  public CitationFinder(double threshold) {
    checkArgument(
        threshold > 0 && threshold <= 1, "threshold is %s, expected above 0 to 1", threshold);
    this.threshold = threshold;
  }

  /**
   * Returns how far evidence supports an option as the answer to a question, 0 to 1; 0 for an
   * option without content words, such as {@code it is}.
   */
  public double support(String question, String option, String evidence) {
    return Words.share(distinctive(question, option), terms(evidence));
  }

  /**
   * Finds the quotation with the most support: one to three adjacent sentences of a passage that
   * shares a word with the question. Among equal ones it prefers the passage that shares more words
   * with the question, then the better rank, then fewer sentences. Empty if none reaches the
   * threshold.
   */
  public Optional<Citation> find(List<Passage> passages, String question, String option) {
    List<Words.Word> distinctive = distinctive(question, option);
    List<Words.Word> asked = Words.of(Query.of(question, 1).text());
    // a question for what is not so can be answered by either
    Optional<Boolean> denied =
        Negation.in(question) ? Optional.empty() : Optional.of(Negation.in(option));
    Candidate best = null;
    for (Passage passage : passages) {
      Clause clause = passage.clause();
      Set<String> said = terms(clause.text());
      said.addAll(Words.headingTerms(clause));
      double aboutQuestion = Words.share(asked, said);
      if (aboutQuestion > 0 || asked.isEmpty()) {
        best = bestIn(passage, aboutQuestion, distinctive, denied, asked, best);
      }
    }
    return Optional.ofNullable(best).map(Candidate::citation);
  }

  private record Candidate(
      Citation citation,
      double support,
      double aboutQuestion,
      int rank,
      int sentences,
      double sharedWithQuestion) {}

  private @Nullable Candidate bestIn(
      Passage passage,
      double aboutQuestion,
      List<Words.Word> distinctive,
      Optional<Boolean> denied,
      List<Words.Word> asked,
      @Nullable Candidate best) {
    String text = passage.clause().text();
    List<Sentences.Range> sentences = Sentences.of(text);
    List<Set<String>> terms =
        sentences.stream().map(s -> terms(text.substring(s.start(), s.end()))).toList();
    for (int first = 0; first < sentences.size(); first++) {
      Set<String> run = new HashSet<>();
      int end = Math.min(first + MAX_SENTENCES, sentences.size());
      for (int last = first; last < end; last++) {
        run.addAll(terms.get(last));
        double support = Words.share(distinctive, run);
        if (support >= threshold
            && (best == null || support >= best.support())
            && agrees(sentences.subList(first, last + 1), text, distinctive, denied)) {
          Citation citation =
              Citation.of(
                  passage.clause(), sentences.get(first).start(), sentences.get(last).end());
          Candidate candidate =
              new Candidate(
                  citation,
                  support,
                  aboutQuestion,
                  passage.rank(),
                  last - first + 1,
                  Words.share(asked, run));
          best = best == null || BEST.compare(candidate, best) > 0 ? candidate : best;
        }
      }
    }
    return best;
  }

  private static boolean agrees(
      List<Sentences.Range> run, String text, List<Words.Word> said, Optional<Boolean> denied) {
    return denied.isEmpty()
        || denied.get()
            == run.stream().anyMatch(s -> Negation.of(said, text.substring(s.start(), s.end())));
  }

  private static List<Words.Word> distinctive(String question, String option) {
    List<Words.Word> words = Words.of(option).stream().distinct().toList();
    Set<String> asked = terms(Query.of(question, 1).text());
    List<Words.Word> own = words.stream().filter(word -> !word.in(asked)).toList();
    return own.isEmpty() ? words : own;
  }

  private static Set<String> terms(String text) {
    return new HashSet<>(Words.indexTerms(text));
  }
}
