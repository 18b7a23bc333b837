package io.telecomllm.training.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HostMemoryTest {
  @Test
  void aContainersLimitCountsWhereItIsTheSmallerOne() {
    assertThat(HostMemory.within(100, 50, 20)).isEqualTo(30);
    assertThat(HostMemory.within(10, 50, 20)).isEqualTo(10);
    assertThat(HostMemory.within(100, 50, 60)).isZero();
  }

  @Test
  void theMachineSaysWhatIsLeft() {
    assertThat(HostMemory.available()).isPresent();
    assertThat(HostMemory.available().orElseThrow()).isPositive();
    assertThat(HostMemory.held().orElseThrow()).isPositive();
  }
}
