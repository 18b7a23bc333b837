package io.telecomllm.hub;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * The progress of the download of one file, in bytes. Immutable.
 *
 * @param repository {@code owner/name}
 * @param file the file's name in the repository
 * @param done the bytes on disk, 0 to {@code total}; falls if a download has to start again
 * @param total the file's size
 * @param resumedFrom the bytes that an earlier, interrupted download had left; 0 for a new download
 * @param finished whether the digest matched and the file is in place
 */
public record DownloadProgress(
    String repository, String file, long done, long total, long resumedFrom, boolean finished) {
  /** Checks the ranges. */
  public DownloadProgress {
    checkArgument(total >= 0, "total is %s, must not be negative", total);
    checkArgument(done >= 0 && done <= total, "done is %s, must be 0 to %s", done, total);
    checkArgument(
        resumedFrom >= 0 && resumedFrom <= total,
        "resumedFrom is %s, must be 0 to %s",
        resumedFrom,
        total);
  }
}
