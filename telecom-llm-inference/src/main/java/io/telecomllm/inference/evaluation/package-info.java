/**
 * Measures an answerer on questions whose answers are known, beside what no knowledge would win.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.inference.evaluation;
