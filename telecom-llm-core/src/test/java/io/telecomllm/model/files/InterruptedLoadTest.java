package io.telecomllm.model.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.testing.TinyModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterruptedLoadTest {
  @Test
  void isACancellationAndLeavesTheThreadInterrupted(@TempDir Path folder) throws IOException {
    TinyModel.write(folder, 512);
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> ModelLoader.load(folder))
          .isInstanceOf(CancellationException.class)
          .hasMessage("loading a model was interrupted");
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
  }
}
