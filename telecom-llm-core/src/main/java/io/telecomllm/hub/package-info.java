/**
 * Models by their names on the Hugging Face hub, in its cache on this machine.
 *
 * <p>{@link io.telecomllm.hub.ModelStore} finds a repository in the cache or downloads it. The
 * layout on disk is that of {@code huggingface_hub}, so each program finds what the other
 * downloaded: contents are stored under their digests, and a snapshot is a folder of links to them
 * for one commit. Settings come from the same environment variables ({@code HF_HOME}, {@code
 * HF_TOKEN}, {@code HF_HUB_OFFLINE}).
 *
 * <p>A download lists the repository's files at one commit, chooses those that a model needs (never
 * a program such as a pickle file), checks the disk's free space, and downloads each file once,
 * under a lock, resuming what an earlier attempt left. A file appears in the snapshot after its
 * digest matched. Names and sizes that a server sends are checked before they are used.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.hub;
