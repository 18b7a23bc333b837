package io.telecomllm.inference;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.primitives.Ints;
import io.telecomllm.data.OptionShuffle;
import io.telecomllm.data.Question;
import io.telecomllm.grounding.Grounding;
import io.telecomllm.grounding.Grounding.Grounded;
import io.telecomllm.inference.audit.AuditEntry;
import io.telecomllm.inference.calibration.Evidence;
import io.telecomllm.inference.serving.Admission;
import io.telecomllm.inference.serving.Gathering;
import io.telecomllm.inference.serving.ScorerPool;
import io.telecomllm.inference.serving.TimedCall;
import io.telecomllm.inference.statistics.OptionProbabilities;
import io.telecomllm.inference.statistics.Reading;
import io.telecomllm.knowledge.Citation;
import io.telecomllm.knowledge.CitationFinder;
import io.telecomllm.knowledge.Passage;
import io.telecomllm.lora.Deltas;
import io.telecomllm.prompt.RenderedQuestion;
import io.telecomllm.scoring.OptionScorer;
import io.telecomllm.scoring.OptionScores;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.scoring.Scoring;
import io.telecomllm.text.Quoted;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Answers multiple-choice questions; those of calls that wait at the same time in one pass. */
final class MultipleChoice implements AutoCloseable {
  private final CitationFinder finder = new CitationFinder();
  private final Grounding grounding;
  private final Grounding bare;
  private final Scoring scoring;
  private final ScorerPool scorers;
  private final Admission admission;
  private final Confidence confidence;
  private final Audit audit;
  private final int permutations;
  private final double withoutReferencesBelow;
  private final Gathering<List<Posed>, List<Scored>> passes;

  /**
   * A question as it is read, once for each order of its options.
   *
   * @param orders the orders, see {@link OptionShuffle#rotations}
   * @param grounded the question in each order
   */
  private record Posed(Asked asked, List<int[]> orders, Grounded<List<RenderedQuestion>> grounded) {
    List<RenderedQuestion> all() {
      return grounded.question();
    }

    List<Passage> passages() {
      return grounded.passages();
    }

    /** Returns how its options are scored, given the scores of each order. */
    Scored scored(List<OptionScores> each, UnaryOperator<OptionScores> debiased) {
      List<OptionScores> unbiased = each.stream().map(debiased).toList();
      OptionScores scores =
          each.size() == 1 ? unbiased.get(0) : OptionScores.mean(unbiased, orders);
      List<Reading> readings =
          IntStream.range(0, each.size())
              .mapToObj(
                  i ->
                      new Reading(
                          Ints.asList(orders.get(i)),
                          new OptionProbabilities(each.get(i).probabilities())))
              .toList();
      return new Scored(this, scores, readings);
    }
  }

  /**
   * How the options of a question are scored.
   *
   * @param posed the question as it was read
   * @param scores the mean over the orders
   * @param readings the probabilities in each order
   */
  private record Scored(Posed posed, OptionScores scores, List<Reading> readings) {
    double probability() {
      return scores.probabilities().get(scores.best());
    }
  }

  /** A question as text. */
  record Asked(String text, List<String> options) {
    static Asked of(Question question) {
      return new Asked(question.text(), question.options());
    }

    /** Checks a question that is given as text. */
    static Asked checked(String question, List<String> given) {
      List<String> options = new ArrayList<>(given);
      checkArgument(!question.isBlank(), "the question is blank");
      for (int i = 0; i < options.size(); i++) {
        String option = options.get(i);
        requireNonNull(option, "an option is null");
        checkArgument(!option.isBlank(), "option %s is blank", i + 1);
        int first = options.indexOf(option);
        checkArgument(
            first == i, "options %s and %s are both \"%s\"", first + 1, i + 1, Quoted.line(option));
      }
      return new Asked(question, List.copyOf(options));
    }
  }

  MultipleChoice(
      AnswererBuilder settings,
      PromptedModel prompted,
      Deltas deltas,
      Admission admission,
      Executor executor,
      Confidence confidence,
      Audit audit) {
    this.admission = admission;
    this.confidence = confidence;
    this.audit = audit;
    scoring = settings.scoring;
    permutations = settings.permutations;
    withoutReferencesBelow = settings.withoutReferencesBelow;
    grounding =
        new Grounding(
            prompted.prompt(),
            prompted.tokens(),
            settings.knowledge,
            prompted.model().config().contextLength());
    bare = grounding.withoutKnowledge();
    scorers = new ScorerPool(() -> prompted.scorer(deltas, scoring));
    passes =
        new Gathering<>(
            settings.concurrency, settings.batchSize, List::size, this::score, executor, () -> 0);
  }

  /** Answers questions in one call. */
  List<Answer> answer(List<Asked> questions, TimedCall timing) {
    timing.check();
    List<Posed> posed = pose(questions);
    return cited(passes.call(posed, timing));
  }

