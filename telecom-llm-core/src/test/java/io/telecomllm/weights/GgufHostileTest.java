package io.telecomllm.weights;

import static io.telecomllm.weights.GgufBytes.ARRAY;
import static io.telecomllm.weights.GgufBytes.BOOL;
import static io.telecomllm.weights.GgufBytes.FLOAT32;
import static io.telecomllm.weights.GgufBytes.STRING;
import static io.telecomllm.weights.GgufBytes.UINT32;
import static io.telecomllm.weights.GgufBytes.UINT64;
import static io.telecomllm.weights.GgufBytes.UINT8;
import static io.telecomllm.weights.GgufBytes.array;
import static io.telecomllm.weights.GgufBytes.int32;
import static io.telecomllm.weights.GgufBytes.int64;
import static io.telecomllm.weights.GgufBytes.join;
import static io.telecomllm.weights.GgufBytes.string;
import static io.telecomllm.weights.Hostile.invalid;
import static io.telecomllm.weights.Hostile.unsupported;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One file for each rule of GGUF, and each is refused for its own reason. */
class GgufHostileTest {
  private static final int F32 = 0;
  private static final int Q4_1 = 3;

  @TempDir Path folder;

  private static GgufBytes gguf() {
    return new GgufBytes();
  }

  static Stream<Hostile> files() {
    return Stream.of(start(), entries(), arrays(), tensors(), places()).flatMap(List::stream);
  }

  private static List<Hostile> start() {
    String magic = "not GGUF: it does not begin with GGUF";
    return List.of(
        invalid("empty", new byte[0], magic),
        invalid("three bytes", new byte[] {'G', 'G', 'U'}, magic),
        invalid("another magic", gguf().magic(0x46554748).file(0), magic),
        invalid("the magic alone", new byte[] {'G', 'G', 'U', 'F'}, "the version takes 4 bytes, 0"),
        unsupported("version 0", gguf().version(0).file(0), "GGUF version 0; versions 2 and 3"),
        unsupported("version 1", gguf().version(1).file(0), "GGUF version 1; versions 2 and 3"),
        unsupported("version 4", gguf().version(4).file(0), "GGUF version 4; versions 2 and 3"),
        unsupported("version 2^32-1", gguf().version(-1).file(0), "GGUF version 4294967295"),
        unsupported("big endian", gguf().version(3 << 24).file(0), "a big-endian GGUF file"),
        invalid(
            "tensors of 2^64-1",
            gguf().tensorCount(Long.MAX_VALUE).file(0),
            "the number of tensors is 9223372036854775807, the file has room for 0"),
        invalid(
            "tensors past the end",
            gguf().tensorCount(3).file(50),
            "the number of tensors is 3, the file has room for 2"),
        invalid("one tensor too few", gguf().tensorCount(1).file(40), "dimensions"),
        invalid(
            "entries of 2^62",
            gguf().entryCount(1L << 62).file(64),
            "the number of metadata entries is 4611686018427387904, the file has room for"),
        invalid(
            "entries past the end",
            gguf().entryCount(3).file(16),
            "the number of metadata entries is 3, the file has room for 1"));
  }

