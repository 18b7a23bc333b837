package io.telecomllm.facts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
  private static Quantity only(String text) {
    List<Quantity> all = Quantity.in(text);
    assertThat(all).as(text).hasSize(1);
    return all.get(0);
  }

  @ParameterizedTest
  @CsvSource({
    "10 ms,        time,      0.01",
    "0.5ms,        time,      0.0005",
    "20 µs,        time,      2e-5",
    "2 minutes,    time,      120",
    "1 hour,       time,      3600",
    "3.5 GHz,      frequency, 3.5e9",
    "15 kHz,       frequency, 15e3",
    "1 Gbps,       rate,      1e9",
    "64 kbit/s,    rate,      64e3",
    "2 bytes,      data,      16",
    "16 bits,      data,      16",
    "1 km,         length,    1000",
    "36 km/h,      speed,     10",
    "23 dBm,       power,     0.19952623149688797",
    "200 mW,       power,     0.2",
    "-3 dB,        ratio,     -3",
    "\u22123 dB,   ratio,     -3",
    "99.9 %,       share,     99.9",
    "90 percent,   share,     90",
    "'1,000 ms',   time,      1"
  })
  void aNumberWithAUnitIsMeasuredInTheBaseUnit(String text, String dimension, double value) {
    Quantity quantity = only(text);
    assertThat(quantity.dimension()).isEqualTo(Quantity.Dimension.of(dimension));
    assertThat(quantity.value())
        .isCloseTo(value, org.assertj.core.data.Percentage.withPercentage(1e-9));
  }

  @ParameterizedTest
  @CsvSource({
    "10 ms,    0.01 s,    true",
    "10 ms,    10 s,      false",
    "23 dBm,   200 mW,    true",
    "23 dBm,   220 mW,    false",
    "2 bytes,  16 bits,   true",
    "100 MHz,  0.1 GHz,   true",
    "100 MHz,  100.1 MHz, false"
  })
  void equalAfterConversionUpToRounding(String a, String b, boolean equal) {
    assertThat(only(a).equal(only(b))).isEqualTo(equal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TS 23.501",
        "clause 5.6.1",
        "version v18.1.0",
        "6G",
        "3GPP",
        "IPv4",
        "NG-RAN2",
        "5GC",
        "N2",
        "38.101-1"
      })
  void numbersInNamesAreNoQuantities(String text) {
    assertThat(Quantity.in(text).stream().filter(q -> q.value() != 5.0)).as(text).isEmpty();
  }

  @Test
  void aRangeHasTheUnitAtBothEnds() {
    List<Quantity> ends = Quantity.in("from 410 to 7125 MHz");
    assertThat(ends).extracting(Quantity::value).containsExactly(410e6, 7125e6);
    assertThat(Quantity.in("450 MHz to 6 GHz"))
        .extracting(Quantity::value)
        .containsExactly(450e6, 6e9);
  }

  @Test
  void countsCompareByTheWordsAroundThem() {
    Quantity four = only("up to 4 layers");
    assertThat(four.dimension().matches(only("has eight layers").dimension())).isTrue();
    assertThat(four.dimension().matches(only("has eight ports").dimension())).isFalse();
    assertThat(only("four layers").equal(four)).isTrue();
    assertThat(only("QCI 1").dimension().matches(only("a QCI 2").dimension())).isTrue();
  }
}
