package io.telecomllm.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.tensor.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EncodingTest {
  /**
   * The checksums are those of {@code gguf.quants.dequantize} (gguf 0.19.0) on the same bytes, as
   * little-endian floats with negative zeros made positive.
   */
  @ParameterizedTest
  @CsvSource({
    "Q4_0, 2, 4defa5d7, -51.08993858098984",
    "Q4_1, 3, 37a61a22, -377.30227595567703",
    "Q5_0, 6, 9dbdefa2, -157.64667081832886",
    "Q5_1, 7, 300f77e5, -263.9700210094452",
    "Q8_0, 8, 86000b51, -955.4537497758865",
    "Q2_K, 10, fb81736b, 6465.524427354336",
    "Q3_K, 11, cb3b3ad2, 2940.1450811624527",
    "Q4_K, 12, 9b7e26a1, -41527.16571062803",
    "Q5_K, 13, 3119569d, -361549.6215146184",
    "Q6_K, 14, f5958e58, -10289.232814013958",
    "IQ4_NL, 20, dae7d05f, 414.7125252485275",
    "IQ4_XS, 23, 3263a031, -85472.57981044054",
    "F16, 1, 4b954775, 19.346614480018616",
    "BF16, 30, c9a50aa8, 0.021046983912000487"
  })
  void decodesAsTheGgufPackageDoes(Encoding encoding, int number, String crc, double sum) {
    int blocks = encoding.blockValues() == 1 ? 4096 : 64;
    byte[] raw = blocks(encoding, blocks, 7 + number);
    float[] values = new float[blocks * encoding.blockValues() + 3];
    encoding.decode(raw, 0, blocks, values, 3);
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    double total = 0;
    for (int i = 3; i < values.length; i++) {
      bytes.putFloat(values[i] + 0f);
      total += values[i];
    }
    CRC32 checksum = new CRC32();
    checksum.update(bytes.flip());
    assertThat(total).isCloseTo(sum, Percentage.withPercentage(1e-9));
    assertThat(Long.toHexString(checksum.getValue())).isEqualTo(crc);
    assertThat(Encoding.ofGguf(number)).contains(encoding);
  }

  /** Bytes of a linear congruential generator; scales are kept finite. */
  static byte[] blocks(Encoding encoding, int blocks, int seed) {
    byte[] raw = new byte[blocks * encoding.blockBytes()];
    int state = seed;
    for (int i = 0; i < raw.length; i++) {
      state = state * 1664525 + 1013904223;
      raw[i] = (byte) (state >>> 24);
    }
    int[] scales =
        switch (encoding) {
          case Q4_1, Q5_1, Q4_K, Q5_K -> new int[] {0, 2};
          case Q2_K -> new int[] {80, 82};
          case Q3_K -> new int[] {108};
          case Q6_K -> new int[] {208};
          default -> new int[] {0};
        };
    for (int block = 0; block < blocks; block++) {
      for (int scale : scales) {
        raw[block * encoding.blockBytes() + scale + 1] &= (byte) 0xBB;
      }
    }
    return raw;
  }

  @Test
  void decodesEveryHalf() {
    float[] value = new float[1];
    for (int bits = 0; bits < 1 << 16; bits++) {
      byte[] raw = {(byte) bits, (byte) (bits >> 8)};
      Encoding.F16.decode(raw, 0, 1, value, 0);
      assertThat(Float.valueOf(value[0]))
          .as("half %x", bits)
          .isEqualTo(Float.valueOf((float) Naive.half((short) bits)));
    }
  }

  @ParameterizedTest
  @EnumSource(DataType.class)
  void hasOnePlainEncodingForEachType(DataType type) {
    Encoding encoding = Encoding.of(type);
    assertThat(encoding.dataType()).contains(type);
    assertThat(encoding.blockValues()).isEqualTo(1);
    assertThat(encoding.blockBytes()).isEqualTo(type.bytes());
    assertThat(Encoding.ofSafetensors(encoding.name())).contains(encoding);
  }

  @Test
  void knowsNoOtherNamesAndNumbers() {
    assertThat(Encoding.ofSafetensors("Q4_0")).isEmpty();
    assertThat(Encoding.ofSafetensors("f32")).isEmpty();
    assertThat(Encoding.ofGguf(-1)).isEmpty();
    assertThat(Encoding.ofGguf(4)).isEmpty();
  }
}
