package io.telecomllm.training.gradients;

/**
 * What an optimizer step goes by.
 *
 * @param loss the mean over the terms of the objective
 * @param gradients of that loss, one array a parameter
 */
public record LossAndGradients(double loss, ParameterArrays gradients) {}
