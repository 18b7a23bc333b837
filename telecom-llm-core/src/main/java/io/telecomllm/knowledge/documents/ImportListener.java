package io.telecomllm.knowledge.documents;

/**
 * Receives the progress of an import, on the thread that imports: before each file and at the end.
 * An exception from a listener ends the import.
 */
@FunctionalInterface
public interface ImportListener {
  /** Receives one report. */
  void onProgress(ImportProgress progress);

  /** Returns a listener that ignores every report. */
  static ImportListener none() {
    return progress -> {};
  }
}