  private static List<Hostile> entries() {
    return List.of(
        invalid(
            "key of 2^63-1",
            join(gguf().entryCount(1).header(), int64(Long.MAX_VALUE), new byte[64]),
            "the length of a key is 9223372036854775807, the file has room for 64"),
        invalid(
            "key of 2^64-1",
            join(gguf().entryCount(1).header(), int64(-1), new byte[64]),
            "the length of a key is 18446744073709551615, the file has room for 64"),
        invalid(
            "key past the end",
            join(gguf().entryCount(1).header(), int64(65), new byte[64]),
            "the length of a key is 65, the file has room for 64"),
        invalid(
            "key above its limit",
            gguf().entry("k".repeat(65_536), UINT8, new byte[1]).file(0),
            "a key has 65536 bytes, at most 65535 are allowed"),
        invalid("empty key", gguf().entry("", UINT8, new byte[1]).file(0), "an empty key"),
        invalid(
            "key that is not UTF-8",
            join(gguf().entryCount(1).header(), int64(1), new byte[] {(byte) 0xFF}, new byte[64]),
            "a key is not UTF-8"),
        invalid(
            "key twice", gguf().text("a.b", "x").text("a.b", "y").file(0), "key a.b appears twice"),
        invalid(
            "type 13",
            gguf().entry("k", 13, new byte[64]).file(0),
            "key k has the type 13, there is none above 12"),
        invalid(
            "type 2^32-1",
            gguf().entry("k", -1, new byte[64]).file(0),
            "key k has the type 4294967295"),
        invalid(
            "boolean 2",
            gguf().entry("k", BOOL, new byte[] {2}).file(0),
            "key k is the boolean 2, must be 0 or 1"),
        invalid(
            "number cut",
            gguf().entry("k", UINT64, new byte[7]).header(),
            "key k takes 8 bytes, 7 are left of the file"),
        invalid(
            "string past the end",
            gguf().entry("k", STRING, join(int64(100), new byte[20])).header(),
            "the length of key k is 100, the file has room for 20"),
        invalid(
            "string of 2^40",
            gguf().entry("k", STRING, join(int64(1L << 40), new byte[20])).header(),
            "the length of key k is 1099511627776, the file has room for 20"),
        invalid(
            "string that is not UTF-8",
            gguf().entry("k", STRING, join(int64(2), new byte[] {(byte) 0xC3, 'x'})).file(0),
            "key k is not UTF-8"),
        invalid(
            "alignment 0",
            gguf().alignment(0).file(0),
            "field general.alignment: expected an integer from 8 to 2147483648, found 0"),
        invalid(
            "alignment 4",
            gguf().alignment(4).file(0),
            "expected an integer from 8 to 2147483648, found 4"),
        invalid(
            "alignment 24",
            gguf().alignment(24).file(0),
            "field general.alignment: expected a power of two, found 24"),
        invalid(
            "alignment of 2^32-1",
            gguf().alignment(-1).file(0),
            "expected an integer from 8 to 2147483648, found 4294967295"),
        invalid(
            "alignment is a string",
            gguf().text("general.alignment", "32").file(0),
            "general.alignment: expected an integer from 8 to 2147483648, found \"32\""),
        invalid(
            "alignment is a fraction",
            gguf().entry("general.alignment", FLOAT32, int32(Float.floatToIntBits(32f))).file(0),
            "found 32.0"),
        unsupported(
            "one part of three",
            gguf().entry("split.count", UINT32, int32(3)).file(0),
            "one of 3 parts; join them with llama-gguf-split --merge"));
  }

  private static List<Hostile> arrays() {
    byte[] nested = array(UINT8, 0);
    for (int i = 0; i < 5; i++) {
      nested = array(ARRAY, 1, nested);
    }
    byte[] deep = array(UINT8, 0);
    for (int i = 0; i < 2_000; i++) {
      deep = join(int32(ARRAY), int64(1), deep);
    }
    return List.of(
        invalid(
            "array of 2^64-1 bytes",
            gguf().entry("k", ARRAY, array(UINT8, -1)).file(64),
            "the length of key k is 18446744073709551615, the file has room for"),
        invalid(
            "array of 2^61 longs",
            gguf().entry("k", ARRAY, array(UINT64, 1L << 61)).file(64),
            "the length of key k is 2305843009213693952, the file has room for"),
        invalid(
            "array past the end",
            gguf().entry("k", ARRAY, array(UINT32, 17, new byte[64])).header(),
            "the length of key k is 17, the file has room for 16"),
        invalid(
            "strings past the end",
            gguf().entry("k", ARRAY, array(STRING, 9, new byte[64])).header(),
            "the length of key k is 9, the file has room for 8"),
        invalid(
            "array of type 13",
            gguf().entry("k", ARRAY, array(13, 1, new byte[64])).file(0),
            "key k has the type 13"),
        invalid(
            "array nested five times",
            gguf().entry("k", ARRAY, nested).file(64),
            "key k has arrays nested deeper than 4"),
        invalid(
            "array nested 2,000 times",
            gguf().entry("k", ARRAY, deep).file(64),
            "key k has arrays nested deeper than 4"),
        invalid(
            "array of booleans with a 7",
            gguf().entry("k", ARRAY, array(BOOL, 3, new byte[] {0, 1, 7})).file(0),
            "key k is the boolean 7"),
        invalid(
            "array cut short",
            gguf().entry("k", ARRAY, int32(UINT8)).header(),
            "the length of key k takes 8 bytes, 0 are left of the file"));
  }

