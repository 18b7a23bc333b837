package io.telecomllm.training.known;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.Lists;
import io.telecomllm.IncompatibleException;
import io.telecomllm.Records;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
 * @param file keeps what is found, see {@link #resumeFrom}; empty for nowhere
 */
public record KnowledgeProbe(
    LanguageModel model,
    Optional<QuestionPrompt> prompt,
    int orders,
    IntConsumer progress,
    Cancellation cancellation,
    Optional<Path> file) {
  /** The number of questions between two writes of the file. */
  private static final int KEPT = 64;

  /** The number of questions between two checks whether to stop. */
  private static final int ASKED = 4;

  /** Checks the range. */
  public KnowledgeProbe {
    requireNonNull(model, "model is null");
    requireNonNull(prompt, "prompt is null");
    requireNonNull(progress, "progress is null");
    requireNonNull(cancellation, "cancellation is null");
    requireNonNull(file, "file is null");
    checkArgument(
        orders >= 1 && orders <= Question.MAX_OPTIONS,
        "orders is %s, must be 1 to %s",
        orders,
        Question.MAX_OPTIONS);
  }

  /** Creates a probe of a model with four orders. */
  public static KnowledgeProbe on(LanguageModel model) {
    return new KnowledgeProbe(
        model, Optional.empty(), 4, done -> {}, new Cancellation(), Optional.empty());
  }

  private KnowledgeProbe changed(String component, Object value) {
    return Records.with(this, Map.of(component, value));
  }

  /** Returns a copy with this prompt. */
  public KnowledgeProbe prompt(QuestionPrompt value) {
    requireNonNull(value, "prompt is null");
    return changed("prompt", Optional.of(value));
  }

  /** Returns a copy with this number of orders. */
  public KnowledgeProbe orders(int value) {
    return changed("orders", value);
  }

  /** Returns a copy that tells this the number of questions done. */
  public KnowledgeProbe progress(IntConsumer value) {
    requireNonNull(value, "progress is null");
    return changed("progress", value);
  }

  /** Returns a copy that this can end early. */
  public KnowledgeProbe cancellation(Cancellation value) {
    requireNonNull(value, "cancellation is null");
    return changed("cancellation", value);
  }

  /**
   * Returns a copy that keeps what it finds in a file, every 64 questions and at the end, and does
   * not ask again what is there: a probe that was killed goes on. The file is that of {@link
   * KnownQuestions#save}.
   */
  public KnowledgeProbe resumeFrom(Path value) {
    requireNonNull(value, "file is null");
    return changed("file", Optional.of(value));
  }

  /**
   * Asks questions. One that does not fit the model's context is left out.
   *
   * @throws io.telecomllm.DivergenceException if the model computes a value that is not finite
   * @throws IncompatibleException if the file holds answers of another model or prompt
   * @throws io.telecomllm.InvalidDataException naming file and line, if the file is damaged
   * @throws io.telecomllm.StorageException if the file cannot be read or written
   */
  public KnownQuestions ask(List<Question> questions) {
    try (Tokenizer tokenizer = Tokenizer.load(model.files())) {
      PromptedModel prompted = PromptedModel.of(model, Optional.of(tokenizer), prompt);
      KnownQuestions none =
          new KnownQuestions(
              Lineage.Base.of(model).fingerprint(), prompted.prompt().digest(), List.of());
      Map<String, Known> kept = kept(none);
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
          for (Question question : some) {
            known(question, kept, grounding, scorer).ifPresent(found::add);
          }
          done += some.size();
          if (done % KEPT == 0) {
            keep(none.with(found), kept);
          }
          progress.accept(done);
        }
      }
      KnownQuestions all = none.with(found);
      keep(all, kept);
      return all;
    }
  }

  /** Reads what the file has by the ids of its questions. */
  private Map<String, Known> kept(KnownQuestions here) {
    Map<String, Known> kept = new LinkedHashMap<>();
    if (file.isPresent() && Files.exists(file.get())) {
      KnownQuestions there = KnownQuestions.read(file.get());
      if (!there.with(List.of()).equals(here)) {
        throw new IncompatibleException(
            String.format(
                Locale.ROOT,
                "%s: is of model %s and prompt %s, here they are %s and %s",
                file.get(),
                there.model(),
                there.prompt(),
                here.model(),
                here.prompt()));
      }
      there.questions().forEach(known -> kept.put(known.id(), known));
    }
    return kept;
  }

  /** Writes what is found, and what the file had of questions that have not been reached. */
  private void keep(KnownQuestions found, Map<String, Known> kept) {
    if (file.isPresent()) {
      Map<String, Known> all = new LinkedHashMap<>();
      found.questions().forEach(known -> all.put(known.id(), known));
      kept.forEach(all::putIfAbsent);
      found.with(List.copyOf(all.values())).save(file.get());
    }
  }

  private Optional<Known> known(
      Question question, Map<String, Known> kept, Grounding grounding, OptionScorer scorer) {
    List<int[]> all = OptionShuffle.rotations(question.text(), question.options(), orders);
    Known before = kept.get(question.id());
    // of another number of orders it is asked again
    return before != null && before.asked() == all.size()
        ? Optional.of(before)
        : known(question, all, grounding, scorer);
  }

  private static Optional<Known> known(
      Question question, List<int[]> all, Grounding grounding, OptionScorer scorer) {
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
