package io.telecomllm.training.questions;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.data.Category;
import io.telecomllm.data.Question;
import io.telecomllm.data.SplitMix64;
import io.telecomllm.knowledge.Lexicon;
import io.telecomllm.knowledge.Term;
import io.telecomllm.text.Texts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes questions about the acronyms of a lexicon, without a model: what each stands for, among the
 * expansions of others that look most like its own. Ambiguous acronyms are left out.
 */
public final class LexiconQuestions {
  private static final long PURPOSE = SplitMix64.key("lexicon questions");
  private static final int MOST_OPTIONS = 5;

  private LexiconQuestions() {}

  /**
   * Returns a question for each acronym with one expansion, in the order of the lexicon. The same
   * seed gives the same questions.
   *
   * @param options the number of options of a question, 2 to 5
   * @return none if the lexicon has too few acronyms for this number of options
   */
  public static List<Question> of(Lexicon lexicon, int options, long seed) {
    requireNonNull(lexicon, "lexicon is null");
    checkArgument(
        options >= 2 && options <= MOST_OPTIONS,
        "options is %s, must be 2 to %s",
        options,
        MOST_OPTIONS);
    List<Term> acronyms =
        lexicon.terms().stream()
            .filter(t -> !t.expansion().isEmpty() && lexicon.expand(t.term()).size() == 1)
            .toList();
    List<Question> questions = new ArrayList<>();
    for (Term term : acronyms) {
      List<String> others = likest(term, acronyms, options - 1);
      if (others.size() == options - 1) {
        SplitMix64 random = SplitMix64.of(PURPOSE, seed, SplitMix64.key(term.term()));
        List<String> all = new ArrayList<>(others);
        int answer = random.below(options);
        all.add(answer, term.expansion());
        questions.add(
            new Question(
                "acronym " + term.term(),
                "What does the acronym " + term.term() + " stand for?",
                all,
                answer,
                term.text(),
                Category.LEXICON));
      }
    }
    return List.copyOf(questions);
  }

  /** Returns the expansions of others that look most like a term's, the likest first. */
  private static List<String> likest(Term term, List<Term> all, int count) {
    String own = Texts.folded(term.expansion());
    Comparator<String> like = Comparator.comparingInt(other -> -likeness(term, other));
    Set<String> folded = new TreeSet<>(Set.of(own));
    List<String> chosen = new ArrayList<>();
    all.stream()
        .map(Term::expansion)
        .sorted(like.thenComparing(Comparator.naturalOrder()))
        .forEach(
            other -> {
              if (chosen.size() < count && folded.add(Texts.folded(other))) {
                chosen.add(other);
              }
            });
    return chosen;
  }

  /** Returns how much an expansion looks like one of this acronym: initials, words, length. */
  private static int likeness(Term term, String other) {
    String letters = term.term().toLowerCase(Locale.ROOT);
    List<String> words = List.of(other.toLowerCase(Locale.ROOT).split("[ -]+", -1));
    int initials = 0;
    for (String word : words) {
      initials += !word.isEmpty() && letters.indexOf(word.charAt(0)) >= 0 ? 1 : 0;
    }
    List<String> own = List.of(term.expansion().toLowerCase(Locale.ROOT).split("[ -]+", -1));
    int shared = (int) words.stream().filter(own::contains).count();
    return 2 * shared + 2 * initials - 3 * Math.abs(words.size() - own.size());
  }
}
