package io.telecomllm.lora;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a configuration means for a model: which parts of which layers are adapted, and which
 * parameters of the base model are replaced. It holds no values.
 *
 * @param layers the adapted layers by name, in the model's order
 * @param replaced names and shapes of the replaced parameters
 * @param tied embedding and head, if one replaced matrix, that of the embedding, is for both
 */
@Internal
public record AdapterPlan(
    Map<String, Layer> layers,
    Map<String, List<Long>> replaced,
    Optional<AdaptableNetwork.Embeddings> tied) {

  /**
   * One adapted layer.
   *
   * @param module the layer
   * @param parts its low-rank updates
   * @param dora whether a magnitude vector is trained too
   */
  @Internal
  public record Layer(AdaptedModule module, List<Part> parts, boolean dora) {
    /** Returns whether it has one part over all rows, as every layer has in PEFT. */
    public boolean plain() {
      return parts.size() == 1 && parts.get(0).start() == 0 && parts.get(0).out() == module.out();
    }

    /** Returns the sum of the ranks of its parts. */
    public int jointRank() {
      return parts.stream().mapToInt(Part::rank).sum();
    }
  }

  /**
   * A low-rank update of a range of output rows.
   *
   * @param label its name among the parts of a layer; empty if there is only one
   * @param start the first row
   * @param out the number of rows
   * @param scale the factor of the update; negative if it is subtracted from the base
   * @param trained whether training changes it
   */
  @Internal
  public record Part(String label, int start, int out, int rank, double scale, boolean trained) {}

  /**
   * Returns the plan of a configuration for a model.
   *
   * @throws IllegalArgumentException if the configuration asks for a combination that is not
   *     supported, or a rank over {@link LoraConfig#MAX_RANK}
   */
  public static AdapterPlan of(LoraConfig config, AdaptableNetwork network) {
    ModuleMatcher matcher = new ModuleMatcher(config);
    Map<String, Layer> layers = new LinkedHashMap<>();
    for (AdaptedModule module : network.linearLayers()) {
      if (matcher.targets(module.name())) {
        List<Part> parts = parts(config, matcher, module);
        if (!parts.isEmpty()) {
          Layer layer = new Layer(module, parts, config.dora());
          checkArgument(
              !config.dora() || layer.plain(),
              "dora is not supported for rows of a layer that plays several roles: %s has %s",
              module.name(),
              module.slices());
          checkArgument(
              layer.jointRank() <= LoraConfig.MAX_RANK,
              "the parts of %s have rank %s together, at most %s is allowed",
              module.name(),
              layer.jointRank(),
              LoraConfig.MAX_RANK);
          layers.put(module.name(), layer);
        }
      }
    }
    Map<String, List<Long>> replaced = new LinkedHashMap<>();
    network
        .replaceable()
        .forEach(
            (name, shape) -> {
              if (matcher.saved(name) || biasTrained(config, layers, name)) {
                replaced.put(name, List.copyOf(shape));
              }
            });
    AdapterPlan plan = new AdapterPlan(layers, replaced, Optional.empty());
    AdaptableNetwork.Embeddings names = network.embeddings();
    return config.ensureWeightTying() && names.tied() ? plan.tied(names) : plan;
  }

  /** Returns a copy in which one matrix replaces embedding and head, if one of them is replaced. */
  private AdapterPlan tied(AdaptableNetwork.Embeddings names) {
    List<Long> shape = replaced.get(names.embedding());
    if (shape == null) {
      shape = replaced.get(names.head());
    }
    if (shape == null) {
      return this;
    }
    Map<String, List<Long>> once = new LinkedHashMap<>();
    once.put(names.embedding(), shape);
    replaced.forEach(once::putIfAbsent);
    once.remove(names.head());
    return new AdapterPlan(layers, once, Optional.of(names));
  }

  private static boolean biasTrained(LoraConfig config, Map<String, Layer> layers, String name) {
    return switch (config.bias()) {
      case NONE -> false;
      case ALL -> name.endsWith(".bias");
      case LORA_ONLY ->
          name.endsWith(".bias")
              && layers.containsKey(name.substring(0, name.length() - ".bias".length()));
    };
  }

  private static List<Part> parts(LoraConfig config, ModuleMatcher matcher, AdaptedModule module) {
    int rank = matcher.rank(module.name());
    double scale = config.scale(rank, matcher.alpha(module.name()));
    List<Part> trained = new ArrayList<>();
    if (config.targets() instanceof LoraTargets.Roles roles) {
      for (AdaptedModule.Slice slice : module.slices()) {
        if (roles.roles().contains(slice.role())) {
          boolean whole = slice.out() == module.out();
          String role = whole ? "" : slice.role().name();
          boolean again = trained.stream().anyMatch(p -> p.label().equals(role));
          String label = again ? role + slice.start() : role;
          trained.add(new Part(label, slice.start(), slice.out(), rank, scale, true));
        }
      }
    } else {
      trained.add(new Part("", 0, module.out(), rank, scale, true));
    }
    if (config.initialization() != LoraInitialization.PISSA) {
      return trained;
    }
    return trained.stream()
        .flatMap(
            p -> Stream.of(p, new Part(p.label(), p.start(), p.out(), p.rank(), -p.scale(), false)))
        .toList();
  }

  /**
   * Throws an {@link IllegalArgumentException} if a target or module to save matches nothing in the
   * model.
   */
  void requireEveryTargetMatches(LoraConfig config, AdaptableNetwork network) {
    if (config.targets() instanceof LoraTargets.Names names) {
      requireNotOnEmbeddings(names, network.embeddings());
    }
    checkArgument(
        !config.ensureWeightTying() || tied.isPresent(),
        "ensureWeightTying is true, which needs a model whose head is its embedding, and one of"
            + " both in modulesToSave; this model's are %s, modulesToSave is %s",
        network.embeddings().tied() ? "tied" : "two matrices",
        config.modulesToSave());
    requireEveryTargetMatches(config, network.linearLayers());
    requireEveryModuleToSaveMatches(config, network.replaceable());
  }

  private static void requireNotOnEmbeddings(
      LoraTargets.Names names, AdaptableNetwork.Embeddings embeddings) {
    for (String target : names.names()) {
      for (String weight : List.of(embeddings.embedding(), embeddings.head())) {
        checkArgument(
            !ModuleMatcher.named(target + ".weight", weight),
            "target module %s is the model's embedding or head; LoRA on it is not supported,"
                + " modulesToSave trains it whole",
            target);
      }
    }
  }

  private void requireEveryTargetMatches(LoraConfig config, List<AdaptedModule> modules) {
    checkArgument(!modules.isEmpty(), "a model without linear layers cannot be adapted");
    String existing =
        modules.stream()
            .map(AdaptedModule::lastName)
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    if (config.targets() instanceof LoraTargets.Names names) {
      for (String target : names.names()) {
        checkArgument(
            modules.stream().anyMatch(m -> ModuleMatcher.named(target, m.name())),
            "target module %s matches no linear layer; this model has %s",
            target,
            existing);
      }
    } else if (config.targets() instanceof LoraTargets.Roles roles) {
      for (TargetModule role : roles.roles()) {
        checkArgument(
            modules.stream().flatMap(m -> m.slices().stream()).anyMatch(s -> s.role() == role),
            "target module %s matches no linear layer; this model has %s, in the roles %s",
            role,
            existing,
            roles(modules));
      }
    }
    checkArgument(
        !layers.isEmpty(),
        "%s without %s in the layers %s matches no linear layer; this model has %s",
        config.targets(),
        config.excludeModules(),
        config.layersToTransform().isEmpty() ? "0 and up" : config.layersToTransform(),
        existing);
  }

  private static void requireEveryModuleToSaveMatches(
      LoraConfig config, Map<String, List<Long>> replaceable) {
    for (String saved : config.modulesToSave()) {
      checkArgument(
          replaceable.keySet().stream().anyMatch(name -> ModuleMatcher.saves(saved, name)),
          "module to save %s matches no parameter that can be trained; this model has %s",
          saved,
          new TreeSet<>(replaceable.keySet())
              .stream()
                  .map(name -> name.replaceAll("\\.[^.]*$", "").replaceAll("^.*\\.\\d+\\.", ""))
                  .distinct()
                  .collect(Collectors.joining(", ")));
    }
  }

  private static String roles(List<AdaptedModule> modules) {
    return modules.stream()
        .flatMap(m -> m.slices().stream())
        .map(AdaptedModule.Slice::role)
        .distinct()
        .sorted()
        .map(TargetModule::name)
        .collect(Collectors.joining(", "));
  }
}
