/**
 * Gives a confidence a meaning: of the answers with 0.8, four of five are right.
 *
 * <p>A {@link io.telecomllm.inference.calibration.Calibration} is fitted on questions that the
 * model was not trained on, and turns {@link io.telecomllm.inference.calibration.Evidence} about an
 * answer into a {@link io.telecomllm.inference.calibration.CalibratedAnswer}. An {@link
 * io.telecomllm.inference.calibration.Abstention} rule then decides whether to give the answer. A
 * rule that makes a promise is fitted on questions that neither the model nor the calibration was
 * fitted on.
 *
 * <p>A {@link io.telecomllm.inference.calibration.PositionPrior} takes a model's liking for places
 * out of the probabilities of one {@link io.telecomllm.inference.statistics.Reading}, before they
 * become evidence.
 *
 * <p>{@link io.telecomllm.inference.calibration.SavedCalibration} keeps them in a file {@code
 * calibration.json}, with what they belong to: for another model, adapter, prompt or knowledge base
 * it is refused.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.inference.calibration;
