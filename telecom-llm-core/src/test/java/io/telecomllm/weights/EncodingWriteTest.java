package io.telecomllm.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is written beside what is read; the bytes themselves are held by GgufWriterTest. */
class EncodingWriteTest {
  private static byte[] encode(Encoding encoding, float... values) {
    int blocks = values.length / encoding.blockValues();
    byte[] raw = new byte[blocks * encoding.blockBytes() + 3];
    encoding.encode(values, 0, blocks, raw, 3);
    return Arrays.copyOfRange(raw, 3, raw.length);
  }

  private static float[] decode(Encoding encoding, byte[] raw) {
    int blocks = raw.length / encoding.blockBytes();
    float[] values = new float[blocks * encoding.blockValues()];
    encoding.decode(raw, 0, blocks, values, 0);
    return values;
  }

  private static float[] block(float[] values, int exponent) {
    float[] scaled = values.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = Math.scalb(scaled[i], exponent);
    }
    return scaled;
  }

  @Property(tries = 2000)
  void sevenBitsAreHalfAStepOff(
      @ForAll @Size(32) float[] any, @ForAll @IntRange(min = -10, max = 13) int exponent) {
    float[] values = block(unit(any), exponent);
    float[] back = decode(Encoding.Q8_0, encode(Encoding.Q8_0, values));
    float step = extreme(values) / 127;
    for (int i = 0; i < 32; i++) {
      // half a step, and 127 times the rounding of the scale, to 11 bits or to a subnormal half
      float bound = step * (0.5f + 127 / 2048f) + 127 * 0x1p-25f;
      assertThat(Math.abs(back[i] - values[i])).isLessThanOrEqualTo(bound);
    }
  }

  @Property(tries = 2000)
  void fourBitsAreHalfAStepOffButAtTheOtherEnd(
      @ForAll @Size(32) float[] any, @ForAll @IntRange(min = -10, max = 13) int exponent) {
    float[] values = block(unit(any), exponent);
    float[] back = decode(Encoding.Q4_0, encode(Encoding.Q4_0, values));
    float step = extreme(values) / 8;
    for (int i = 0; i < 32; i++) {
      // there is no +8: what lies opposite of the extreme is a whole step off
      assertThat(Math.abs(back[i] - values[i]))
          .isLessThanOrEqualTo(step * (1 + 8 / 2048f) + 0x1p-22f);
      if (Math.abs(values[i]) < step * 7.4f) {
        assertThat(Math.abs(back[i] - values[i]))
            .isLessThanOrEqualTo(step * (0.5f + 8 / 2048f) + 0x1p-22f);
      }
    }
  }

  @Property(tries = 2000)
  void writingAgainWhatWasReadChangesNothing(
      @ForAll @Size(32) float[] any, @ForAll @IntRange(min = -6, max = 13) int exponent) {
    float[] values = block(unit(any), exponent);
    for (Encoding encoding : Encoding.values()) {
      if (encoding.isWritten()) {
        byte[] once = encode(encoding, values);
        float[] read = decode(encoding, once);
        byte[] twice = encode(encoding, read);
        if (extreme(read) == 0) { // the scale is too small for a half
          assertThat(extreme(decode(encoding, twice))).isZero();
        } else {
          assertThat(twice).as("%s", encoding).isEqualTo(once);
        }
      }
    }
  }

  private static float[] unit(float[] any) {
    float[] values = new float[any.length];
    for (int i = 0; i < any.length; i++) {
      values[i] = Float.isFinite(any[i]) ? (float) Math.tanh(any[i]) : 0.25f;
    }
    return values;
  }

  private static float extreme(float[] values) {
    float extreme = 0;
    for (float value : values) {
      extreme = Math.max(extreme, Math.abs(value));
    }
    return extreme;
  }

  @Test
  void everyHalfIsWrittenAsItWasRead() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      for (Encoding encoding : new Encoding[] {Encoding.F16, Encoding.BF16}) {
        byte[] raw = {(byte) bits, (byte) (bits >> 8)};
        float[] value = decode(encoding, raw);
        if (Float.isNaN(value[0])) {
          assertThat(decode(encoding, encode(encoding, value))[0]).isNaN();
        } else {
          assertThat(encode(encoding, value)).as("%s %x", encoding, bits).isEqualTo(raw);
        }
      }
    }
  }

  @Property(tries = 5000)
  void theNearestHalfIsWritten(@ForAll @FloatRange(min = -65504, max = 65504) float value) {
    double error = Math.abs((double) decode(Encoding.F16, encode(Encoding.F16, value))[0] - value);
    byte[] raw = encode(Encoding.F16, value);
    int bits = (raw[0] & 0xFF) | (raw[1] & 0xFF) << 8;
    for (int other : new int[] {bits - 1, bits + 1}) {
      if ((other & 0x7FFF) < 0x7C00 && (other & 0x8000) == (bits & 0x8000)) {
        double there = Naive.half((short) other);
        assertThat(error).isLessThanOrEqualTo(Math.abs(there - value));
      }
    }
  }

  @Test
  void tiesGoToEven() {
    assertThat(decode(Encoding.F16, encode(Encoding.F16, 2049f, 2051f, 0x1p-25f, 0x3p-25f)))
        .containsExactly(2048f, 2052f, 0f, 0x1p-23f);
    assertThat(decode(Encoding.BF16, encode(Encoding.BF16, 257f, 259f, -257f)))
        .containsExactly(256f, 260f, -256f);
  }

  @ParameterizedTest
  @CsvSource({"F16, 65519.99, 65504", "F16, -65519.99, -65504", "BF16, 3.38e38, 3.3762e38"})
  void theLargestValueIsTheLast(Encoding encoding, float value, float back) {
    assertThat(decode(encoding, encode(encoding, value))[0] / back)
        .isCloseTo(1f, org.assertj.core.data.Offset.offset(0.004f));
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatThrownBy(() -> encode(Encoding.F16, 65520f))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("65520.0 is beyond the range of F16");
    assertThatThrownBy(() -> encode(Encoding.BF16, -Float.MAX_VALUE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("-3.4028235E38 is beyond the range of BF16");
    for (Encoding encoding : new Encoding[] {Encoding.Q8_0, Encoding.Q4_0}) {
      for (float value : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
        float[] values = new float[32];
        values[31] = value;
        assertThatThrownBy(() -> encode(encoding, values))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage(value + " cannot be quantized, it must be finite");
      }
      float[] values = new float[32];
      values[5] = 1e8f;
      assertThatThrownBy(() -> encode(encoding, values))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageEndingWith(" is beyond the range of F16");
    }
    assertThat(decode(Encoding.F16, encode(Encoding.F16, Float.NEGATIVE_INFINITY))[0])
        .isEqualTo(Float.NEGATIVE_INFINITY);
  }

  @ParameterizedTest
  @EnumSource(Encoding.class)
  void writesFiveEncodings(Encoding encoding) {
    boolean written =
        switch (encoding) {
          case F32, F16, BF16, Q8_0, Q4_0 -> true;
          default -> false;
        };
    assertThat(encoding.isWritten()).isEqualTo(written);
    float[] values = new float[encoding.blockValues()];
    if (!written) {
      assertThatThrownBy(() -> encode(encoding, values))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(encoding + " is read only");
    }
  }

  @Test
  void aSubnormalScaleGivesZeros() {
    float[] values = new float[32];
    Random random = new Random(7);
    for (int i = 0; i < 32; i++) {
      values[i] = (random.nextFloat() - 0.5f) * Float.MIN_NORMAL;
    }
    for (Encoding encoding : new Encoding[] {Encoding.Q8_0, Encoding.Q4_0}) {
      assertThat(decode(encoding, encode(encoding, values)))
          .usingComparatorWithPrecision(0f)
          .containsExactly(new float[32]);
    }
  }
}
