package io.telecomllm.lora;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedSet;
import java.util.Map;
import java.util.Set;

/**
 * The settings of a LoRA adapter, named as in PEFT. Immutable.
 *
 * @param rank the rank r of the update, 1 to 4096
 * @param alpha {@code lora_alpha}: the update is scaled by alpha / rank
 * @param rankStabilized {@code use_rslora}: the update is scaled by alpha / sqrt(rank) instead
 *     (Kalajdzievski 2023)
 * @param dora {@code use_dora}: the update changes the direction of the weight's rows, whose
 *     lengths are trained separately (Liu et al. 2024)
 * @param dropout {@code lora_dropout}: the probability that an element of an update's input is set
 *     to 0 while training, 0 to less than 1
 * @param bias {@code bias}: which biases are trained too
 * @param targets {@code target_modules}: which linear layers are adapted
 * @param excludeModules {@code exclude_modules}, {@link LoraTargets.Names} or {@link
 *     LoraTargets.Pattern}: layers that are not adapted even if they are targeted
 * @param layersToTransform {@code layers_to_transform}: the numbers, from 0, of the decoder layers
 *     that are adapted; empty for all
 * @param layersPattern {@code layers_pattern}: the part of a name before the layer's number; empty
 *     for any
 * @param modulesToSave {@code modules_to_save}: modules that are trained in full, by the ends of
 *     their names, such as {@code lm_head}
 * @param ensureWeightTying {@code ensure_weight_tying}: if the base model's head is its embedding,
 *     and one of them is among the modules to save, one matrix is trained for both; otherwise each
 *     is trained, or kept, by itself
 * @param rankPattern {@code rank_pattern}: ranks of single layers, by the end of their names or a
 *     regular expression; the first key that matches counts
 * @param alphaPattern {@code alpha_pattern}: alphas of single layers, by the end of their names or
 *     a regular expression; the first key that matches counts
 * @param initialization the initial values
 */