  private static List<Hostile> tensors() {
    return List.of(
        invalid(
            "name above its limit",
            gguf().tensor("n".repeat(65), F32, 0, 8).file(32),
            "a tensor's name has 65 bytes, at most 64 are allowed"),
        invalid(
            "tensor twice",
            gguf().tensor("t", F32, 0, 8).tensor("t", F32, 32, 8).file(64),
            "the tensor t appears twice"),
        invalid(
            "five dimensions",
            gguf().tensor("t", F32, 0, 1, 1, 1, 1, 8).file(32),
            "tensor t: 5 dimensions, at most 4"),
        invalid(
            "2^32-1 dimensions",
            join(gguf().tensorCount(1).header(), string("t"), int32(-1), new byte[64]),
            "tensor t: 4294967295 dimensions, at most 4"),
        invalid(
            "negative dimension",
            gguf().tensor("t", F32, 0, -8).file(32),
            "tensor t: F32 of shape [-8]: negative dimension"),
        invalid(
            "product of 2^64",
            gguf().tensor("t", F32, 0, 1L << 32, 1L << 32).file(32),
            "tensor t: F32 of shape [4294967296, 4294967296]: long overflow"),
        invalid(
            "product that wraps to 2",
            gguf().tensor("t", F32, 0, 6148914691236517206L, 3).file(32),
            "long overflow"),
        invalid("bytes of 2^64", gguf().tensor("t", F32, 0, 1L << 62).file(32), "long overflow"),
        unsupported(
            "type 4, removed from ggml",
            gguf().tensor("t", 4, 0, 32).file(32),
            "tensor t: type 4 is not read"),
        unsupported(
            "type that is not read",
            gguf().tensor("t", 21, 0, 256).file(160),
            "tensor t: type 21 (IQ3_S) is not read"),
        unsupported(
            "type 2^32-1",
            gguf().tensor("t", -1, 0, 32).file(32),
            "tensor t: type 4294967295 is not read"),
        invalid(
            "half a block",
            gguf().tensor("t", Q4_1, 0, 48).file(64),
            "tensor t: rows of 48 values, Q4_1 has blocks of 32"),
        invalid(
            "blocks across rows",
            gguf().tensor("t", Q4_1, 0, 16, 2).file(64),
            "tensor t: rows of 16 values, Q4_1 has blocks of 32"),
        invalid(
            "half a block of 256",
            gguf().tensor("t", 14, 0, 128, 2).file(224),
            "tensor t: rows of 128 values, Q6_K has blocks of 256"));
  }

  private static List<Hostile> places() {
    return List.of(
        invalid(
            "offset of 2^63",
            gguf().tensor("t", F32, Long.MIN_VALUE, 8).file(32),
            "tensor t: offset 9223372036854775808 is out of range"),
        invalid(
            "offset not aligned",
            gguf().tensor("t", F32, 4, 8).file(64),
            "tensor t: offset 4 is not a multiple of the alignment 32"),
        invalid(
            "offset not aligned to 64",
            gguf().alignment(64).tensor("t", F32, 32, 8).file(64),
            "tensor t: offset 32 is not a multiple of the alignment 64"),
        invalid(
            "begins outside",
            gguf().tensor("t", F32, 64, 8).file(32),
            "tensor t: 32 bytes at offset 64 end outside the file, which has 32 bytes of tensors"),
        invalid(
            "ends outside",
            gguf().tensor("t", F32, 0, 9).file(32),
            "tensor t: 36 bytes at offset 0 end outside the file"),
        invalid(
            "offset that wraps",
            gguf().tensor("t", F32, Long.MAX_VALUE - 31, 8).file(32),
            "end outside the file"),
        invalid(
            "tensor of 2^61 bytes",
            gguf().tensor("t", F32, 0, 1L << 59).file(32),
            "2305843009213693952 bytes at offset 0 end outside the file"),
        invalid(
            "no data at all",
            gguf().tensor("t", F32, 0, 8).header(),
            "32 bytes at offset 0 end outside the file, which has 0 bytes of tensors"),
        invalid(
            "overlap",
            gguf().tensor("t", F32, 0, 16).tensor("u", F32, 32, 8).file(64),
            "overlapping what ends at byte"),
        invalid(
            "hole before the first",
            gguf().tensor("t", F32, 32, 8).file(64),
            "leaving a hole after what ends at byte"),
        invalid(
            "hole between two",
            gguf().tensor("t", F32, 0, 8).tensor("u", F32, 64, 8).file(96),
            "leaving a hole after what ends at byte"),
        invalid(
            "the same place",
            gguf().tensor("t", F32, 0, 8).tensor("u", F32, 0, 8).file(64),
            "overlapping what ends at byte"),
        invalid(
            "one tensor around another",
            gguf().tensor("in", F32, 32, 8).tensor("out", F32, 0, 32).file(128),
            "tensor in: begins at byte"));
  }

