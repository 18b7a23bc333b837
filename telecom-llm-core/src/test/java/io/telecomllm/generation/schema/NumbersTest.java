package io.telecomllm.generation.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.generation.constraint.Constraint;
import io.telecomllm.generation.constraint.Reading;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NumbersTest {
  /** All texts of at most two digits before and behind the point, as JSON has numbers. */
  private static List<String> texts(int decimals) {
    List<String> texts = new ArrayList<>();
    for (String sign : List.of("", "-")) {
      for (int whole = 0; whole < 100; whole++) {
        texts.add(sign + whole);
        for (int places = 1; places <= decimals; places++) {
          for (int behind = 0; behind < Math.pow(10, places); behind++) {
            texts.add(sign + whole + "." + String.format("%0" + places + "d", behind));
          }
        }
      }
    }
    return texts;
  }

  @Test
  void aRangeReadsExactlyTheBeginningsOfItsNumbers() {
    Random random = new Random(11);
    for (int i = 0; i < 60; i++) {
      int decimals = i % 3;
      long unit = (long) Math.pow(10, decimals);
      long span = random.nextBoolean() ? 100 * unit : 2 * unit;
      long one = random.nextLong(2 * span) - span + 1;
      long other = random.nextLong(2 * span) - span + 1;
      long least = Math.min(one, other);
      long greatest = random.nextInt(4) == 0 ? least : Math.max(one, other);
      RangeGrammar range = new RangeGrammar(decimals, least, greatest);
      Constraint constraint = () -> range.start(End.DOCUMENT);
      Set<String> beginnings = new HashSet<>();
      int shortest = Integer.MAX_VALUE;
      for (String text : texts(decimals)) {
        BigDecimal value = new BigDecimal(text).movePointRight(decimals);
        boolean within =
            value.compareTo(BigDecimal.valueOf(least)) >= 0
                && value.compareTo(BigDecimal.valueOf(greatest)) <= 0
                // zero has no sign
                && !(text.startsWith("-") && value.signum() == 0);
        assertThat(Reading.accepts(constraint, text))
            .as("%s from %s to %s with %s decimals", text, least, greatest, decimals)
            .isEqualTo(within);
        if (within) {
          shortest = Math.min(shortest, text.length());
          for (int length = 0; length <= text.length(); length++) {
            beginnings.add(text.substring(0, length));
          }
        }
      }
      assertThat(range.shortest()).isEqualTo(shortest);
      for (String beginning : beginnings) {
        for (char c : "-.0123456789e".toCharArray()) {
          String longer = beginning + c;
          byte[] bytes = longer.getBytes(StandardCharsets.UTF_8);
          assertThat(Reading.read(constraint, bytes) != null)
              .as("%s from %s to %s with %s decimals", longer, least, greatest, decimals)
              .isEqualTo(beginnings.contains(longer));
        }
      }
    }
  }

  @Test
  void anIntegerHasSixtyFourBits() {
    Constraint integer = JsonSchema.parse("{\"type\":\"integer\"}").constraint();
    for (String text : List.of("0", "-1", "9223372036854775807", "-9223372036854775808")) {
      assertThat(Reading.accepts(integer, text)).as(text).isTrue();
    }
    for (String text :
        List.of("", "-", "-0", "00", "01", "+1", "1.0", "1e2", "9223372036854775808")) {
      assertThat(Reading.accepts(integer, text)).as(text).isFalse();
    }
    assertThat(Reading.accepts(integer, "-9223372036854775809")).isFalse();
    assertThat(Reading.accepts(integer, "10000000000000000000")).isFalse();
  }

  @Test
  void aNumberWithoutLimitsIsWhatJavaWrites() {
    Constraint number = JsonSchema.parse("{\"type\":\"number\"}").constraint();
    Random random = new Random(5);
    for (int i = 0; i < 10_000; i++) {
      double value = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(190) - 95);
      assertThat(Reading.accepts(number, Double.toString(value))).as("%s", value).isTrue();
    }
    for (String text : List.of("0", "-0", "0.5", "1E+05", "12e-3", "9".repeat(20) + "e99")) {
      assertThat(Reading.accepts(number, text)).as(text).isTrue();
    }
    for (String text :
        List.of("", "-", ".5", "5.", "01", "1e", "1e+", "1e100", "+1", "--1", "1.2.3", "NaN")) {
      assertThat(Reading.accepts(number, text)).as(text).isFalse();
    }
    assertThat(Reading.accepts(number, "9".repeat(21))).isFalse();
    assertThat(Reading.accepts(number, "0." + "1".repeat(21))).isFalse();
  }

  @Test
  void aNumberWithLimitsHasSixDecimals() {
    Constraint share =
        JsonSchema.parse("{\"type\":\"number\",\"minimum\":0,\"maximum\":1}").constraint();
    for (String text : List.of("0", "1", "0.000001", "0.999999", "1.0", "1.000000")) {
      assertThat(Reading.accepts(share, text)).as(text).isTrue();
    }
    for (String text : List.of("-0.1", "1.000001", "2", "0.0000001", "1e-3", "-0")) {
      assertThat(Reading.accepts(share, text)).as(text).isFalse();
    }
    Constraint signal =
        JsonSchema.parse("{\"type\":\"number\",\"maximum\":-0.1234565}").constraint();
    assertThat(Reading.accepts(signal, "-0.123457")).isTrue();
    assertThat(Reading.accepts(signal, "-0.123456")).isFalse();
    assertThat(Reading.accepts(signal, "-999999999999.999999")).isTrue();
    assertThat(Reading.accepts(signal, "-1000000000000")).isFalse();
  }
}
