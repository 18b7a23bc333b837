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
  private final Scoring scoring;
  private final ScorerPool scorers;
  private final Admission admission;
  private final Confidence confidence;
  private final Audit audit;
  private final int permutations;
  private final Gathering<List<Posed>, List<Scored>> passes;

  /**
   * A question as it is read, once for each order of its options.
   *
   * @param orders the orders, see {@link OptionShuffle#rotations}
   * @param grounded the question in each order
   */
  private record Posed(List<int[]> orders, Grounded<List<RenderedQuestion>> grounded) {
    List<RenderedQuestion> all() {
      return grounded.question();
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
      return new Scored(scores, readings);
    }
  }

  /**
   * How the options of a question are scored.
   *
   * @param scores the mean over the orders
   * @param readings the probabilities in each order
   */
  private record Scored(OptionScores scores, List<Reading> readings) {}

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
    grounding =
        new Grounding(
            prompted.prompt(),
            prompted.tokens(),
            settings.knowledge,
            prompted.model().config().contextLength());
    scorers = new ScorerPool(() -> prompted.scorer(deltas, scoring));
    passes =
        new Gathering<>(
            settings.concurrency, settings.batchSize, List::size, this::score, executor, () -> 0);
  }

  /** Answers questions in one call. */
  List<Answer> answer(List<Asked> questions, TimedCall timing) {
    timing.check();
    List<Posed> posed = pose(questions);
    return cited(questions, posed, passes.call(posed, timing));
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
            .thenApply(found -> cited(questions, posed, found).get(0))
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
    List<RenderedQuestion> all =
        calls.stream().flatMap(List::stream).map(Posed::all).flatMap(List::stream).toList();
    List<OptionScores> scores =
        admission.useAtOnce(() -> scorers.use((OptionScorer scorer) -> scorer.score(all)));
    Iterator<OptionScores> next = scores.iterator();
    return calls.stream()
        .map(
            call ->
                call.stream()
                    .map(posed -> posed.scored(take(next, posed.all()), confidence::debiased))
                    .toList())
        .toList();
  }

  private static List<OptionScores> take(Iterator<OptionScores> next, List<?> each) {
    return each.stream().map(unused -> next.next()).toList();
  }

  private List<Posed> pose(List<Asked> questions) {
    return questions.stream().map(this::pose).toList();
  }

  private Posed pose(Asked asked) {
    List<int[]> orders = OptionShuffle.rotations(asked.text(), asked.options(), permutations);
    List<List<String>> ordered = OptionShuffle.inOrders(asked.options(), orders);
    Grounded<List<RenderedQuestion>> grounded =
        grounding.askInOrders(asked.text(), ordered, scoring::tokens);
    checkArgument(
        grounded.fits(),
        "the question takes %s tokens without any reference, the context length of the model is %s",
        grounded.tokens(),
        grounding.budget());
    return new Posed(orders, grounded);
  }

  private List<Answer> cited(List<Asked> questions, List<Posed> posed, List<Scored> scored) {
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < questions.size(); i++) {
      Asked asked = questions.get(i);
      Posed read = posed.get(i);
      Scored found = scored.get(i);
      Answer answer = answer(asked, read, found);
      answers.add(answer);
      audit.append(() -> describe(asked, read, found, answer));
    }
    return answers;
  }

  private Answer answer(Asked asked, Posed posed, Scored scored) {
    List<Passage> passages = posed.grounded().passages();
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
    List<Posed> posed = pose(List.of(asked));
    Posed read = posed.get(0);
    Scored scored = passes.call(posed, TimedCall.UNTIMED).get(0);
    return describe(asked, read, scored, answer(asked, read, scored));
  }

  private AuditEntry describe(Asked asked, Posed posed, Scored scored, Answer answer) {
    return audit.choice(
        grounding.prompt().template(),
        asked,
        posed.all().get(0).promptIds(),
        scored.scores(),
        answer);
  }

  @Override
  public void close() {
    scorers.close();
  }
}
