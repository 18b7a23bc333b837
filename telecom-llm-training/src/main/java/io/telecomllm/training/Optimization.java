package io.telecomllm.training;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.DivergenceException;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.Parameter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.training.distributed.GradientSource;
import io.telecomllm.training.distributed.LossAndGradients;
import io.telecomllm.training.distributed.ParameterArrays;
import io.telecomllm.training.loss.Window;
import io.telecomllm.training.optimizer.AdamW;
import io.telecomllm.training.optimizer.LoraPlus;
import io.telecomllm.training.optimizer.LossScale;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One optimizer step after another: loss and gradients of a window, clipping, AdamW. It trains
 * whatever parameters it is given, an adapter's or the model's own; it owns the moments and the
 * gradients. For one thread at a time.
 */
public final class Optimization implements AutoCloseable {
  private final LanguageModel model;
  private final List<Parameter> parameters;
  private final AdamW optimizer;
  private final LoraPlus loraPlus;
  private final double maxGradientNorm;
  private final Scope scope;
  private final Gradients gradients;
  private final Updates updates;
  private final @Nullable GradientSource source;
  private LossScale lossScale;

  /** What an adapter adds to the linear layers, in the compute type, as it stands now. */
  @FunctionalInterface
  public interface Updates {
    /** The updates, gathering their gradients here; copies belong to the scope. */
    Deltas now(Gradients gradients, Scope scope);
  }

  /**
   * What a step was.
   *
   * @param loss before the step
   * @param gradientNorm before clipping
   */
  public record Result(double loss, double gradientNorm) {}

  /**
   * What a step would be.
   *
   * @param notFinite the first parameter whose gradient is not finite
   */
  record Measured(double loss, double gradientNorm, Optional<String> notFinite) {
    boolean finite() {
      return Double.isFinite(loss) && Double.isFinite(gradientNorm);
    }
  }

  /** Trains these parameters; {@code updates} makes an adapter of them, or nothing. */
  public Optimization(
      LanguageModel model,
      List<Parameter> parameters,
      Updates updates,
      AdamW.Settings settings,
      double maxGradientNorm) {
    this(model, parameters, updates, settings, maxGradientNorm, new LoraPlus(1), null);
  }

  /** Trains an adapter of the model. */
  public static Optimization of(
      LanguageModel model, LoraAdapter adapter, AdamW.Settings settings, double maxGradientNorm) {
    return new Optimization(
        model, adapter.parameters(), updates(model, adapter), settings, maxGradientNorm);
  }

  /**
   * The same as a run's settings say.
   *
   * @param source computes in this one's place; the caller closes it
   */
  static Optimization of(
      LanguageModel model,
      LoraAdapter adapter,
      OptimizerConfig config,
      @Nullable GradientSource source) {
    return new Optimization(
        model,
        adapter.parameters(),
        updates(model, adapter),
        config.adamw(),
        config.maxGradientNorm(),
        new LoraPlus(config.loraPlusRatio()),
        source);
  }

  private static Updates updates(LanguageModel model, LoraAdapter adapter) {
    return (gradients, scope) -> adapter.deltas(model.computeType(), scope, gradients);
  }

  private Optimization(
      LanguageModel model,
      List<Parameter> parameters,
      Updates updates,
      AdamW.Settings settings,
      double maxGradientNorm,
      LoraPlus loraPlus,
      @Nullable GradientSource source) {
    this.model = model;
    this.parameters = parameters;
    this.updates = updates;
    this.maxGradientNorm = maxGradientNorm;
    this.loraPlus = loraPlus;
    this.source = source;
    this.lossScale = LossScale.of(model.computeType());
    this.optimizer = new AdamW(parameters, settings, model.device());
    this.scope = Scope.open(model.device());
    this.gradients = Gradients.zeros(parameters, scope);
  }

  /**
   * A part of what a step minimises.
   *
   * @param window its mean loss counts
   * @param weight how much, over 0
   */
  public record Objective(Window window, double weight) {
    /** Checks the weight. */
    public Objective {
      checkArgument(
          weight > 0 && Double.isFinite(weight), "weight is %s, must be finite and over 0", weight);
    }
  }

  /** One step on the mean loss of a window; see {@link #step(List, double)}. */
  public Result step(Window window, double learningRate) {
    return step(List.of(new Objective(window, 1)), learningRate);
  }

  /**
   * One step on the weighted sum of mean losses.
   *
   * @throws DivergenceException naming the step, if loss or gradients are not finite; nothing has
   *     changed then
   */
  public Result step(List<Objective> objectives, double learningRate) {
    Measured measured = measure(objectives);
    if (!measured.finite()) {
      throw new DivergenceException(
          "step "
              + (optimizer.steps() + 1)
              + ": loss "
              + measured.loss()
              + ", gradient norm "
              + measured.gradientNorm()
              + measured.notFinite().map(name -> ", first in " + name).orElse(""));
    }
    update(learningRate);
    return new Result(measured.loss(), measured.gradientNorm());
  }

  /** Loss and gradients, these unscaled and clipped; the parameters stay. */
  Measured measure(List<Objective> objectives) {
    try (Scope step = scope.child()) {
      gradients.clear(step);
      double scale = lossScale.scale();
      double loss = 0;
      for (Objective objective : objectives) {
        loss += add(objective.window(), objective.weight() * scale, step) / scale;
      }
      if (scale != 1) {
        Operators ops = step.operators();
        gradients.all().forEach(gradient -> ops.multiplyInPlace(gradient, 1 / scale));
      }
      double norm = gradients.clip(maxGradientNorm, step);
      return new Measured(loss, norm, Double.isFinite(norm) ? Optional.empty() : notFinite(step));
    }
  }

  private double add(Window window, double weight, Scope step) {
    if (source == null) {
      Deltas deltas = updates.now(gradients, step);
      return window.lossAndGradients(model, deltas, gradients, weight, step);
    }
    LossAndGradients part = source.gradients(ParameterArrays.of(parameters, step), window);
    part.gradients().addTo(gradients, weight, step);
    return weight * part.loss();
  }

  /** Lets the gradients that were measured last change the parameters. */
  void update(double learningRate) {
    optimizer.step(gradients, loraPlus.rates(learningRate));
  }

  private Optional<String> notFinite(Scope step) {
    return gradients.names().stream()
        .filter(name -> !Double.isFinite(norm(name, step)))
        .findFirst();
  }

  /** The parameters whose gradient, as measured last, is 0 all over. */
  List<Parameter> withoutGradient() {
    try (Scope step = scope.child()) {
      return parameters.stream().filter(p -> norm(p.name(), step) == 0).toList();
    }
  }

  private double norm(String name, Scope step) {
    return step.operators().squaredNorm(List.of(gradients.require(name)));
  }

  /** The mean loss of a window, nothing changed. */
  public double loss(Window window) {
    try (Scope step = scope.child()) {
      return source == null
          ? window.loss(model, updates.now(gradients, step), step)
          : source.loss(ParameterArrays.of(parameters, step), window);
    }
  }

  /** What the loss is multiplied by. */
  LossScale lossScale() {
    return lossScale;
  }

  void lossScale(LossScale value) {
    lossScale = value;
  }

  /** The moments by name, to be kept. */
  Map<String, Tensor> state() {
    return optimizer.state();
  }

  /** Goes on from moments that were kept. */
  void restore(long steps, Map<String, Tensor> state) {
    optimizer.restore(steps, state);
  }

  /** Frees moments and gradients; a second call does nothing. */
  @Override
  public void close() {
    optimizer.close();
    scope.close();
  }
}
