package io.telecomllm.weights;

import static io.telecomllm.weights.Hostile.invalid;
import static io.telecomllm.weights.Hostile.unsupported;
import static io.telecomllm.weights.SafetensorsBytes.entry;
import static io.telecomllm.weights.SafetensorsBytes.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One file for each rule of the format, and each is refused for its own reason. */
class SafetensorsHostileTest {
  private static final String A = entry("a", "F32", "[2]", 0, 8);

  @TempDir Path folder;

  static Stream<Hostile> files() {
    return Stream.of(length(), json(), duplicates(), metadata(), entries(), numbers(), places())
        .flatMap(List::stream);
  }

  private static byte[] claims(long length, int following) {
    return ByteBuffer.allocate(8 + following)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(length)
        .array();
  }

  private static byte[] latin1(String header) {
    byte[] json = header.getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(8 + json.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .array();
  }

  private static List<Hostile> length() {
    return List.of(
        invalid("empty", new byte[0], "0 bytes, the header's length takes 8"),
        invalid("seven bytes", new byte[7], "7 bytes, the header's length takes 8"),
        invalid("no header", claims(0, 0), "the header must begin with {"),
        invalid("header above the limit", claims(100_000_001, 64), "claims 100000001 bytes"),
        invalid("header of 2^63", claims(Long.MIN_VALUE, 64), "claims 9223372036854775808 bytes"),
        invalid("header of 2^64-1", claims(-1, 64), "claims 18446744073709551615 bytes"),
        invalid("header past the end", claims(65, 64), "claims 65 bytes, the file has 64 left"),
        invalid(
            "header of the limit in a small file",
            claims(100_000_000, 64),
            "claims 100000000 bytes, the file has 64 left"));
  }

  private static List<Hostile> json() {
    return List.of(
        invalid("not JSON", file("hello", 0), "the header must begin with {"),
        invalid("pickle", file("\u0080\u0002}q", 0), "the header must begin with {"),
        invalid("white space first", file(" {" + A + "}", 8), "the header must begin with {"),
        invalid("an array", file("[]", 0), "the header must begin with {"),
        invalid("byte order mark", file("\uFEFF{}", 0), "the header must begin with {"),
        invalid("cut JSON", file("{" + A, 8), "the text ends too early"),
        invalid("two documents", file("{" + A + "}{}", 8), "not JSON"),
        invalid("zero bytes as padding", file("{" + A + "}\0\0", 8), "not JSON"),
        invalid("comment", file("{/**/" + A + "}", 8), "not JSON: broken syntax"),
        invalid("single quotes", file("{'a':1}", 0), "not JSON: broken syntax"),
        invalid("name without quotes", file("{a:1}", 0), "not JSON: broken syntax"),
        invalid("comma at the end", file("{" + A + ",}", 8), "not JSON: broken syntax"),
        invalid("equals sign", file("{\"a\"=1}", 0), "not JSON: broken syntax"),
        invalid("line break in a name", file("{\"a\n\":1}", 0), "not JSON: broken syntax"),
        invalid("TRUE", file("{\"a\":TRUE}", 0), "not JSON: broken syntax"),
        invalid("not UTF-8", latin1("{\"\u00FF\":{}}"), "not UTF-8"),
        invalid("overlong UTF-8", latin1("{\"\u00C0\u00AF\":{}}"), "not UTF-8"),
        invalid("half a surrogate pair", file("{\"\\uD800\":{}}", 0), "unpaired surrogate"),
        invalid(
            "too deep",
            file("{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}", 0),
            "nested deeper than 64"));
  }

  private static List<Hostile> duplicates() {
    String twice = "the key \"a\" appears twice";
    return List.of(
        invalid("tensor twice", file("{" + A + "," + A + "}", 8), twice),
        invalid(
            "tensor twice, once escaped",
            file("{" + A + "," + A.replace("\"a\"", "\"\\u0061\"") + "}", 8),
            twice),
        invalid(
            "field twice",
            file(
                "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                8),
            "the key \"dtype\" appears twice"),
        invalid(
            "metadata key twice",
            file("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}," + A + "}", 8),
            twice),
        invalid(
            "metadata twice",
            file("{\"__metadata__\":{},\"__metadata__\":{}," + A + "}", 8),
            "the key \"__metadata__\" appears twice"));
  }

  private static List<Hostile> metadata() {
    return List.of(
        invalid(
            "metadata is a string",
            file("{\"__metadata__\":\"pt\"}", 0),
            "field __metadata__: expected an object, found \"pt\""),
        invalid(
            "metadata is null", file("{\"__metadata__\":null}", 0), "field __metadata__: is null"),
        invalid(
            "metadata holds a number",
            file("{\"__metadata__\":{\"step\":1}}", 0),
            "field __metadata__.step: expected a string, found 1"),
        invalid(
            "metadata holds null",
            file("{\"__metadata__\":{\"step\":null}}", 0),
            "field __metadata__.step: expected a string, found null"),
        invalid(
            "metadata holds an object",
            file("{\"__metadata__\":{\"step\":{}}}", 0),
            "field __metadata__.step: expected a string, found an object"));
  }

  private static List<Hostile> entries() {
    return List.of(
        invalid("entry is null", file("{\"a\":null}", 0), "field a: is null"),
        invalid(
            "entry is an array",
            file("{\"a\":[\"F32\",[2],[0,8]]}", 8),
            "field a: expected an object, found an array of 3"),
        invalid(
            "no dtype",
            file("{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", 8),
            "field a.dtype: missing"),
        invalid(
            "no shape",
            file("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", 8),
            "field a.shape: missing"),
        invalid(
            "no offsets",
            file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8),
            "field a.data_offsets: missing"),
        invalid(
            "dtype is a number",
            file("{\"a\":{\"dtype\":6,\"shape\":[2],\"data_offsets\":[0,8]}}", 8),
            "field a.dtype: expected a string, found 6"),
        invalid(
            "three offsets",
            file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}}", 8),
            "field a.data_offsets: expected begin and end, found an array of 3"),
        unsupported(
            "a type that is not read",
            file("{" + entry("a", "F8_E4M3", "[8]", 0, 8) + "}", 8),
            "tensor a: dtype \"F8_E4M3\" is not read by this library"),
        invalid(
            "an unknown type",
            file("{" + entry("a", "F33", "[2]", 0, 8) + "}", 8),
            "tensor a: dtype \"F33\" is not a type of the format"),
        invalid(
            "a type in small letters",
            file("{" + entry("a", "f32", "[2]", 0, 8) + "}", 8),
            "dtype \"f32\" is not a type of the format"),
        invalid(
            "a type of a megabyte",
            file("{" + entry("a", "F".repeat(100_000), "[2]", 0, 8) + "}", 8),
            "FFF...\" is not a type of the format"));
  }

  private static Hostile shape(String name, String shape, String text) {
    return invalid(name, file("{" + entry("a", "F32", shape, 0, 8) + "}", 8), text);
  }

  private static Hostile offsets(String name, String offsets, String text) {
    return invalid(
        name,
        file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":" + offsets + "}}", 8),
        text);
  }

  private static List<Hostile> numbers() {
    String integer = "field a.shape[0]: expected an integer from 0 to 9223372036854775807, found ";
    return List.of(
        shape("negative dimension", "[-2]", integer + "-2"),
        shape("minus zero", "[-0]", integer + "-0.0"),
        shape("fraction", "[2.5]", integer + "2.5"),
        shape("whole fraction", "[2.0]", integer + "2.0"),
        shape("exponent", "[2e0]", integer + "2.0"),
        shape("dimension of 2^64", "[18446744073709551616]", integer + "18446744073709551616"),
        shape("dimension of 2^63", "[9223372036854775808]", integer + "9223372036854775808"),
        shape("dimension of a thousand digits", "[" + "9".repeat(1000) + "]", "1000 digits"),
        shape("dimension of a million digits", "[" + "9".repeat(100_000) + "]", "not JSON"),
        shape("leading zero", "[02]", "not JSON"),
        shape("plus sign", "[+2]", "not JSON"),
        shape("hexadecimal", "[0x2]", "not JSON"),
        shape("NaN", "[NaN]", "not JSON"),
        shape("beyond all doubles", "[1e999]", "the number 1e999 is out of range"),
        shape("dimension as text", "[\"2\"]", integer + "\"2\""),
        shape("dimension null", "[null]", integer + "null"),
        shape("shape is a number", "2", "field a.shape: expected an array, found 2"),
        shape(
            "product of 2^64",
            "[4294967296,4294967296]",
            "the product of shape [4294967296, 4294967296] overflows"),
        shape("product that wraps to 2", "[6148914691236517206,3]", "overflows"),
        shape("product overflows before a zero", "[4294967296,4294967296,0]", "overflows"),
        shape("bytes of 2^64", "[4611686018427387904]", "overflows"),
        shape("10,000 dimensions of 2", "[2" + ",2".repeat(9_999) + "]", "overflows"),
        offsets(
            "negative offset",
            "[-8,0]",
            "field a.data_offsets[0]: expected an integer from 0 to 8, found -8"),
        offsets(
            "offset of 2^64",
            "[0,18446744073709551624]",
            "field a.data_offsets[1]: expected an integer from 0 to 8"),
        offsets(
            "offsets that wrap",
            "[9223372036854775807,7]",
            "field a.data_offsets[0]: expected an integer from 0 to 8"),
        offsets(
            "fractional offset",
            "[0,8.0]",
            "field a.data_offsets[1]: expected an integer from 0 to 8, found 8.0"),
        offsets(
            "end before begin", "[8,0]", "tensor a: ends before it begins: data_offsets [8, 0]"),
        offsets("end outside", "[0,9]", "expected an integer from 0 to 8, found 9"),
        offsets("begin outside", "[9,9]", "expected an integer from 0 to 8, found 9"));
  }

  private static List<Hostile> places() {
    String b = entry("b", "F32", "[2]", 8, 16);
    return List.of(
        invalid("data cut short", file("{" + A + "," + b + "}", 15), "from 0 to 15, found 16"),
        invalid(
            "shape smaller than the bytes",
            file("{" + entry("a", "F32", "[1]", 0, 8) + "}", 8),
            "tensor a: F32 of shape [1] takes 4 bytes, it has 8"),
        invalid(
            "shape larger than the bytes",
            file("{" + entry("a", "F32", "[3]", 0, 8) + "}", 8),
            "takes 12 bytes, it has 8"),
        invalid(
            "scalar of two values",
            file("{" + entry("a", "F32", "[]", 0, 8) + "}", 8),
            "F32 of shape [] takes 4 bytes, it has 8"),
        invalid(
            "bytes after the last tensor",
            file("{" + A + "}", 9),
            "the tensors end at byte 8, the data has 9 bytes"),
        invalid(
            "bytes and no tensor",
            file("{}", 1),
            "the tensors end at byte 0, the data has 1 bytes"),
        invalid(
            "hole before the first",
            file("{" + b + "}", 16),
            "tensor b: begins at byte 8, leaving a hole after what ends at byte 0"),
        invalid(
            "hole between two",
            file("{" + A + "," + entry("b", "F32", "[1]", 12, 16) + "}", 16),
            "tensor b: begins at byte 12, leaving a hole after what ends at byte 8"),
        invalid(
            "overlap",
            file("{" + A + "," + entry("b", "F32", "[3]", 4, 16) + "}", 16),
            "tensor b: begins at byte 4, overlapping what ends at byte 8"),
        invalid(
            "two names for the same bytes",
            file("{" + A + "," + entry("b", "F32", "[2]", 0, 8) + "}", 8),
            "tensor b: begins at byte 0, overlapping what ends at byte 8"),
        invalid(
            "empty tensor inside another",
            file("{" + A + "," + entry("b", "F32", "[0]", 4, 4) + "}", 8),
            "tensor b: begins at byte 4, overlapping what ends at byte 8"));
  }

  @ParameterizedTest
  @MethodSource("files")
  void isRefused(Hostile hostile) {
    hostile.assertRefused(folder.resolve("hostile.safetensors"), SafetensorsFile::open);
  }

  @Test
  void refusesAHeaderAboveTheLimitThatIsReallyThere() throws IOException {
    Path file = folder.resolve("large.safetensors");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.write(claims(100_000_001, 0));
      sparse.setLength(200_000_000);
    }
    Hostile.assertRefused(
        file,
        SafetensorsFile::open,
        InvalidDataException.class,
        "the header claims 100000001 bytes, the format allows 100000000");
  }

  @Test
  void refusesTheFileCutAtEveryByte() {
    byte[] whole =
        file(
            "{\"__metadata__\":{\"k\":\"v\"}," + A + "," + entry("b", "U8", "[3]", 8, 11) + "}",
            11);
    Path file = folder.resolve("cut.safetensors");
    for (int length = 0; length < whole.length; length++) {
      SafetensorsBytes.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> SafetensorsFile.open(file))
          .as("cut to %s bytes", length)
          .isInstanceOf(InvalidDataException.class)
          .hasMessageStartingWith(file.toString());
    }
  }

  @Test
  void acceptsWhatIsOddAndAllowed() {
    String header =
        "{ "
            + entry("z", "F32", "[]", 8, 12)
            + ",\t"
            + entry("empty", "I64", "[3,0,9223372036854775807]", 8, 8)
            + ",\n"
            + entry("", "F32", "[1,2,1]", 0, 8)
            + ",\"\\u00e9\\ud83d\\ude00\\n"
            + "\":{\"data_offsets\":[12,13],\"later\":{\"x\":[1.5,null]},\"shape\":[1],\"dtype\":\"BOOL\"},\"__metadata__\":{\"\":\"\"}}"
            + "    ";
    Path file = SafetensorsBytes.write(folder.resolve("odd.safetensors"), file(header, 13));
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      assertThat(opened.names()).containsExactly("", "empty", "z", "\u00e9\ud83d\ude00\n");
      assertThat(opened.info("z").shape()).isEmpty();
      assertThat(opened.info("z").elements()).isEqualTo(1);
      assertThat(opened.info("empty").bytes()).isZero();
      assertThat(opened.metadata()).containsExactly(Map.entry("", ""));
      ByteBuffer none = ByteBuffer.allocate(0);
      opened.read("empty", none);
      ByteBuffer z = ByteBuffer.allocate(4);
      opened.read("z", z);
      assertThat(z.array()).containsExactly(8, 9, 10, 11);
    }
    SafetensorsBytes.write(file, file("{}", 0));
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      assertThat(opened.names()).isEmpty();
    }
  }

  @Test
  void refusesWhatIsNoFile() throws IOException {
    Path missing = folder.resolve("missing.safetensors");
    assertThatThrownBy(() -> SafetensorsFile.open(missing))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(missing + ": no such file");
    assertThatThrownBy(() -> SafetensorsFile.open(folder))
        .isInstanceOf(InvalidDataException.class)
        .hasMessage(folder + ": expected a file, found a folder");
    Path device = Path.of("/dev/zero");
    if (Files.exists(device)) {
      assertThatThrownBy(() -> SafetensorsFile.open(device))
          .isInstanceOf(InvalidDataException.class)
          .hasMessage(device + ": expected a regular file");
    }
  }
}
