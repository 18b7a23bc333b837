package io.telecomllm.training.run;

import io.telecomllm.InvalidDataException;
import io.telecomllm.data.OptionShuffle;
import io.telecomllm.data.Question;
import io.telecomllm.data.Refutations;
import io.telecomllm.data.Split;
import io.telecomllm.grounding.Grounding;
import io.telecomllm.grounding.Grounding.Grounded;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.prompt.EncodedAnswer;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.Offer;
import io.telecomllm.training.settings.RetrievalConfig;
import io.telecomllm.training.settings.TrainingConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The questions of a run as token ids, as each epoch presents them. They follow from the settings
 * and the epoch.
 */
final class TrainingData implements Items {
  /** The number of questions whose lengths represent those of all. */
  private static final int MEASURED = 256;

  private final TrainingConfig config;
  private final Grounding grounding;
  private final Sources sources;
  private final Refuted refuted;
  private final boolean changing;
  private final List<Question> training;
  // the same in each epoch; empty if each epoch shuffles or draws
  private final List<Example> unchanging;
  private final List<List<Example>> validation;
  private final List<List<Example>> typical;
  private final int skipped;

  /**
   * Renders every question once.
   *
   * @param grounding its budget is the most tokens of a question with its answer
   * @throws InvalidDataException if there are no training questions, or none fits the budget
   */
  TrainingData(TrainingConfig config, Split split, Grounding grounding, Sources sources) {
    this.config = config;
    this.grounding = grounding;
    this.sources = sources;
    this.refuted =
        new Refuted(
            sources.refutations().map(Sources.Checked::refutations).orElse(Refutations.NONE));
    this.changing =
        config.shuffleOptions() || config.abstentionShare() > 0 || !config.retrieval().none();
    List<Question> fitting = new ArrayList<>();
    List<Example> examples = new ArrayList<>();
    int shortest = Integer.MAX_VALUE;
    for (Question question : split.training()) {
      Grounded<EncodedAnswer> taught = grounding.teach(question);
      shortest = Math.min(shortest, taught.tokens());
      if (taught.fits()) {
        fitting.add(question);
        if (!changing || examples.size() < MEASURED) {
          examples.add(example(question, taught));
        }
      }
    }
    if (fitting.isEmpty()) {
      throw new InvalidDataException(
          "nothing to learn from: "
              + split.training().size()
              + " training questions"
              + (split.training().isEmpty()
                  ? ""
                  : ", of which none fits "
                      + grounding.budget()
                      + " tokens with its answer; the shortest has "
                      + shortest));
    }
    this.training = List.copyOf(fitting);
    this.unchanging = changing ? List.of() : List.copyOf(examples);
    this.typical = examples.stream().limit(MEASURED).map(List::of).toList();
    this.validation =
        split.validation().stream()
            .flatMap(
                question ->
                    Stream.of(grounding.teach(question))
                        .filter(Grounded::fits)
                        .map(taught -> List.of(example(question, taught))))
            .toList();
    this.skipped = split.training().size() - training.size();
  }

  private Example example(Question question, Grounded<EncodedAnswer> taught) {
    EncodedAnswer encoded = taught.question();
    Example example =
        encoded
            .choice()
            .map(c -> new Example.Choice(c.position(), offer(question, c)))
            .map(c -> Example.of(encoded.promptIds(), encoded.answerIds(), c, config.textWeight()))
            .orElseGet(() -> Example.of(encoded.promptIds(), encoded.answerIds()));
    for (EncodedAnswer.Sentence sentence : encoded.reason()) {
      int from = encoded.promptIds().length + sentence.from();
      int to = encoded.promptIds().length + sentence.to();
      boolean checked = config.penalty().unlikelihoodWeight() > 0;
      float against = checked ? refuted.of(question, sentence.text()) : 0;
      if (against > 0) {
        example.refute(from, to, against);
      } else if (sources.unreasoned().contains(question.id())) {
        example.leaveOut(from, to);
      }
    }
    return example;
  }

  private Offer offer(Question question, EncodedAnswer.Choice choice) {
    boolean counts =
        config.penalty().costWeight() > 0 && config.penalty().refutationMultiplier() > 0;
    return new Offer(
        choice.options(),
        choice.abstention().orElse(Offer.NO_ABSTENTION),
        counts ? refuted.of(question) : new float[choice.options().length]);
  }

  /** Returns the questions that are trained on. */
  List<Question> questions() {
    return training;
  }

  @Override
  public int size() {
    return training.size();
  }

  @Override
  public String id(int item) {
    return training.get(item).id();
  }

  @Override
  public List<Example> examples(int item, int epoch) {
    return List.of(changing ? example(training.get(item), epoch) : unchanging.get(item));
  }

  @Override
  public List<List<Example>> validation() {
    return validation;
  }

  @Override
  public List<List<Example>> typical() {
    return typical;
  }

  @Override
  public int skipped() {
    return skipped;
  }

  /** Returns a question as an epoch presents it. */
  private Example example(Question given, int epoch) {
    Question question =
        config.shuffleOptions() ? OptionShuffle.shuffle(given, config.seed(), epoch) : given;
    RetrievalConfig retrieval = config.retrieval();
    double drawn = Draw.REFERENCES.of(config.seed(), epoch, question.id());
    boolean distracted = drawn < retrieval.distractorShare();
    boolean closedBook =
        !distracted && drawn < retrieval.distractorShare() + retrieval.closedBookShare();
    Predicate<Clause> kept = distracted ? distracting(question) : clause -> true;
    Grounding shown = closedBook ? grounding.withoutKnowledge() : grounding;
    if (Draw.ABSTENTION.of(config.seed(), epoch, question.id()) < config.abstentionShare()
        && question.options().size() > Question.MIN_OPTIONS
        && !question.optionsPointAtOthers()) {
      Question without = withoutAnswer(question);
      return example(without, shown.teach(without, QuestionPrompt.ABSTAIN, kept));
    }
    return example(question, shown.teach(question, question.answer(), kept));
  }

  private Predicate<Clause> distracting(Question question) {
    BiPredicate<Question, Clause> answering = sources.answering().orElseThrow();
    return clause -> !answering.test(question, clause);
  }

  /** Returns a question without its right option; the answer of what is returned means nothing. */
  private static Question withoutAnswer(Question question) {
    List<String> others = new ArrayList<>(question.options());
    others.remove(question.answer());
    return new Question(
        question.id(), question.text(), others, 0, question.explanation(), question.category());
  }
}