public record LoraConfig(
    int rank,
    double alpha,
    boolean rankStabilized,
    boolean dora,
    double dropout,
    Bias bias,
    LoraTargets targets,
    LoraTargets excludeModules,
    Set<Integer> layersToTransform,
    Set<String> layersPattern,
    Set<String> modulesToSave,
    boolean ensureWeightTying,
    Map<String, Integer> rankPattern,
    Map<String, Double> alphaPattern,
    LoraInitialization initialization) {
  /** The highest rank. */
  public static final int MAX_RANK = 4096;

  private static final int MAX_PATTERNS = 10_000;

  /** Checks the ranges. */
  public LoraConfig {
    checkRank("rank", rank);
    checkAlpha("alpha", alpha);
    checkArgument(dropout >= 0 && dropout < 1, "dropout is %s, must be 0 to less than 1", dropout);
    checkArgument(
        excludeModules instanceof LoraTargets.Names
            || excludeModules instanceof LoraTargets.Pattern,
        "excludeModules is %s, must be names or a pattern",
        excludeModules);
    layersToTransform.forEach(
        layer ->
            checkArgument(
                layer >= 0, "layersToTransform holds %s, a layer's number is 0 or more", layer));
    checkArgument(
        layersToTransform.isEmpty() || !(targets instanceof LoraTargets.Pattern),
        "layersToTransform is %s, but the targets are a pattern: name the layers in it",
        layersToTransform);
    checkNames("layersPattern", layersPattern);
    checkNames("modulesToSave", modulesToSave);
    checkArgument(
        rankPattern.size() + alphaPattern.size() <= MAX_PATTERNS,
        "%s rank and alpha patterns, at most %s are allowed",
        rankPattern.size() + alphaPattern.size(),
        MAX_PATTERNS);
    rankPattern.forEach((key, value) -> checkRank("rankPattern '" + key + "'", value));
    alphaPattern.forEach((key, value) -> checkAlpha("alphaPattern '" + key + "'", value));
    checkArgument(
        !dora || initialization != LoraInitialization.PISSA,
        "dora with the initialization PISSA is not supported; KAIMING and LOFTQ are");
    layersToTransform = ImmutableSortedSet.copyOf(layersToTransform);
    layersPattern = ImmutableSortedSet.copyOf(layersPattern);
    modulesToSave = ImmutableSortedSet.copyOf(modulesToSave);
    // in order, since the first key that matches counts
    rankPattern = ImmutableMap.copyOf(rankPattern);
    alphaPattern = ImmutableMap.copyOf(alphaPattern);
  }

  private static void checkRank(String what, int rank) {
    checkArgument(rank >= 1 && rank <= MAX_RANK, "%s is %s, must be 1 to %s", what, rank, MAX_RANK);
  }

  private static void checkAlpha(String what, double alpha) {
    checkArgument(
        alpha > 0 && Double.isFinite(alpha), "%s is %s, must be finite and over 0", what, alpha);
  }

  private static void checkNames(String what, Set<String> names) {
    for (String name : names) {
      checkArgument(
          name.length() <= 300 && name.matches("[A-Za-z0-9_.-]+"),
          "%s holds '%s', which is not a module name",
          what,
          name);
    }
  }

  /** Returns the default settings: rank 16, alpha 16, every linear layer of the decoder. */
  public static LoraConfig defaults() {
    return builder().build();
  }

  /** Returns a builder with the default settings. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a builder with these settings. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Returns the factor of an update: alpha / rank, or alpha / sqrt(rank). */
  double scale(int ownRank, double ownAlpha) {
    return rankStabilized ? ownAlpha / Math.sqrt(ownRank) : ownAlpha / ownRank;
  }

  /** Builds a configuration; settings that are not set keep their defaults. */
  public static final class Builder {
    private int rank = 16;
    private double alpha = 16;
    private boolean rankStabilized;
    private boolean dora;
    private double dropout;
    private Bias bias = Bias.NONE;
    private LoraTargets targets = new LoraTargets.AllLinear();
    private LoraTargets excludeModules = new LoraTargets.Names(Set.of());
    private Set<Integer> layersToTransform = Set.of();
    private Set<String> layersPattern = Set.of();
    private Set<String> modulesToSave = Set.of();
    private boolean ensureWeightTying;
    private Map<String, Integer> rankPattern = Map.of();
    private Map<String, Double> alphaPattern = Map.of();
    private LoraInitialization initialization = LoraInitialization.KAIMING;

    private Builder() {}

    private Builder(LoraConfig from) {
      rank = from.rank;
      alpha = from.alpha;
      rankStabilized = from.rankStabilized;
      dora = from.dora;
      dropout = from.dropout;
      bias = from.bias;
      targets = from.targets;
      excludeModules = from.excludeModules;
      layersToTransform = from.layersToTransform;
      layersPattern = from.layersPattern;
      modulesToSave = from.modulesToSave;
      ensureWeightTying = from.ensureWeightTying;
      rankPattern = from.rankPattern;
      alphaPattern = from.alphaPattern;
      initialization = from.initialization;
    }

    /** Sets the rank of the update. */
    public Builder rank(int value) {
      rank = value;
      return this;
    }

    /** Sets PEFT's {@code lora_alpha}. */
    public Builder alpha(double value) {
      alpha = value;
      return this;
    }

    /** Sets PEFT's {@code use_rslora}. */
    public Builder rankStabilized(boolean value) {
      rankStabilized = value;
      return this;
    }

    /** Sets PEFT's {@code use_dora}. */
    public Builder dora(boolean value) {
      dora = value;
      return this;
    }

    /** Sets PEFT's {@code lora_dropout}. */
    public Builder dropout(double value) {
      dropout = value;
      return this;
    }

    /** Sets PEFT's {@code bias}. */
    public Builder bias(Bias value) {
      bias = value;
      return this;
    }

    /** Sets which linear layers are adapted. */
    public Builder targets(LoraTargets value) {
      targets = value;
      return this;
    }

    /** Sets PEFT's {@code target_modules} as a list of at least one name. */
    public Builder targetModules(Set<String> values) {
      checkArgument(!values.isEmpty(), "no target module is named; allLinear() targets all");
      return targets(new LoraTargets.Names(values));
    }

    /** Sets PEFT's {@code target_modules} as a list of at least one name. */
    public Builder targetModules(String... values) {
      return targetModules(Set.of(values));
    }

    /** Sets the adapted layers, or rows of layers, by at least one role. */
    public Builder targetModules(TargetModule... values) {
      return targets(new LoraTargets.Roles(Set.of(values)));
    }

    /** Sets PEFT's {@code target_modules} as a regular expression for a layer's full name. */
    public Builder targetPattern(String value) {
      return targets(new LoraTargets.Pattern(value));
    }

    /** Adapts every linear layer of the decoder: PEFT's {@code all-linear}. */
    public Builder allLinear() {
      return targets(new LoraTargets.AllLinear());
    }

    /** Sets PEFT's {@code exclude_modules} as a list of names. */
    public Builder excludeModules(String... values) {
      excludeModules = new LoraTargets.Names(Set.of(values));
      return this;
    }

    /** Sets PEFT's {@code exclude_modules} as a regular expression for a layer's full name. */
    public Builder excludePattern(String value) {
      excludeModules = new LoraTargets.Pattern(value);
      return this;
    }

    /** Sets PEFT's {@code layers_to_transform}, the numbers of layers from 0. */
    public Builder layersToTransform(Integer... values) {
      layersToTransform = Set.of(values);
      return this;
    }

    /** Sets PEFT's {@code layers_pattern}, as names. */
    public Builder layersPattern(String... values) {
      layersPattern = Set.of(values);
      return this;
    }

    /** Sets PEFT's {@code modules_to_save}. */
    public Builder modulesToSave(String... values) {
      modulesToSave = Set.of(values);
      return this;
    }

    /** Sets PEFT's {@code modules_to_save}. */
    public Builder modulesToSave(Set<String> values) {
      modulesToSave = values;
      return this;
    }

    /** Sets PEFT's {@code ensure_weight_tying}. */
    public Builder ensureWeightTying(boolean value) {
      ensureWeightTying = value;
      return this;
    }

    /** Sets PEFT's {@code rank_pattern}. */
    public Builder rankPattern(Map<String, Integer> value) {
      rankPattern = value;
      return this;
    }

    /** Sets PEFT's {@code alpha_pattern}. */
    public Builder alphaPattern(Map<String, Double> value) {
      alphaPattern = value;
      return this;
    }

    /** Sets the initial values. */
    public Builder initialization(LoraInitialization value) {
      initialization = value;
      return this;
    }

    /**
     * Returns the configuration.
     *
     * @throws IllegalArgumentException if a value is out of range or two do not go together
     */
    public LoraConfig build() {
      return new LoraConfig(
          rank,
          alpha,
          rankStabilized,
          dora,
          dropout,
          bias,
          targets,
          excludeModules,
          layersToTransform,
          layersPattern,
          modulesToSave,
          ensureWeightTying,
          rankPattern,
          alphaPattern,
          initialization);
    }
  }
}
