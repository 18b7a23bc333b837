package io.telecomllm.training.questions;

import static java.util.Objects.requireNonNull;

import io.telecomllm.Interrupts;
import io.telecomllm.InvalidDataException;
import io.telecomllm.Records;
import io.telecomllm.data.Category;
import io.telecomllm.data.NoKnowledgeHeuristic;
import io.telecomllm.data.OptionReference;
import io.telecomllm.data.Overlap;
import io.telecomllm.data.Question;
import io.telecomllm.data.SplitMix64;
import io.telecomllm.facts.CheckedClaim;
import io.telecomllm.facts.Claim;
import io.telecomllm.facts.FactChecker;
import io.telecomllm.facts.Verdict;
import io.telecomllm.json.JsonRecords;
import io.telecomllm.json.StrictJson;
import io.telecomllm.knowledge.Citation;
import io.telecomllm.text.Texts;
import io.telecomllm.training.questions.RejectedQuestion.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Makes multiple-choice questions from documents, and keeps those that hold up.
 *
 * <pre>{@code
 * GenerationReport report =
 *     QuestionsFromDocuments.by(ModelAuthor.of(generator), FactChecker.on(base).judge(judge))
 *         .apartFrom(testQuestions)
 *         .from(Window.over(clauses, 80));
 * }</pre>
 *
 * <p>Immutable: each setting returns a changed copy.
 */
public final class QuestionsFromDocuments {
  private static final long PURPOSE = SplitMix64.key("questions from documents");
  private static final int FEWEST_WORDS = 4;

  /** An answer that is longer than the others by more than this gives itself away. */
  private static final double LONGER = 1.6;

  private static final Pattern REFERS =
      Pattern.compile(
          "(?i)\\b(?:the|this|that|given|above|following|provided) (?:text|passage|clause|section"
              + "|document|paragraph|excerpt|context|table|figure)\\b|\\b(?:above|below)\\b");

  private final Settings settings;

  private record Settings(
      Author author,
      FactChecker checker,
      boolean refuted,
      List<Question> apart,
      Category category,
      long seed,
      Listener listener) {}

  /** Follows the progress. */
  @FunctionalInterface
  public interface Listener {
    /** Called after each window, on the thread that works; an exception ends the work. */
    void progress(int windows, int total, int kept);
  }

  private QuestionsFromDocuments(Settings settings) {
    this.settings = settings;
  }

  /**
   * Starts with an author, and with what must support the answer and refute the other options. Its
   * judge must be able to refute ({@code ModelJudge} can, {@code WordJudge} cannot), or else see
   * {@link #distractorsRefuted}.
   */
  public static QuestionsFromDocuments by(Author author, FactChecker checker) {
    requireNonNull(author, "author is null");
    requireNonNull(checker, "checker is null");
    return new QuestionsFromDocuments(
        new Settings(author, checker, true, List.of(), Category.OTHER, 0, (w, total, kept) -> {}));
  }

  /**
   * Sets whether wrong options must be refuted, the default, or may as well be unknown to the
   * knowledge base.
   */
  public QuestionsFromDocuments distractorsRefuted(boolean refuted) {
    return changed("refuted", refuted);
  }

  /** Sets questions, such as those to measure with, that no question may resemble. */
  public QuestionsFromDocuments apartFrom(List<Question> questions) {
    return changed("apart", List.copyOf(questions));
  }

  /** Sets the category of the questions; the default is {@link Category#OTHER}. */
  public QuestionsFromDocuments category(Category category) {
    requireNonNull(category, "category is null");
    return changed("category", category);
  }

  /** Sets the seed of the order of options; the default is 0. */
  public QuestionsFromDocuments seed(long seed) {
    return changed("seed", seed);
  }

  /** Sets the listener to notify of progress. */
  public QuestionsFromDocuments listener(Listener listener) {
    requireNonNull(listener, "listener is null");
    return changed("listener", listener);
  }

  private QuestionsFromDocuments changed(String setting, Object value) {
    return new QuestionsFromDocuments(Records.with(settings, Map.of(setting, value)));
  }

  /**
   * Has a question written for each window and checks it. Ids are {@code generated 1} and so on, by
   * window.
   *
   * @throws java.util.concurrent.CancellationException if the thread is interrupted, before the
   *     next window
   */
  public GenerationReport from(List<Window> windows) {
    List<GeneratedQuestion> kept = new ArrayList<>();
    List<RejectedQuestion> rejected = new ArrayList<>();
    for (int i = 0; i < windows.size(); i++) {
      Interrupts.check("writing questions was cancelled");
      Window window = windows.get(i);
      String written = settings.author.write(window);
      try {
        kept.add(checked("generated " + (i + 1), written, kept));
      } catch (Refused e) {
        rejected.add(new RejectedQuestion(window.ids(), e.reason, e.detail, written));
      }
      settings.listener.progress(i + 1, windows.size(), kept.size());
    }
    return new GenerationReport(kept, rejected);
  }

