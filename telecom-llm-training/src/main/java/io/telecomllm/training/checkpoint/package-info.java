/**
 * Checkpoints of a training run that survive a kill, a full disk and a lost file: named files, a
 * manifest with their digests, and one rename that makes them count.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.checkpoint;
