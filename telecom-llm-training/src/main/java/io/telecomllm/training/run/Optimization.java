package io.telecomllm.training.run;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.DivergenceException;
import io.telecomllm.Internal;
import io.telecomllm.data.Choices;
import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.Parameter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.gradients.GradientSource;
import io.telecomllm.training.gradients.InProcessGradients;
import io.telecomllm.training.objective.Likelihood;
import io.telecomllm.training.objective.Loss;
import io.telecomllm.training.optimizer.AdamW;
import io.telecomllm.training.optimizer.LoraPlus;
import io.telecomllm.training.optimizer.LossScale;
import io.telecomllm.training.settings.OptimizerConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes optimizer steps: loss and gradients from a source, clipping, AdamW. It trains the
 * parameters that it is given, an adapter's or the model's own. Owns the moments and the gradients,
 * not the source. For one thread at a time.
 */
@Internal
public final class Optimization implements AutoCloseable {
  private final List<Parameter> parameters;
  private final AdamW optimizer;
  private final LoraPlus loraPlus;
  private final double maxGradientNorm;
  private final Scope scope;
  private final Gradients gradients;
  private final GradientSource source;
  private LossScale lossScale;

  /**
   * The numbers of a step that was taken.
   *
   * @param loss the loss before the step
   * @param gradientNorm the norm before clipping
   */
  public record Result(double loss, double gradientNorm) {}

  /**
   * The numbers of a step that has not changed the parameters yet.
   *
   * @param loss the loss before the step
   * @param penalty the part of it that is a penalty
   * @param choices how well the step's questions were answered before it
   * @param gradientNorm the norm before clipping
   * @param notFinite the first parameter whose gradient is not finite
   */
  record Measured(
      double loss,
      double penalty,
      Choices choices,
      double gradientNorm,
      Optional<String> notFinite) {
    boolean finite() {
      return Double.isFinite(loss) && Double.isFinite(gradientNorm);
    }
  }

  /**
   * Creates an optimization of these parameters with gradients from a source.
   *
   * @param compute the type in which the source computes; with FLOAT16 the loss is scaled
   */
  public Optimization(
      List<Parameter> parameters,
      GradientSource source,
      OptimizerConfig config,
      Device device,
      DataType compute) {
    this.parameters = parameters;
    this.source = source;
    this.maxGradientNorm = config.maxGradientNorm();
    this.loraPlus = new LoraPlus(config.loraPlusRatio());
    this.lossScale = LossScale.of(compute);
    this.optimizer = new AdamW(parameters, config.adamw(), device);
    this.scope = Scope.open(device);
    this.gradients = Gradients.zeros(parameters, scope);
  }

  /**
   * Creates an optimization of an adapter of the model, by the likelihood of the answers, in this
   * process.
   */
  public static Optimization of(LanguageModel model, LoraAdapter adapter, OptimizerConfig config) {
    return of(model, adapter, InProcessGradients.of(model, adapter, new Likelihood()), config);
  }

  /** Trains an adapter of the model with gradients from a source. */
  static Optimization of(
      LanguageModel model, LoraAdapter adapter, GradientSource source, OptimizerConfig config) {
    return new Optimization(
        adapter.parameters(), source, config, model.device(), model.computeType());
  }

  /**
   * A part of the sum that a step minimises.
   *
   * @param step the micro-batches whose mean loss counts
   * @param weight the weight of that mean, finite and over 0
   */
  public record Part(StepBatch step, double weight) {
    /** Checks the weight. */
    public Part {
      checkArgument(
          weight > 0 && Double.isFinite(weight), "weight is %s, must be finite and over 0", weight);
    }
  }

  /** Takes one step on the mean loss of a batch; see {@link #step(List, double)}. */
  public Result step(StepBatch batch, double learningRate) {
    return step(List.of(new Part(batch, 1)), learningRate);
  }

  /**
   * Takes one step on the weighted sum of mean losses.
   *
   * @throws DivergenceException naming the step, if loss or gradients are not finite; nothing has
   *     changed then
   */
  public Result step(List<Part> parts, double learningRate) {
    Measured measured = measure(parts);
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

  /** Computes the loss and the gradients, unscaled and clipped, without changing the parameters. */
  Measured measure(List<Part> parts) {
    try (Scope step = scope.child()) {
      gradients.clear(step);
      double scale = lossScale.scale();
      Loss loss = Loss.NONE;
      for (Part part : parts) {
        loss =
            loss.plus(
                source.add(part.step(), part.weight() * scale, gradients, step).times(1 / scale));
      }
      if (scale != 1) {
        Operators ops = step.operators();
        gradients.all().forEach(gradient -> ops.multiplyInPlace(gradient, 1 / scale));
      }
      double norm = gradients.clip(maxGradientNorm, step);
      return new Measured(
          loss.value(),
          loss.penalty(),
          loss.choices(),
          norm,
          Double.isFinite(norm) ? Optional.empty() : notFinite(step));
    }
  }

  /** Changes the parameters by the gradients that were measured last. */
  void update(double learningRate) {
    optimizer.step(gradients, loraPlus.rates(learningRate));
  }

  private Optional<String> notFinite(Scope step) {
    return gradients.names().stream()
        .filter(name -> !Double.isFinite(norm(name, step)))
        .findFirst();
  }

  /** Returns the parameters whose gradient, as measured last, is 0 everywhere. */
  List<Parameter> withoutGradient() {
    try (Scope step = scope.child()) {
      return parameters.stream().filter(p -> norm(p.name(), step) == 0).toList();
    }
  }

  private double norm(String name, Scope step) {
    return step.operators().squaredNorm(List.of(gradients.require(name)));
  }

  /** Returns the mean loss of a batch, without changing anything. */
  public Loss loss(StepBatch batch) {
    try (Scope step = scope.child()) {
      return source.loss(batch, step);
    }
  }

  /** Returns the factor that the loss is multiplied by. */
  LossScale lossScale() {
    return lossScale;
  }

  void lossScale(LossScale value) {
    lossScale = value;
  }

  /** Returns the moments by name, for a checkpoint. */
  Map<String, Tensor> state() {
    return optimizer.state();
  }

  /** Restores the moments from a checkpoint. */
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