  /** Why a question is not kept. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
    private final Reason reason;
    private final String detail;

    Refused(Reason reason, String detail) {
      super(detail, null, false, false);
      this.reason = reason;
      this.detail = detail;
    }
  }

  private static void require(boolean holds, Reason reason, String detail) throws Refused {
    if (!holds) {
      throw new Refused(reason, detail);
    }
  }

  private GeneratedQuestion checked(String id, String written, List<GeneratedQuestion> kept)
      throws Refused {
    Draft draft = parsed(written);
    Question question = question(id, draft);
    requireForm(question, draft);
    requireApart(
        question, kept.stream().map(GeneratedQuestion::question).toList(), Reason.DUPLICATE);
    requireApart(question, settings.apart, Reason.IN_TEST_SET);
    return new GeneratedQuestion(question, supported(question, settings.checker));
  }

  private static Draft parsed(String written) throws Refused {
    try {
      byte[] json = written.strip().getBytes(StandardCharsets.UTF_8);
      return JsonRecords.read(StrictJson.parseObject("the question", json), Draft.class);
    } catch (InvalidDataException e) {
      throw new Refused(Reason.NOT_PARSED, String.valueOf(e.getMessage()));
    }
  }

  /** Returns the question with its options in an order that depends on seed and text. */
  private Question question(String id, Draft draft) throws Refused {
    require(!draft.distractors().isEmpty(), Reason.MALFORMED, "there is no wrong answer");
    List<String> options = new ArrayList<>(draft.distractors());
    SplitMix64 random = SplitMix64.of(PURPOSE, settings.seed, SplitMix64.key(draft.question()));
    int answer = random.below(options.size() + 1);
    options.add(answer, draft.answer());
    try {
      return new Question(
          id, draft.question(), options, answer, draft.explanation(), settings.category);
    } catch (IllegalArgumentException e) {
      throw new Refused(Reason.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private static void requireForm(Question question, Draft draft) throws Refused {
    List<String> options = question.options();
    require(
        options.stream().map(Texts::folded).distinct().count() == options.size(),
        Reason.MALFORMED,
        "two options are equal");
    require(
        Texts.wordCount(question.text()) >= FEWEST_WORDS, Reason.MALFORMED, "too few words to ask");
    require(!draft.explanation().isBlank(), Reason.MALFORMED, "there is no explanation");
    require(
        !REFERS.matcher(question.text()).find(),
        Reason.REFERS_TO_TEXT,
        "the question speaks of the text");
    require(
        options.stream().allMatch(o -> OptionReference.of(o) == OptionReference.NONE),
        Reason.SHORTCUT,
        "an option speaks of others");
    int longest = draft.distractors().stream().mapToInt(String::length).max().orElse(0);
    require(
        NoKnowledgeHeuristic.choose(question) != question.answer()
            || draft.answer().length() <= LONGER * longest,
        Reason.SHORTCUT,
        "the right option is by far the longest");
    require(
        !Texts.folded(question.text()).contains(Texts.folded(draft.answer())),
        Reason.SHORTCUT,
        "the question holds its answer");
  }

  private static void requireApart(Question question, List<Question> others, Reason reason)
      throws Refused {
    List<Overlap> overlaps = Overlap.between(others, List.of(question));
    require(overlaps.isEmpty(), reason, overlaps.isEmpty() ? "" : "as " + overlaps.get(0).left());
  }

  private Citation supported(Question question, FactChecker checker) throws Refused {
    List<CheckedClaim> checked =
        checker.check(
            question.options().stream().map(o -> Claim.answer(question.text(), o)).toList());
    CheckedClaim answer = checked.get(question.answer());
    require(
        answer.verdict() == Verdict.SUPPORTED && answer.citation().isPresent(),
        Reason.ANSWER_NOT_SUPPORTED,
        question.answerText() + ": " + answer.verdict());
    for (int i = 0; i < checked.size(); i++) {
      Verdict verdict = checked.get(i).verdict();
      boolean wrong = settings.refuted ? verdict == Verdict.REFUTED : verdict != Verdict.SUPPORTED;
      require(
          i == question.answer() || wrong,
          Reason.DISTRACTOR_NOT_REFUTED,
          question.options().get(i) + ": " + verdict);
    }
    return answer.citation().orElseThrow();
  }
}
