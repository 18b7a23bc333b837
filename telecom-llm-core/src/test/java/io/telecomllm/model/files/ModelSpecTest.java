package io.telecomllm.model.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.WeightType;
import io.telecomllm.quantization.FourBitCode;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Threads;
import io.telecomllm.testing.TinyModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelSpecTest {
  @Test
  void loadsAsItSays(@TempDir Path folder) throws IOException {
    TinyModel.write(folder, 64);
    ModelSpec spec = ModelSpec.of(folder.toString()).device(Device.cpu());
    int before = Threads.count();
    try (LanguageModel packed = spec.computeType(DataType.BFLOAT16).load();
        LanguageModel fp4 = spec.packed(FourBitCode.FP4).load();
        LanguageModel dense = spec.computeType(DataType.FLOAT32).dense().threads(1).load()) {
      assertThat(packed.weightType()).isEqualTo(WeightType.NF4);
      assertThat(packed.computeType()).isEqualTo(DataType.BFLOAT16);
      assertThat(fp4.weightType()).isEqualTo(WeightType.FP4);
      assertThat(dense.weightType()).isEqualTo(WeightType.DENSE);
      assertThat(dense.computeType()).isEqualTo(DataType.FLOAT32);
      assertThat(dense.device()).isEqualTo(Device.cpu());
      assertThat(Threads.count()).isEqualTo(1);
    } finally {
      Threads.use(before);
    }
  }

  @Test
  void travels() throws Exception {
    ModelSpec spec = ModelSpec.of("owner/name").dense().threads(3);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(spec);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(spec);
    }
  }

  @Test
  void refusesWordsThatItDoesNotKnow() {
    assertThatThrownBy(() -> ModelSpec.of(" ")).hasMessage("source is blank");
    assertThatThrownBy(() -> new ModelSpec("m", "gpu", "auto", "NF4", 0))
        .hasMessage("device is gpu, must be cpu, cuda or cuda:N");
    assertThatThrownBy(() -> ModelSpec.of("m").computeType(DataType.INT8))
        .hasMessage("computeType is INT8, must be one of [auto, FLOAT32, BFLOAT16, FLOAT16]");
    assertThatThrownBy(() -> new ModelSpec("m", "auto", "auto", "INT8", 0))
        .hasMessage("weights are INT8, must be auto, DENSE or one of [NF4, FP4]");
    assertThatThrownBy(() -> ModelSpec.of("m").threads(1025))
        .hasMessage("threads are 1025, must be 0 to 1024");
  }
}
