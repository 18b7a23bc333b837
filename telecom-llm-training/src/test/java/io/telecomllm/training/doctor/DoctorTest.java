package io.telecomllm.training.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.tensor.Device;
import io.telecomllm.testing.ChildJvm;
import io.telecomllm.training.doctor.DoctorReport.OperatorCheck;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DoctorTest {
  @Test
  void comparesEveryOperatorOfTheDevice() {
    DoctorReport report = Doctor.check(Device.cpu());
    assertThat(report.problems()).isEmpty();
    assertThat(report.ok()).isTrue();
    assertThat(report.operators()).hasSizeGreaterThan(60).allMatch(OperatorCheck::ok);
    // moved or made on the device itself, drawn by it, compared within others, or of text encoders
    assertThat(report.notCompared())
        .isSubsetOf(
            "add_dropout_",
            "add_uniform_",
            "attention_both_ways",
            "dropout",
            "dtype",
            "empty",
            "is_opaque",
            "layer_norm_weight_backward_",
            "lora_input_backward_",
            "low_rank_approximation",
            "normal_",
            "pack_bytes",
            "shape",
            "to",
            "zeros");
    assertThat(report.speeds())
        .hasSize(2)
        .allSatisfy((name, rows) -> assertThat(rows).isPositive());
    assertThat(report.facts())
        .containsKeys(
            "telecom-llm", "libtorch", "loaded from", "threads", "memory", "compute type");
    assertThat(report.toString()).contains("everything works", "a training step");
  }

  @Test
  void whatIsWrongComesFirst() {
    DoctorReport report =
        new DoctorReport(
            Map.of(),
            List.of(
                new OperatorCheck("fine", 1, 1e-6, 1e-4),
                new OperatorCheck("no number", 1, Double.NaN, 1e-4),
                new OperatorCheck("wrong", 1, 0.5, 1e-4)),
            List.of(),
            Map.of(),
            List.of("operator wrong differs"));
    assertThat(report.ok()).isFalse();
    assertThat(report.operators())
        .extracting(OperatorCheck::operator)
        .containsExactly("no number", "wrong", "fine");
    assertThat(report.toString()).contains("WRONG").contains("PROBLEM").doesNotContain("works");
  }

  @Test
  void anAbsentGpuIsAProblemAndAnExitStatus() throws Exception {
    ChildJvm.Ended ended = ChildJvm.run(List.of(), Doctor.class, "cuda:7");
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.output())
        .contains("PROBLEM")
        .contains("cuda:7 was asked for")
        .doesNotContain("\tat ");
  }

  @Test
  void aMachineWithoutTheNativeLibraryGetsAReport() throws Exception {
    String without = ChildJvm.classPathWithout("pytorch-native");
    ChildJvm.Ended ended = ChildJvm.run(List.of("-cp", without), Doctor.class);
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.output())
        .contains("there is no libtorch for linux-x86_64 on the class path")
        .doesNotContain("\tat ");
  }

  @Test
  void oneCoreAndASmallHeapAreEnough() throws Exception {
    ChildJvm.Ended ended =
        ChildJvm.run(List.of("-XX:ActiveProcessorCount=1", "-Xmx64m"), Doctor.class, "cpu");
    assertThat(ended.output())
        .contains("everything works")
        .containsPattern("heap up to 6\\d MiB")
        .containsPattern("threads +1, ");
    assertThat(ended.status()).isZero();
  }
}
