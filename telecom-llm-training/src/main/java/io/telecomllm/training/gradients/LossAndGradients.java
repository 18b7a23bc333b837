package io.telecomllm.training.gradients;

/**
 * What an optimizer step goes by.
 *
 * @param loss the mean over the supervised tokens
 * @param gradients of that loss, one array a parameter
 */
public record LossAndGradients(double loss, ParameterArrays gradients) {}
