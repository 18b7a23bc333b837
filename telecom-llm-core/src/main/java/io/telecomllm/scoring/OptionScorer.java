package io.telecomllm.scoring;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import io.telecomllm.DivergenceException;
import io.telecomllm.Internal;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.KvCache;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.prompt.RenderedQuestion;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Scores the options of questions by the log-probability that a model gives to each as the answer.
 * All options of a question, and several questions, go through the model in one forward pass; the
 * instruction that they share is computed once and cached, and so is, within a pass, any longer
 * beginning that some of them share.
 *
 * <p>For one thread at a time. It owns its cache, but neither the model nor the deltas.
 */
@Internal
public final class OptionScorer implements AutoCloseable {
  /**
   * The number of tokens in one forward pass: matrix products run at full speed, and the cache
   * stays small.
   */
  static final int PASS_TOKENS = 1024;

  private final LanguageModel model;
  private final Deltas deltas;
  private final Scoring scoring;
  private final int[] instruction;
  private @Nullable KvCache cache;
  private boolean closed;

  /**
   * Creates a scorer for prompts that share an instruction.
   *
   * @param deltas the deltas of an adapter, or {@link Deltas#none()}
   * @param instruction the ids that prompts begin with, see {@link #instruction}; may be empty. A
   *     prompt that begins with other ids is scored too, only more slowly
   */
  public OptionScorer(LanguageModel model, Deltas deltas, Scoring scoring, int... instruction) {
    this.model = model;
    this.deltas = deltas;
    this.scoring = scoring;
    this.instruction = instruction.clone();
  }

  /** Returns the ids that all rendered questions of this prompt begin with. */
  public static int[] instruction(QuestionPrompt prompt, Tokenizer tokenizer) {
    // two questions without a common beginning
    int[] a = prompt.ask(tokenizer, "What", List.of("a", "b")).promptIds();
    int[] b = prompt.ask(tokenizer, "(1", List.of("a", "b")).promptIds();
    return Arrays.copyOf(a, Choice.commonPrefix(a, b));
  }

  /** Returns whether the question fits the model's context with all its answers. */
  public boolean fits(RenderedQuestion question) {
    return tokens(question) <= model.config().contextLength();
  }

  /**
   * Returns the number of tokens of context that a question takes: its prompt and all its answers.
   */
  public int tokens(RenderedQuestion question) {
    return scoring.tokens(question);
  }

  /**
   * Computes the log-probability of each option, in the order of the options: of the tokens of its
   * label or answer after the beginning that all options share, given the prompt and that
   * beginning.
   *
   * @throws IllegalArgumentException if the question takes more tokens than the model's context has
   * @throws DivergenceException if the model computes a value that is not finite
   */
  public OptionScores score(RenderedQuestion question) {
    return score(List.of(question)).get(0);
  }

  /**
   * Computes the log-probability of each option of each question, in as few passes as fit; up to
   * rounding, they equal those of {@link #score(RenderedQuestion)}.
   */
  public List<OptionScores> score(List<RenderedQuestion> questions) {
    checkState(!closed, "the scorer is closed");
    List<Choice> choices = questions.stream().map(q -> Choice.of(q, scoring)).toList();
    int limit = model.config().contextLength();
    for (Choice choice : choices) {
      checkArgument(
          choice.tokens() <= limit,
          "the question takes %s tokens, the context length of the model is %s",
          choice.tokens(),
          limit);
    }
    return passes(choices).stream().map(this::pass).flatMap(List::stream).toList();
  }

  /**
   * Splits the questions into passes, in their order: as many as the cache usually holds, a longer
   * one alone.
   */
  List<List<Choice>> passes(List<Choice> choices) {
    List<List<Choice>> passes = new ArrayList<>();
    for (int from = 0; from < choices.size(); ) {
      int to = from + 1;
      while (to < choices.size() && fits(choices.subList(from, to + 1))) {
        to++;
      }
      passes.add(choices.subList(from, to));
      from = to;
    }
    return passes;
  }

  private boolean fits(List<Choice> choices) {
    return needed(choices, shared(choices)) <= usualCapacity();
  }

  private int usualCapacity() {
    return Math.min(model.config().contextLength(), instruction.length + PASS_TOKENS);
  }

