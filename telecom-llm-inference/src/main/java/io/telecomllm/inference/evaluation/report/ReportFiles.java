package io.telecomllm.inference.evaluation.report;

import io.telecomllm.files.AtomicFiles;
import io.telecomllm.files.Disk;
import io.telecomllm.json.JsonText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the files of reports; each appears whole or not at all. */
final class ReportFiles {
  private ReportFiles() {}

  static void write(Path file, Map<String, @Nullable Object> json) {
    write(file, JsonText.pretty(json));
  }

  static void write(Path file, String text) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Disk.REAL.createFolders(folder);
    }
    AtomicFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
  }
}
