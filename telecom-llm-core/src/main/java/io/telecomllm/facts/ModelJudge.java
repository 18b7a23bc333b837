package io.telecomllm.facts;

import static java.util.Objects.requireNonNull;

import io.telecomllm.grounding.Grounding;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.RenderedQuestion;
import io.telecomllm.scoring.OptionScorer;
import io.telecomllm.scoring.OptionScores;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.scoring.Scoring;
import io.telecomllm.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Judges by a language model's own probabilities: it is asked, with the passages before it, whether
 * the statement holds, and offered yes, no and cannot tell as options. It is the same prompt and
 * scorer by which the model answers questions, so that an adapter that was trained for these helps.
 *
 * <p>Safe for use by several threads; one after the other is served. It owns a cache and is closed;
 * it does not own the model or the adapter.
 */
public final class ModelJudge implements Judge, AutoCloseable {
  private static final List<String> OPTIONS =
      List.of(
          "Yes, the references say so",
          "No, the references say otherwise",
          "The references do not say");

  private final PromptedModel prompted;
  private final Grounding grounding;
  private final Scope scope;
  private final OptionScorer scorer;

  private ModelJudge(LanguageModel model, Optional<LoraAdapter> adapter) {
    prompted = PromptedModel.of(model, Optional.empty(), Optional.empty());
    grounding =
        new Grounding(
            prompted.prompt(), prompted.tokens(), Optional.empty(), model.config().contextLength());
    scope = Scope.open(model.device());
    scorer = prompted.scorer(Deltas.of(adapter, model.computeType(), scope), Scoring.LABEL);
  }

  /** Creates a judge that asks a model. */
  public static ModelJudge of(LanguageModel model) {
    return new ModelJudge(requireNonNull(model, "model is null"), Optional.empty());
  }

  /** Creates a judge that asks a model with an adapter. */
  public static ModelJudge of(LanguageModel model, LoraAdapter adapter) {
    requireNonNull(model, "model is null");
    return new ModelJudge(model, Optional.of(requireNonNull(adapter, "adapter is null")));
  }

  @Override
  public synchronized List<Judgement> judge(List<Case> cases) {
    List<RenderedQuestion> asked = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    List<Judgement> judgements = new ArrayList<>();
    for (Case each : cases) {
      if (!each.passages().isEmpty()) {
        asked.add(render(each));
        places.add(judgements.size());
      }
      judgements.add(Judgement.NONE);
    }
    List<OptionScores> scores = scorer.score(asked);
    for (int i = 0; i < places.size(); i++) {
      List<Double> p = scores.get(i).probabilities();
      judgements.set(places.get(i), new Judgement(p.get(0), p.get(1), p.get(2)));
    }
    return judgements;
  }

  private RenderedQuestion render(Case each) {
    Claim claim = each.claim();
    String text =
        claim.question().isEmpty()
            ? "Is this statement right according to the references? " + claim.text()
            : "Is this answer right according to the references? Question: "
                + claim.question()
                + " Answer: "
                + claim.text();
    return grounding.ask(text, OPTIONS, each.passages(), scorer::tokens).question();
  }

  /** Frees the cache; a second call does nothing. */
  @Override
  public synchronized void close() {
    scorer.close();
    scope.close();
    prompted.tokenizer().close();
  }
}
