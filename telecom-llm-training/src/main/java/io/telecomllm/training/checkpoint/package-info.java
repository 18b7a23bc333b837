/**
 * Checkpoints of a run that survive a kill, a full disk and a lost file.
 *
 * <p>{@link io.telecomllm.training.checkpoint.Checkpoints} is the folder of a run, which one
 * trainer at a time has open. A {@link io.telecomllm.training.checkpoint.Checkpoint} is a folder in
 * it with named files and a {@code manifest.json}, which lists their sizes and digests. {@code
 * CheckpointWriter} writes a checkpoint under a temporary name, forces it to disk and renames it,
 * so a folder with a checkpoint's name is complete, unless it was damaged later: {@code Inventory}
 * then skips it and reports it.
 *
 * <p>What the files mean is not known here; {@code RunFolder} in the package {@code run} decides
 * it. The format is written down in {@code ManifestFile}.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.training.checkpoint;
