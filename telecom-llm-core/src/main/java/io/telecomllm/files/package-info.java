/**
 * Operations on a disk that fail with a name, and below {@code http} the one HTTP client.
 *
 * <p>Each way of writing has one owner: {@link io.telecomllm.files.AtomicFiles} for a file that
 * appears whole or not at all, {@link io.telecomllm.files.AppendedFile} for events that are written
 * through at once, {@link io.telecomllm.files.LockFile} for a folder or file that belongs to one
 * process at a time, {@link io.telecomllm.files.Disk} for everything else (listing, forcing,
 * renaming, deleting trees, checking free space). {@link io.telecomllm.files.RandomAccessBytes}
 * reads large files at given positions.
 *
 * <p>A disk that refuses is a {@link io.telecomllm.StorageException} that names path and operation;
 * a file that is missing or of the wrong kind is an {@link io.telecomllm.InvalidDataException}. An
 * interrupt closes a channel, so what must be written nevertheless runs in {@link
 * io.telecomllm.files.Disk#uninterrupted}.
 *
 * <p>{@link io.telecomllm.files.FileOperations} is the interface that tests replace to make each
 * operation fail. Uses {@code text} only.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.files;