  @ParameterizedTest
  @MethodSource("files")
  void isRefused(Hostile hostile) {
    hostile.assertRefused(folder.resolve("hostile.gguf"), GgufFile::open);
  }

  @Test
  void refusesLongHeadersThatAreReallyThere() throws IOException {
    Path file = folder.resolve("large.gguf");
    byte[] array = gguf().entry("k", ARRAY, array(UINT8, 5_000_000)).header();
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.write(array);
      sparse.setLength(200_000_000);
    }
    Hostile.assertRefused(
        file,
        GgufFile::open,
        InvalidDataException.class,
        "with the 5000000 values of key k the arrays exceed 4194304");
    byte[] text = gguf().entry("k", STRING, int64(150_000_000)).header();
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.write(text);
    }
    Hostile.assertRefused(
        file,
        GgufFile::open,
        InvalidDataException.class,
        "the length of key k is 150000000, the file has room for 9999");
  }

  private static GgufBytes small() {
    return gguf()
        .text("general.architecture", "llama")
        .entry("a.u64", UINT64, int64(-1))
        .entry("a.f32", FLOAT32, int32(Float.floatToIntBits(1e-5f)))
        .entry("a.bool", BOOL, new byte[] {1})
        .entry("a.list", ARRAY, array(STRING, 2, string("x"), string("\u00e9")))
        .entry("a.nested", ARRAY, array(ARRAY, 1, array(UINT8, 2, new byte[] {1, (byte) 255})))
        .tensor("late", Q4_1, 32, 32, 2)
        .tensor("first", F32, 0, 4, 2);
  }

  @Test
  void readsWhatIsRight() {
    for (int version : new int[] {2, 3}) {
      Path path =
          SafetensorsBytes.write(
              folder.resolve("right.gguf"), small().version(version).file(32 + 40));
      try (GgufFile file = GgufFile.open(path)) {
        assertThat(file.version()).isEqualTo(version);
        assertThat(file.names()).containsExactly("first", "late");
        assertThat(file.info("late").shape()).containsExactly(2L, 32L);
        assertThat(file.info("first").shape()).containsExactly(2L, 4L);
        assertThat(file.fields().value("a.u64"))
            .isEqualTo(BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE));
        assertThat(file.fields().number("a.f32")).isEqualTo((double) 1e-5f);
        assertThat(file.fields().bool("a.bool")).isTrue();
        assertThat(file.fields().strings("a.list")).containsExactly("x", "\u00e9");
        assertThat(file.fields().list("a.nested")).isEqualTo(List.of(List.of(1L, 255L)));
        assertThat(file.metadata())
            .containsExactly(
                Map.entry("general.architecture", "llama"),
                Map.entry("a.u64", "18446744073709551615"),
                Map.entry("a.f32", String.valueOf((double) 1e-5f)),
                Map.entry("a.bool", "true"));
        ByteBuffer raw = ByteBuffer.allocate(40);
        file.read("late", raw);
        assertThat(raw.array()[0]).isEqualTo((byte) 32);
        FloatBuffer floats = FloatBuffer.allocate(64);
        file.readFloats("late", floats);
        assertThat(floats.get(33)).isEqualTo(Naive.value(Encoding.Q4_1, raw.array(), 33));
        assertThatThrownBy(() -> file.fields().integer("a.u64", 0, 10))
            .isInstanceOf(InvalidDataException.class)
            .hasMessage(
                path
                    + ", field a.u64: expected an integer from 0 to 10, found"
                    + " 18446744073709551615");
      }
    }
  }

  @Test
  void refusesTheFileCutAtEveryByte() {
    byte[] whole = small().file(32 + 40);
    Path file = folder.resolve("cut.gguf");
    for (int length = 0; length < whole.length; length++) {
      SafetensorsBytes.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> GgufFile.open(file))
          .as("cut to %s bytes", length)
          .isInstanceOf(InvalidDataException.class)
          .hasMessageStartingWith(file.toString());
    }
  }

  /** A string across the edge of the window, and one larger than it. */
  @Test
  void readsStringsLargerThanTheWindow() {
    Random random = new Random(5);
    for (int length : new int[] {65_400, 65_535, 65_536, 65_537, 200_000}) {
      String text = "x".repeat(length) + random.nextInt(10);
      Path path =
          SafetensorsBytes.write(
              folder.resolve("strings.gguf"),
              gguf().text("a", "before").text("b", text).text("c", "after").file(0));
      try (GgufFile file = GgufFile.open(path)) {
        assertThat(file.fields().string("b")).isEqualTo(text);
        assertThat(file.fields().string("c")).isEqualTo("after");
      }
    }
  }
}
