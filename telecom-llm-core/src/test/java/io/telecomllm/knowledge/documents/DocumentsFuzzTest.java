package io.telecomllm.knowledge.documents;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.telecomllm.testing.Fuzzing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Documents of any bytes: typed errors, in memory that is in proportion to the file. */
class DocumentsFuzzTest {
  @TempDir static Path folder;

  private static void read(Path file, int bytes) {
    Fuzzing.read(file.toString(), bytes, () -> DocumentImporter.create().read(file));
  }

  @FuzzTest
  void docx(byte[] data) {
    read(Fuzzing.write(folder.resolve("any.docx"), data), data.length);
  }

  @FuzzTest
  void documentXml(byte[] data) {
    String xml = new String(data, StandardCharsets.UTF_8);
    Path file = Docx.of().entry("word/document.xml", xml).write(folder.resolve("body.docx"));
    read(file, data.length);
  }

  @FuzzTest
  void html(byte[] data) {
    read(Fuzzing.write(folder.resolve("any.html"), data), data.length);
  }

  @FuzzTest
  void markdown(byte[] data) {
    read(Fuzzing.write(folder.resolve("any.md"), data), data.length);
  }
}
