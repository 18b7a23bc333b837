package io.telecomllm.training.preference;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.Lists;
import io.telecomllm.Records;
import io.telecomllm.data.OptionShuffle;
import io.telecomllm.data.Question;
import io.telecomllm.grounding.Grounding;
import io.telecomllm.grounding.Grounding.Grounded;
import io.telecomllm.grounding.Knowledge;
import io.telecomllm.knowledge.Retriever;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.prompt.RenderedQuestion;
import io.telecomllm.scoring.OptionScorer;
import io.telecomllm.scoring.OptionScores;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.scoring.Scoring;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.training.progress.Cancellation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Makes pairs of multiple-choice questions: the right option against the wrong one that the model,
 * or an adapter of it, finds most probable. Immutable: each setting returns a changed copy.
 */
public final class QuestionPairs {
  /** The number of questions scored between two checks whether to stop. */
  private static final int SCORED = 8;

  private final Parts parts;

  private record Parts(
      LanguageModel model,
      Optional<LoraAdapter> adapter,
      Optional<QuestionPrompt> prompt,
      Optional<Knowledge> knowledge,
      long seed,
      IntConsumer progress,
      Cancellation cancellation) {}

  private QuestionPairs(Parts parts) {
    this.parts = parts;
  }

  private QuestionPairs changed(String part, Object value) {
    requireNonNull(value, () -> part + " is null");
    return new QuestionPairs(Records.with(parts, Map.of(part, value)));
  }

  /** Makes pairs with what this model finds probable. */
  public static QuestionPairs on(LanguageModel model) {
    requireNonNull(model, "model is null");
    return new QuestionPairs(
        new Parts(
            model,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            3407,
            done -> {},
            new Cancellation()));
  }

  /** Sets an adapter whose mistakes are the rejected answers; it stays open. */
  public QuestionPairs adapter(LoraAdapter value) {
    requireNonNull(value, "adapter is null");
    return changed("adapter", Optional.of(value));
  }

  /** Sets the prompt that presents a question; the default is that of the checkpoint. */
  public QuestionPairs prompt(QuestionPrompt value) {
    requireNonNull(value, "prompt is null");
    return changed("prompt", Optional.of(value));
  }

  /**
   * Puts passages of a knowledge base before each question, as an answerer does.
   *
   * @param references the most passages in a prompt, 1 to 50
   */
  public QuestionPairs knowledge(Retriever base, int references) {
    requireNonNull(base, "base is null");
    return changed("knowledge", Optional.of(new Knowledge(base, references)));
  }

  /** Sets the seed of the order in which options are shown; the default is 3407. */
  public QuestionPairs seed(long value) {
    return changed("seed", value);
  }

  /** Sets what is told the number of questions done. */
  public QuestionPairs progress(IntConsumer value) {
    return changed("progress", value);
  }

  /** Sets the cancellation that can end the work early, with the pairs made so far. */
  public QuestionPairs cancellation(Cancellation value) {
    return changed("cancellation", value);
  }

  /**
   * Makes a pair of each question, with its id and its options in a random order. A question that
   * does not fit the model's context is left out.
   *
   * @throws io.telecomllm.DivergenceException if the model computes a value that is not finite
   */
  public List<PreferencePair> of(List<Question> questions) {
    LanguageModel model = parts.model();
    try (Tokenizer tokenizer = Tokenizer.load(model.files());
        Scope scope = Scope.open(model.device())) {
      PromptedModel prompted = PromptedModel.of(model, Optional.of(tokenizer), parts.prompt());
      Deltas deltas = Deltas.of(parts.adapter(), model.computeType(), scope);
      try (OptionScorer scorer = prompted.scorer(deltas, Scoring.LABEL)) {
        return pairs(questions, prompted, scorer);
      }
    }
  }

  private List<PreferencePair> pairs(
      List<Question> questions, PromptedModel prompted, OptionScorer scorer) {
    Grounding grounding =
        new Grounding(
            prompted.prompt(),
            prompted.tokens(),
            parts.knowledge(),
            prompted.model().config().contextLength());
    List<PreferencePair> pairs = new ArrayList<>();
    int done = 0;
    for (List<Question> some : Lists.partition(questions, SCORED)) {
      if (parts.cancellation().requested()) {
        break;
      }
      List<Question> asked = new ArrayList<>();
      List<Grounded<RenderedQuestion>> shown = new ArrayList<>();
      for (Question given : some) {
        Question question = OptionShuffle.shuffle(given, parts.seed(), 0);
        Grounded<RenderedQuestion> grounded =
            grounding.ask(question.text(), question.options(), Scoring.LABEL::tokens);
        if (grounded.fits()) {
          asked.add(question);
          shown.add(grounded);
        }
      }
      List<OptionScores> scores = scorer.score(shown.stream().map(Grounded::question).toList());
      for (int i = 0; i < asked.size(); i++) {
        pairs.add(pair(prompted.prompt(), asked.get(i), shown.get(i), scores.get(i)));
      }
      done += some.size();
      parts.progress().accept(done);
    }
    return List.copyOf(pairs);
  }

  private static PreferencePair pair(
      QuestionPrompt prompt,
      Question question,
      Grounded<RenderedQuestion> shown,
      OptionScores scores) {
    return new PreferencePair(
        question.id(),
        prompt.messages(
            question.text(),
            question.options(),
            shown.passages().stream().map(Grounding::reference).toList()),
        prompt.answer(question.options(), question.answer()),
        prompt.answer(question.options(), bestWrong(scores, question.answer())));
  }

  private static int bestWrong(OptionScores scores, int right) {
    int best = right == 0 ? 1 : 0;
    for (int i = 0; i < scores.logProbabilities().size(); i++) {
      if (i != right && scores.logProbabilities().get(i) > scores.logProbabilities().get(best)) {
        best = i;
      }
    }
    return best;
  }
}
