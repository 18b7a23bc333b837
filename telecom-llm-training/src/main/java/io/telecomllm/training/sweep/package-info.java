/** Tries settings beside each other: short of a full search, those that do badly end early. */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.sweep;
