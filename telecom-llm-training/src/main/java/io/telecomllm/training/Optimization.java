package io.telecomllm.training;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.TelecomLlmException;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.Parameter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Scope;
import io.telecomllm.training.loss.Window;
import io.telecomllm.training.optimizer.AdamW;
import java.util.List;
import java.util.Optional;

/**
 * One optimizer step after another: loss and gradients of a window, clipping, AdamW. It trains
 * whatever parameters it is given, an adapter's or the model's own; it owns the moments and the
 * gradients.
 */
public final class Optimization implements AutoCloseable {
  private final LanguageModel model;
  private final AdamW optimizer;
  private final double maxGradientNorm;
  private final Scope scope;
  private final Gradients gradients;
  private final Updates updates;

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

  /** Trains these parameters; {@code updates} makes an adapter of them, or nothing. */
  public Optimization(
      LanguageModel model,
      List<Parameter> parameters,
      Updates updates,
      AdamW.Settings settings,
      double maxGradientNorm) {
    this.model = model;
    this.updates = updates;
    this.maxGradientNorm = maxGradientNorm;
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
   * @throws TelecomLlmException naming the step, if loss or gradients are not finite; nothing has
   *     changed then
   */
  public Result step(List<Objective> objectives, double learningRate) {
    try (Scope step = scope.child()) {
      gradients.clear(step);
      Deltas deltas = updates.now(gradients, step);
      double loss = 0;
      for (Objective objective : objectives) {
        loss +=
            objective.window().lossAndGradients(model, deltas, gradients, objective.weight(), step);
      }
      double norm = gradients.clip(maxGradientNorm, step);
      if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
        throw new TelecomLlmException(
            "step "
                + (optimizer.steps() + 1)
                + ": loss "
                + loss
                + ", gradient norm "
                + norm
                + nonFinite(step).map(name -> ", first in " + name).orElse(""));
      }
      optimizer.step(gradients, learningRate);
      return new Result(loss, norm);
    }
  }

  private Optional<String> nonFinite(Scope step) {
    return gradients.names().stream()
        .filter(
            name ->
                !Double.isFinite(step.operators().squaredNorm(List.of(gradients.require(name)))))
        .findFirst();
  }

  /** The mean loss of a window, nothing changed. */
  public double loss(Window window) {
    try (Scope step = scope.child()) {
      return window.loss(model, updates.now(gradients, step), step);
    }
  }

  /** Frees moments and gradients; a second call does nothing. */
  @Override
  public void close() {
    optimizer.close();
    scope.close();
  }
}
