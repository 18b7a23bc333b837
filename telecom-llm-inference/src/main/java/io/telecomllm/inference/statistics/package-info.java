/**
 * Measures how good confidences are, and how certain such figures are. Plain numbers in, plain
 * numbers out; every method is safe for use by several threads.
 *
 * <p>A {@link io.telecomllm.inference.statistics.Forecast} is the probabilities of a question's
 * options with the right one, a {@link io.telecomllm.inference.statistics.GradedAnswer} the
 * confidence of an answer and whether it was right. {@link
 * io.telecomllm.inference.statistics.Figures} computes one number from many of them; {@link
 * io.telecomllm.inference.statistics.Reliability} and {@link
 * io.telecomllm.inference.statistics.RiskCoverage} are the diagrams behind some of these.
 *
 * <p>A {@link io.telecomllm.inference.statistics.Reading} is the probabilities of a question's
 * options in one order of them. {@link io.telecomllm.inference.statistics.PositionBias} shows from
 * several readings whether a model likes some places more than others.
 *
 * <p>{@link io.telecomllm.inference.statistics.ClopperPearson} gives an exact interval of a share,
 * {@link io.telecomllm.inference.statistics.Bootstrap} an interval of any figure. Two answerers of
 * the same questions are compared by {@link io.telecomllm.inference.statistics.McNemar} and by
 * {@link io.telecomllm.inference.statistics.Bootstrap#difference}.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.inference.statistics;
