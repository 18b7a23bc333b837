package io.telecomllm.hub;

/**
 * Hears how far a download is.
 *
 * <p>Called in the thread that fetches: when a file begins, after every quarter of a mebibyte, and
 * once when its digest was right and the file is in place. Files that the cache holds cause no
 * call. What a listener throws ends the download and leaves a partial file to resume.
 */
@FunctionalInterface
public interface DownloadListener {
  /** One report. */
  void onProgress(DownloadProgress progress);

  /** A listener that ignores every report. */
  static DownloadListener none() {
    return progress -> {};
  }
}
