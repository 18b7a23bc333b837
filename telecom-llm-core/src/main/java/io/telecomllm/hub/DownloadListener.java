package io.telecomllm.hub;

/**
 * Receives the progress of downloads.
 *
 * <p>It is called on the thread that fetches: when a file's download starts, after every quarter of
 * a mebibyte, and once when its digest matched and it is in place. It is not called for files that
 * the cache already holds. An exception from a listener ends the download and leaves a partial file
 * to resume.
 */
@FunctionalInterface
public interface DownloadListener {
  /** Receives one report. */
  void onProgress(DownloadProgress progress);

  /** Returns a listener that ignores every report. */
  static DownloadListener none() {
    return progress -> {};
  }
}
