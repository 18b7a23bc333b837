package io.telecomllm.lora;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableSortedSet;
import java.util.Set;

/**
 * What an adapter changes, in PEFT's words.
 *
 * @param rank the rank r of the update, 1 to 4096
 * @param alpha {@code lora_alpha}: the update is scaled by alpha / rank
 * @param rankStabilized {@code use_rslora}: the update is scaled by alpha / sqrt(rank) instead
 *     (Kalajdzievski 2023)
 * @param targetModules the last parts of the names of the linear layers to adapt; empty means every
 *     linear layer of the decoder
 */
public record LoraConfig(
    int rank, double alpha, boolean rankStabilized, Set<String> targetModules) {
  /** Checks the ranges. */
  public LoraConfig {
    checkArgument(rank >= 1 && rank <= 4096, "rank is %s, must be 1 to 4096", rank);
    checkArgument(
        alpha > 0 && Double.isFinite(alpha), "alpha is %s, must be finite and over 0", alpha);
    for (String target : targetModules) {
      checkArgument(
          target.matches("[A-Za-z0-9_.]+"), "target module '%s' is no module name", target);
    }
    targetModules = ImmutableSortedSet.copyOf(targetModules);
  }

  /** The recipe's: rank 16, alpha 16, every linear layer of the decoder. */
  public static LoraConfig defaults() {
    return builder().build();
  }

  /** Starts from the recipe's settings. */
  public static Builder builder() {
    return new Builder();
  }

  /** Starts from these settings. */
  public Builder toBuilder() {
    return new Builder()
        .rank(rank)
        .alpha(alpha)
        .rankStabilized(rankStabilized)
        .targetModules(targetModules);
  }

  /** The factor of the update: alpha / rank, or alpha / sqrt(rank). */
  public double scale() {
    return rankStabilized ? alpha / Math.sqrt(rank) : alpha / rank;
  }

  /** Whether the linear layer of that full name is adapted. */
  public boolean targets(String module) {
    return targetModules.isEmpty()
        || targetModules.stream().anyMatch(t -> module.equals(t) || module.endsWith("." + t));
  }

  /** Collects settings; what is not set keeps the recipe's value. */
  public static final class Builder {
    private int rank = 16;
    private double alpha = 16;
    private boolean rankStabilized;
    private Set<String> targetModules = Set.of();

    private Builder() {}

    /** The rank of the update. */
    public Builder rank(int value) {
      rank = value;
      return this;
    }

    /** PEFT's {@code lora_alpha}. */
    public Builder alpha(double value) {
      alpha = value;
      return this;
    }

    /** PEFT's {@code use_rslora}. */
    public Builder rankStabilized(boolean value) {
      rankStabilized = value;
      return this;
    }

    /** PEFT's {@code target_modules}; empty means every linear layer of the decoder. */
    public Builder targetModules(Set<String> value) {
      targetModules = value;
      return this;
    }

    /** PEFT's {@code target_modules}. */
    public Builder targetModules(String... values) {
      return targetModules(Set.of(values));
    }

    /** The settings, checked. */
    public LoraConfig build() {
      return new LoraConfig(rank, alpha, rankStabilized, targetModules);
    }
  }
}