  /**
   * Answers a question without waiting; an answer that is completed before, such as one that is
   * cancelled or late, is withdrawn.
   *
   * @return what ends when nothing of the call is left
   */
  CompletableFuture<?> answer(Asked question, TimedCall timing, CompletableFuture<Answer> answer) {
    timing.check();
    List<Asked> questions = List.of(question);
    List<Posed> posed = pose(questions);
    CompletableFuture<List<Scored>> scores = new CompletableFuture<>();
    var unused = answer.whenComplete((done, failure) -> scores.cancel(false));
    CompletableFuture<?> end =
        scores
            .thenApply(found -> cited(found).get(0))
            .whenComplete(
                (found, failure) -> {
                  if (failure == null) {
                    answer.complete(found);
                  } else {
                    answer.completeExceptionally(
                        failure instanceof CompletionException ? failure.getCause() : failure);
                  }
                });
    passes.submit(posed, timing, scores);
    return end;
  }

  private List<List<Scored>> score(List<List<Posed>> calls) {
    List<Posed> all = calls.stream().flatMap(List::stream).toList();
    Iterator<Scored> next =
        admission
            .useAtOnce(() -> scorers.use((OptionScorer scorer) -> read(all, scorer)))
            .iterator();
    return calls.stream().map(call -> call.stream().map(unused -> next.next()).toList()).toList();
  }

  /** Reads questions, and those again without references that leave the model in doubt. */
  private List<Scored> read(List<Posed> all, OptionScorer scorer) {
    List<Scored> first = scored(all, scorer);
    List<Posed> doubtful =
        first.stream().filter(this::isInDoubt).map(s -> pose(s.posed.asked, bare)).toList();
    if (doubtful.isEmpty()) {
      return first;
    }
    Iterator<Scored> again = scored(doubtful, scorer).iterator();
    return first.stream().map(one -> isInDoubt(one) ? again.next() : one).toList();
  }

  private boolean isInDoubt(Scored scored) {
    return scored.probability() < withoutReferencesBelow && !scored.posed.passages().isEmpty();
  }

  private List<Scored> scored(List<Posed> all, OptionScorer scorer) {
    List<RenderedQuestion> rendered = all.stream().map(Posed::all).flatMap(List::stream).toList();
    Iterator<OptionScores> next = scorer.score(rendered).iterator();
    return all.stream()
        .map(posed -> posed.scored(take(next, posed.all()), confidence::debiased))
        .toList();
  }

  private static List<OptionScores> take(Iterator<OptionScores> next, List<?> each) {
    return each.stream().map(unused -> next.next()).toList();
  }

  private List<Posed> pose(List<Asked> questions) {
    return questions.stream().map(asked -> pose(asked, grounding)).toList();
  }

  private Posed pose(Asked asked, Grounding with) {
    List<int[]> orders = OptionShuffle.rotations(asked.text(), asked.options(), permutations);
    List<List<String>> ordered = OptionShuffle.inOrders(asked.options(), orders);
    Grounded<List<RenderedQuestion>> grounded =
        with.askInOrders(asked.text(), ordered, scoring::tokens);
    checkArgument(
        grounded.fits(),
        "the question takes %s tokens without any reference, the context length of the model is %s",
        grounded.tokens(),
        grounding.budget());
    return new Posed(asked, orders, grounded);
  }

  private List<Answer> cited(List<Scored> scored) {
    List<Answer> answers = new ArrayList<>();
    for (Scored found : scored) {
      Answer answer = answer(found);
      answers.add(answer);
      audit.append(() -> describe(found, answer));
    }
    return answers;
  }

  private Answer answer(Scored scored) {
    Asked asked = scored.posed.asked;
    List<Passage> passages = scored.posed.passages();
    String chosen = asked.options().get(scored.scores().best());
    List<Citation> citations = finder.find(passages, asked.text(), chosen).stream().toList();
    Evidence evidence =
        Evidence.of(new OptionProbabilities(scored.scores().probabilities()))
            .read(scored.readings())
            .with(Evidence.RETRIEVAL, passages.isEmpty() ? 0 : passages.get(0).score())
            .with(Evidence.SUPPORT, citations.isEmpty() ? 0 : 1);
    OptionalDouble unknown = scored.scores().abstentionProbability();
    return confidence.answer(
        asked,
        unknown.isEmpty() ? evidence : evidence.with(Evidence.ABSTENTION, unknown.getAsDouble()),
        passages,
        citations);
  }

  /** Answers a question without a record, and returns what the record would be. */
  AuditEntry describe(Asked asked) {
    Scored scored = passes.call(pose(List.of(asked)), TimedCall.UNTIMED).get(0);
    return describe(scored, answer(scored));
  }

  private AuditEntry describe(Scored scored, Answer answer) {
    return audit.choice(
        grounding.prompt().template(),
        scored.posed.asked,
        scored.posed.all().get(0).promptIds(),
        scored.scores(),
        answer);
  }

  @Override
  public void close() {
    scorers.close();
  }
}
