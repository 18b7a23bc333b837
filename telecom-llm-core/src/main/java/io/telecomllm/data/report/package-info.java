/**
 * Looks at questions before a model is trained on them, on pages that stand alone.
 *
 * <p>{@link io.telecomllm.data.report.TokenStatistics} counts the tokens of the prompts that a
 * model gets to see. {@link io.telecomllm.data.report.DataPages} writes these figures and a {@link
 * io.telecomllm.data.CleaningReport} as HTML.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.data.report;