  /** Returns the number of tokens in the cache during a pass. */
  private static int needed(List<Choice> choices, int shared) {
    StemTree stems = new StemTree(choices.stream().map(Choice::stem).toList(), shared);
    return shared + stems.tokens() + choices.stream().mapToInt(Choice::tailTokens).sum();
  }

  /**
   * Returns how many tokens of the instruction all stems begin with; every stem keeps a token to
   * read.
   */
  private int shared(List<Choice> choices) {
    int shared = instruction.length;
    for (Choice choice : choices) {
      int common = Choice.commonPrefix(choice.stem(), instruction);
      shared = Math.min(shared, Math.min(common, choice.stem().length - 1));
    }
    return shared;
  }

  private List<OptionScores> pass(List<Choice> choices) {
    int shared = shared(choices);
    try (Scope work = Scope.open(model.device())) {
      KvCache held = holding(shared, needed(choices, shared), work);
      ScoringBatch batch = new ScoringBatch(choices, shared);
      try {
        return batch.single()
            ? labels(choices, batch, held, work)
            : answers(choices, batch, held, work);
      } finally {
        // even after a failure, the cache holds a beginning of the instruction
        held.truncate(shared);
      }
    }
  }

  /** Returns the cache, holding exactly the first {@code shared} tokens of the instruction. */
  private KvCache holding(int shared, int needed, Scope work) {
    KvCache held = cache;
    if (held == null || held.capacity() < needed) {
      close(held);
      cache = null;
      held = model.network().newCache(Math.max(usualCapacity(), needed));
      cache = held;
    }
    if (held.length() > shared) {
      held.truncate(shared);
    } else if (held.length() < shared) {
      int[] missing = Arrays.copyOfRange(instruction, held.length(), shared);
      model.network().hidden(TokenBatch.of(missing), held, deltas, new int[] {0}, work).close();
    }
    return held;
  }

  /** Returns the scores of options of one token each: only their logits are computed. */
  private List<OptionScores> labels(
      List<Choice> choices, ScoringBatch batch, KvCache held, Scope work) {
    long[] ids = batch.ids();
    float[] logits =
        work.operators()
            .toFloats(
                model.network().logits(batch.tokens(), held, deltas, batch.rows(), ids, work));
    List<OptionScores> scores = new ArrayList<>();
    for (List<List<ScoringBatch.Pick>> options : batch.picks()) {
      double[] own = new double[options.size()];
      for (int option = 0; option < own.length; option++) {
        ScoringBatch.Pick pick = options.get(option).get(0);
        own[option] = logits[pick.row() * ids.length + Arrays.binarySearch(ids, pick.id())];
        requireFinite(own[option], option);
      }
      scores.add(OptionScores.among(own, choices.get(scores.size()).options()));
    }
    return scores;
  }

  private List<OptionScores> answers(
      List<Choice> choices, ScoringBatch batch, KvCache held, Scope work) {
    Operators ops = work.operators();
    Tensor logits = model.network().logits(batch.tokens(), held, deltas, batch.rows(), work);
    long vocabulary = logits.size(1);
    long[] places =
        batch.picks().stream()
            .flatMap(List::stream)
            .flatMap(List::stream)
            .mapToLong(pick -> pick.row() * vocabulary + pick.id())
            .toArray();
    Tensor all = ops.reshape(ops.logSoftmax(logits), logits.elements());
    float[] picked = ops.toFloats(ops.selectRows(all, ops.longs(places)));
    List<OptionScores> scores = new ArrayList<>();
    int next = 0;
    for (List<List<ScoringBatch.Pick>> answers : batch.picks()) {
      double[] sums = new double[answers.size()];
      for (int option = 0; option < sums.length; option++) {
        for (int i = 0; i < answers.get(option).size(); i++) {
          sums[option] += picked[next++];
        }
        requireFinite(sums[option], option);
      }
      scores.add(OptionScores.split(sums, choices.get(scores.size()).options()));
    }
    return scores;
  }

  private void requireFinite(double score, int option) {
    if (!Double.isFinite(score)) {
      String name = model.path().map(Object::toString).orElse("the model");
      throw new DivergenceException(
          name + ": the log-probability of option " + (option + 1) + " is " + score);
    }
  }

  private static void close(@Nullable KvCache cache) {
    if (cache != null) {
      cache.close();
    }
  }

  /** Frees the cache; a second call does nothing. */
  @Override
  public void close() {
    closed = true;
    close(cache);
    cache = null;
  }
}
