package io.telecomllm.lineage;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.telecomllm.testing.Fuzzing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

/** A lineage.json of any bytes. */
class LineageFuzzTest {
  @TempDir static Path folder;

  @FuzzTest
  void lineageJson(byte[] data) throws IOException {
    Path file = Fuzzing.write(folder.resolve(LineageFile.NAME), data);
    Optional<Lineage> read =
        Fuzzing.read(file.toString(), data.length, () -> LineageFile.read(file));
    if (read.isPresent()) {
      Path again = folder.resolve("again.json");
      LineageFile.write(again, read.get());
      Fuzzing.same(LineageFile.read(again), read.get());
    }
  }
}
