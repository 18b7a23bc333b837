package io.telecomllm.generation;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.generation.constraint.Constraint;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * How a text is generated, in the words of transformers' {@code GenerationConfig}. The defaults are
 * greedy: the most probable token each time.
 *
 * @param maxNewTokens {@code max_new_tokens}: the most tokens to generate, 1 to 2^20
 * @param temperature what the logits are divided by before a token is drawn, over 0 to 100; 0 for
 *     greedy, which ignores {@code topK}, {@code topP} and {@code minP}
 * @param topK {@code top_k}: a token is drawn among this number of the most probable ones; 0 for
 *     all
 * @param topP {@code top_p}: a token is drawn among the most probable ones that together have at
 *     least this probability, over 0 to 1; 1 for all (Holtzman et al. 2020)
 * @param minP {@code min_p}: a token is drawn among those that have at least this share of the most
 *     probable one's probability, 0 to 1; 0 for all (Nguyen et al. 2024)
 * @param repetitionPenalty {@code repetition_penalty}: the logits of tokens that prompt or text
 *     hold are divided by it where positive, else multiplied; over 0 to 10, 1 for none (Keskar et
 *     al. 2019)
 * @param presencePenalty what is subtracted from the logits of tokens that the text holds, -2 to 2
 * @param frequencyPenalty what is subtracted from the logit of a token for each time that the text
 *     holds it, -2 to 2
 * @param seed the seed of the draws: the same seed gives the same text on the same machine
 * @param stop texts that end the generation; they are left out. No blank ones, at most 16
 * @param draftTokens {@code prompt_lookup_num_tokens}: the most tokens that are guessed ahead where
 *     the text repeats the prompt or itself, 0 to 32. A guess counts only if it is what would have
 *     been chosen anyway, so it changes the speed, not the text (Saxena 2023)
 * @param contextShift llama.cpp's {@code context-shift}: whether the text goes on when the context
 *     is full. Then half of its tokens are dropped, the oldest first, but not the system prompt: of
 *     a conversation, what its rendered text begins with before the first message that is not the
 *     system's; of a plain text, the token that begins texts. The other half is read again at its
 *     new positions, as if the text had just begun there; this takes as long as reading a prompt of
 *     this length, and over a long text one more token is read for about each token that is
 *     written. The model no longer knows what was dropped, be it the question; penalties and the
 *     constraint do. The prompt must fit the context all the same. The default is false: the text
 *     ends with {@link FinishReason#CONTEXT}
 * @param constraint what the text may be; empty for anything
 */
public record GenerationConfig(
    int maxNewTokens,
    double temperature,
    int topK,
    double topP,
    double minP,
    double repetitionPenalty,
    double presencePenalty,
    double frequencyPenalty,
    long seed,
    List<String> stop,
    int draftTokens,
    boolean contextShift,
    Optional<Constraint> constraint) {
  private static final int MOST_TOKENS = 1 << 20;
  private static final int MOST_STOPS = 16;
  private static final int MOST_DRAFTS = 32;

  /** Checks the ranges. */
  public GenerationConfig {
    stop = List.copyOf(stop);
    check(
        "maxNewTokens",
        maxNewTokens,
        maxNewTokens >= 1 && maxNewTokens <= MOST_TOKENS,
        "1 to 2^20");
    check("temperature", temperature, temperature >= 0 && temperature <= 100, "0 to 100");
    check("topK", topK, topK >= 0, "at least 0");
    check("topP", topP, topP > 0 && topP <= 1, "over 0 to 1");
    check("minP", minP, minP >= 0 && minP <= 1, "0 to 1");
    check(
        "repetitionPenalty",
        repetitionPenalty,
        repetitionPenalty > 0 && repetitionPenalty <= 10,
        "over 0 to 10");
    check("presencePenalty", presencePenalty, Math.abs(presencePenalty) <= 2, "-2 to 2");
    check("frequencyPenalty", frequencyPenalty, Math.abs(frequencyPenalty) <= 2, "-2 to 2");
    check("draftTokens", draftTokens, draftTokens >= 0 && draftTokens <= MOST_DRAFTS, "0 to 32");
    checkArgument(
        stop.size() <= MOST_STOPS,
        "stop has %s texts, must be at most %s",
        stop.size(),
        MOST_STOPS);
    for (String text : stop) {
      checkArgument(!text.isEmpty(), "stop holds an empty text");
    }
  }

  private static void check(String name, Object value, boolean valid, String range) {
    checkArgument(valid, "%s is %s, must be %s", name, value, range);
  }

  /** Returns the defaults: greedy, at most 256 tokens. */
  public static GenerationConfig defaults() {
    return new Builder().build();
  }

  /** Returns the defaults with changes: {@code GenerationConfig.with(c -> c.temperature(0.7))}. */
  public static GenerationConfig with(UnaryOperator<Builder> changes) {
    return changes.apply(new Builder()).build();
  }

  /** Returns a builder with these settings. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.maxNewTokens = maxNewTokens;
    builder.temperature = temperature;
    builder.topK = topK;
    builder.topP = topP;
    builder.minP = minP;
    builder.repetitionPenalty = repetitionPenalty;
    builder.presencePenalty = presencePenalty;
    builder.frequencyPenalty = frequencyPenalty;
    builder.seed = seed;
    builder.stop = stop;
    builder.draftTokens = draftTokens;
    builder.contextShift = contextShift;
    builder.constraint = constraint;
    return builder;
  }

  boolean greedy() {
    return temperature == 0;
  }

  /** Settings in the making; {@link GenerationConfig} says what they mean. */
  public static final class Builder {
    private int maxNewTokens = 256;
    private double temperature;
    private int topK;
    private double topP = 1;
    private double minP;
    private double repetitionPenalty = 1;
    private double presencePenalty;
    private double frequencyPenalty;
    private long seed;
    private List<String> stop = List.of();
    private int draftTokens;
    private boolean contextShift;
    private Optional<Constraint> constraint = Optional.empty();

    private Builder() {}

    /** Sets the most tokens to generate. */
    public Builder maxNewTokens(int value) {
      maxNewTokens = value;
      return this;
    }

    /** Sets the temperature; 0 for greedy. */
    public Builder temperature(double value) {
      temperature = value;
      return this;
    }

    /** Sets the number of tokens to draw among; 0 for all. */
    public Builder topK(int value) {
      topK = value;
      return this;
    }

    /** Sets the probability of the tokens to draw among; 1 for all. */
    public Builder topP(double value) {
      topP = value;
      return this;
    }

    /** Sets the smallest share of the most probable token's probability; 0 for all. */
    public Builder minP(double value) {
      minP = value;
      return this;
    }

    /** Sets the penalty on tokens of prompt and text; 1 for none. */
    public Builder repetitionPenalty(double value) {
      repetitionPenalty = value;
      return this;
    }

    /** Sets the penalty on tokens of the text; 0 for none. */
    public Builder presencePenalty(double value) {
      presencePenalty = value;
      return this;
    }

    /** Sets the penalty on tokens of the text for each time; 0 for none. */
    public Builder frequencyPenalty(double value) {
      frequencyPenalty = value;
      return this;
    }

    /** Sets the seed of the draws. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /** Sets the texts that end the generation. */
    public Builder stop(String... values) {
      stop = List.of(values);
      return this;
    }

    /** Sets the most tokens to guess ahead; 0 for none. */
    public Builder draftTokens(int value) {
      draftTokens = value;
      return this;
    }

    /** Sets whether the text goes on when the context is full, without its oldest tokens. */
    public Builder contextShift(boolean value) {
      contextShift = value;
      return this;
    }

    /** Sets what the text may be. */
    public Builder constraint(Constraint value) {
      constraint = Optional.of(value);
      return this;
    }

    /**
     * Returns the settings.
     *
     * @throws IllegalArgumentException naming a setting out of its range, its value and the range
     */
    public GenerationConfig build() {
      return new GenerationConfig(
          maxNewTokens,
          temperature,
          topK,
          topP,
          minP,
          repetitionPenalty,
          presencePenalty,
          frequencyPenalty,
          seed,
          stop,
          draftTokens,
          contextShift,
          constraint);
    }
  }
}
