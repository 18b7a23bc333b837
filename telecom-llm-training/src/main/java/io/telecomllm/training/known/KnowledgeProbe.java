package io.telecomllm.training.known;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.Lists;
import io.telecomllm.data.OptionShuffle;
import io.telecomllm.data.Question;
import io.telecomllm.grounding.Grounding;
import io.telecomllm.grounding.Grounding.Grounded;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.prompt.RenderedQuestion;
import io.telecomllm.scoring.OptionScorer;
import io.telecomllm.scoring.OptionScores;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.scoring.Scoring;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.training.known.KnownQuestions.Known;
import io.telecomllm.training.progress.Cancellation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Asks a model questions without references, each with its options in several orders, to find out
 * which answers it knows. Immutable: each setting returns a changed copy.
 *
 * @param model the model without an adapter; it stays open
 * @param prompt the prompt; empty for that of the checkpoint
 * @param orders the most orders of the options of a question, 1 to 9; a question whose options may
 *     not move has one
 * @param progress is told the number of questions done
 * @param cancellation ends the probe early, with what it has found so far
 */
public record KnowledgeProbe(
    LanguageModel model,
    Optional<QuestionPrompt> prompt,
    int orders,
    IntConsumer progress,
    Cancellation cancellation) {
  /** The number of questions between two checks whether to stop. */
  private static final int ASKED = 4;

  /** Checks the range. */
  public KnowledgeProbe {
    requireNonNull(model, "model is null");
    requireNonNull(prompt, "prompt is null");
    requireNonNull(progress, "progress is null");
    requireNonNull(cancellation, "cancellation is null");
    checkArgument(
        orders >= 1 && orders <= Question.MAX_OPTIONS,
        "orders is %s, must be 1 to %s",
        orders,
        Question.MAX_OPTIONS);
  }

  /** Creates a probe of a model with four orders. */
  public static KnowledgeProbe on(LanguageModel model) {
    return new KnowledgeProbe(model, Optional.empty(), 4, done -> {}, new Cancellation());
  }

  /** Returns a copy with this prompt. */
  public KnowledgeProbe prompt(QuestionPrompt value) {
    requireNonNull(value, "prompt is null");
    return new KnowledgeProbe(model, Optional.of(value), orders, progress, cancellation);
  }

  /** Returns a copy with this number of orders. */
  public KnowledgeProbe orders(int value) {
    return new KnowledgeProbe(model, prompt, value, progress, cancellation);
  }

  /** Returns a copy that tells this the number of questions done. */
  public KnowledgeProbe progress(IntConsumer value) {
    return new KnowledgeProbe(model, prompt, orders, value, cancellation);
  }

  /** Returns a copy that this can end early. */
  public KnowledgeProbe cancellation(Cancellation value) {
    return new KnowledgeProbe(model, prompt, orders, progress, value);
  }

  /**
   * Asks questions. One that does not fit the model's context is left out.
   *
   * @throws io.telecomllm.DivergenceException if the model computes a value that is not finite
   */
  public KnownQuestions ask(List<Question> questions) {
    try (Tokenizer tokenizer = Tokenizer.load(model.files())) {
      PromptedModel prompted = PromptedModel.of(model, Optional.of(tokenizer), prompt);
      Grounding grounding =
          new Grounding(
              prompted.prompt(),
              prompted.tokens(),
              Optional.empty(),
              model.config().contextLength());
      List<Known> found = new ArrayList<>();
      int done = 0;
      try (OptionScorer scorer = prompted.scorer(Deltas.none(), Scoring.LABEL)) {
        for (List<Question> some : Lists.partition(questions, ASKED)) {
          if (cancellation.requested()) {
            break;
          }
          some.stream().flatMap(q -> known(q, grounding, scorer).stream()).forEach(found::add);
          done += some.size();
          progress.accept(done);
        }
      }
      return new KnownQuestions(
          Lineage.Base.of(model).fingerprint(), prompted.prompt().digest(), found);
    }
  }

  private Optional<Known> known(Question question, Grounding grounding, OptionScorer scorer) {
    List<int[]> all = OptionShuffle.rotations(question.text(), question.options(), orders);
    List<List<String>> shown = OptionShuffle.inOrders(question.options(), all);
    Grounded<List<RenderedQuestion>> grounded =
        grounding.askInOrders(question.text(), shown, Scoring.LABEL::tokens);
    if (!grounded.fits()) {
      return Optional.empty();
    }
    List<OptionScores> scores = scorer.score(grounded.question());
    int right = 0;
    double probability = 0;
    for (int i = 0; i < all.size(); i++) {
      int[] order = all.get(i);
      int place =
          IntStream.range(0, order.length)
              .filter(p -> order[p] == question.answer())
              .findFirst()
              .orElseThrow();
      right += scores.get(i).best() == place ? 1 : 0;
      probability += scores.get(i).probabilities().get(place) / all.size();
    }
    return Optional.of(new Known(question.id(), all.size(), right, Math.min(1, probability)));
  }
}
