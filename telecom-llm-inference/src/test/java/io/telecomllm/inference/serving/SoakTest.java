package io.telecomllm.inference.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.testing.ChildJvm;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Five seconds; {@code -Dtelecomllm.soak=60} takes a minute. */
class SoakTest {
  private static final Pattern END =
      Pattern.compile("done (\\d+) cancelled (\\d+) files (-?\\d+) threads (-?\\d+) KiB (-?\\d+)");

  @Test
  @EnabledOnOs(OS.LINUX)
  void manyThreadsGetWhatOneGetsAndLeaveNothing() throws Exception {
    int seconds = Integer.getInteger("telecomllm.soak", 5);
    ChildJvm.Ended ended = ChildJvm.run(List.of("-Xmx200m"), Soak.class, seconds);
    Matcher end = END.matcher(ended.output());
    assertThat(ended.status()).as(ended.output()).isZero();
    assertThat(end.find()).as(ended.output()).isTrue();
    assertThat(Integer.parseInt(end.group(1))).isGreaterThan(20 * seconds);
    assertThat(Integer.parseInt(end.group(2))).isPositive();
    assertThat(Integer.parseInt(end.group(3))).as("file handles").isLessThanOrEqualTo(0);
    // the executors' threads end a moment after they are told
    assertThat(Integer.parseInt(end.group(4))).as("threads").isLessThanOrEqualTo(12);
    assertThat(Integer.parseInt(end.group(5))).as("resident KiB").isLessThan(100_000);
  }
}
