package io.telecomllm.training.gradients;

import io.telecomllm.Internal;
import io.telecomllm.training.objective.Loss;

/**
 * The loss of a step and its gradients.
 *
 * @param loss the mean over the terms of the objective
 * @param gradients the gradients of that loss, one array per parameter
 */
@Internal
public record LossAndGradients(Loss loss, ParameterArrays gradients) {}
