package io.telecomllm.training.run;

import io.telecomllm.lora.Parameter;
import io.telecomllm.tensor.Scope;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.progress.TrainingListener.Anomaly;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Checks the numbers of each step before they change the adapter. */
record AnomalyWatch(double lossSpikeFactor) {
  /** The number of steps whose mean loss a spike is compared with. */
  private static final int STEPS = 16;

  /** The least number of steps before a loss can be a spike. */
  private static final int FEWEST = 4;

  /** An anomaly that was found. */
  record Found(Anomaly kind, String message) {}

  /** Checks the items of a step before they are computed. */
  Optional<Found> of(List<List<Example>> items, List<String> ids) {
    List<String> silent = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i).stream().anyMatch(example -> example.supervised() == 0)) {
        silent.add(ids.get(i));
      }
    }
    return silent.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Found(
                Anomaly.NOTHING_SUPERVISED, "no token is to be predicted of " + named(silent)));
  }

  /** Checks loss and gradients of a step; {@code before} are the steps made so far. */
  Optional<Found> of(Optimization.Measured step, List<StepRecord> before) {
    if (!Double.isFinite(step.loss())) {
      return Optional.of(
          new Found(Anomaly.LOSS_NOT_FINITE, "the loss is " + step.loss() + first(step)));
    }
    if (!Double.isFinite(step.gradientNorm())) {
      return Optional.of(
          new Found(
              Anomaly.GRADIENT_NOT_FINITE,
              "the gradient norm is " + step.gradientNorm() + first(step)));
    }
    List<StepRecord> last = before.subList(Math.max(0, before.size() - STEPS), before.size());
    double usual = last.stream().mapToDouble(StepRecord::loss).average().orElse(0);
    if (lossSpikeFactor > 0 && last.size() >= FEWEST && step.loss() > lossSpikeFactor * usual) {
      return Optional.of(
          new Found(
              Anomaly.LOSS_SPIKE,
              "the loss is "
                  + step.loss()
                  + ", over "
                  + lossSpikeFactor
                  + " times the "
                  + usual
                  + " of the steps before"));
    }
    return Optional.empty();
  }

  private static String first(Optimization.Measured step) {
    return step.notFinite()
        .map(name -> ", the first gradient that is not finite is that of " + name)
        .orElse("");
  }

  /**
   * Checks that the first step has gradients. A matrix a may have none while its b is 0, as it is
   * at first.
   */
  Optional<Found> ofFirst(Optimization optimization, List<Parameter> parameters, Scope work) {
    List<String> still =
        optimization.withoutGradient().stream()
            .filter(p -> !(p.name().contains("lora_A") && otherIsZero(p, parameters, work)))
            .map(Parameter::name)
            .collect(Collectors.toList());
    return still.isEmpty()
        ? Optional.empty()
        : Optional.of(new Found(Anomaly.NO_GRADIENT, "no gradient in " + named(still)));
  }

  private static String named(List<String> names) {
    return String.join(", ", names.subList(0, Math.min(3, names.size())))
        + (names.size() > 3 ? " and " + (names.size() - 3) + " more" : "");
  }

  private static boolean otherIsZero(Parameter a, List<Parameter> parameters, Scope work) {
    String b = a.name().replace("lora_A", "lora_B");
    return parameters.stream()
        .filter(p -> p.name().equals(b))
        .allMatch(p -> work.operators().squaredNorm(List.of(p.value())) == 0);
  }
}
