package io.telecomllm.knowledge;

/**
 * Receives the progress of encoding clauses, on the thread that encodes them: once before the
 * first, then after every 1,024. An exception from a listener ends the encoding; vectors that are
 * in the folder by then stay.
 */
@FunctionalInterface
public interface EncodingListener {
  /** Receives one report. */
  void onProgress(EncodingProgress progress);

  /** Returns a listener that ignores every report. */
  static EncodingListener none() {
    return progress -> {};
  }
}
