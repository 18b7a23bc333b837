package io.telecomllm.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.InvalidDataException;
import io.telecomllm.UnsupportedModelException;
import io.telecomllm.testing.Reliability;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever is done to a GGUF header, it parses into tensors inside the file or is refused. */
class GgufMutantsTest {
  private static final int MUTANTS = 20_000;
  private static final long SEED = 3407;
  private static final int[] SCALAR_BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 8, 0, 8, 8, 8};
  private static final long[] LONGS = {
    0,
    1,
    2,
    31,
    32,
    33,
    64,
    255,
    65_536,
    1L << 31,
    1L << 32,
    1L << 62,
    Long.MAX_VALUE,
    -1,
    -32,
    Long.MIN_VALUE
  };

  @Test
  void parsesOrRefuses() {
    Random random = new Random(SEED);
    int parsed = 0;
    int invalid = 0;
    int unsupported = 0;
    for (int i = 0; i < MUTANTS; i++) {
      byte[] file = mutant(random);
      try {
        GgufHeader header =
            GgufHeader.parse(
                "mutant",
                file.length,
                (position, into, what) -> into.put(file, (int) position, into.remaining()));
        assertPlaces(header, file.length, i);
        parsed++;
      } catch (InvalidDataException e) {
        invalid += named(e, i);
      } catch (UnsupportedModelException e) {
        unsupported += named(e, i);
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + SEED + ", mutant " + i, e);
      }
    }
    assertThat(parsed).isBetween(MUTANTS / 20, MUTANTS / 2);
    assertThat(invalid).isGreaterThan(MUTANTS / 4);
    assertThat(unsupported).isGreaterThan(MUTANTS / 100);
    try (Reliability survived = Reliability.of("hostile GGUF: structured mutants")) {
      survived.passed(MUTANTS);
      survived.note(parsed + " parsed, every tensor within its file");
    }
  }

  private static int named(Exception e, int mutant) {
    if (!e.getMessage().startsWith("mutant")) {
      throw new AssertionError("mutant " + mutant + ": does not name the file", e);
    }
    return 1;
  }

  /** Marks every byte of data, as slowly as that is. */
  private static void assertPlaces(GgufHeader header, int size, int mutant) {
    boolean[] taken = new boolean[size];
    for (TensorInfo tensor : header.tensors()) {
      long product = 1;
      for (long dimension : tensor.shape()) {
        product *= dimension;
      }
      Encoding encoding = tensor.encoding();
      boolean right =
          product / encoding.blockValues() * encoding.blockBytes() == tensor.bytes()
              && tensor.offset() % 8 == 0
              && tensor.offset() + tensor.bytes() <= size;
      for (long at = tensor.offset(); right && at < tensor.offset() + tensor.bytes(); at++) {
        right = !taken[(int) at];
        taken[(int) at] = true;
      }
      if (!right) {
        throw new AssertionError("seed " + SEED + ", mutant " + mutant + ": " + tensor);
      }
    }
  }

  private static byte[] mutant(Random random) {
    GgufBytes gguf = new GgufBytes().text("general.architecture", "llama");
    int alignment = 32;
    if (random.nextInt(3) == 0) {
      alignment = random.nextInt(4) == 0 ? 1 + random.nextInt(99) : 8 << random.nextInt(5);
      gguf.alignment(alignment);
    }
    gguf.entry("list", GgufBytes.ARRAY, list(random, 0));
    int scalar = random.nextInt(13);
    if (scalar != GgufBytes.ARRAY) {
      byte[] value = GgufBytes.int64(scalar == GgufBytes.STRING ? 0 : random.nextInt(2));
      gguf.entry("number", scalar, Arrays.copyOf(value, SCALAR_BYTES[scalar]));
    }
    List<Integer> types = List.of(0, 1, 2, 3, 6, 7, 8, 10, 12, 14, 24, 26, 27, 28, 30);
    long end = 0;
    for (int i = random.nextInt(4); i > 0; i--) {
      int type = types.get(random.nextInt(types.size()));
      Encoding encoding = Encoding.ofGguf(type).orElseThrow();
      int rows = 1 + random.nextInt(3);
      gguf.tensor("t" + i, type, end, encoding.blockValues(), rows);
      end += (long) rows * encoding.blockBytes();
      end = (end + alignment - 1) / alignment * alignment;
    }
    byte[] file = gguf.file((int) end);
    for (int edits = random.nextInt(4); edits > 0; edits--) {
      file = edited(file, random);
    }
    return file;
  }

  private static byte[] list(Random random, int depth) {
    int count = random.nextInt(4);
    List<byte[]> values = new ArrayList<>();
    int type = random.nextInt(depth < 3 ? 3 : 2);
    for (int i = 0; i < count; i++) {
      values.add(
          switch (type) {
            case 0 -> GgufBytes.int32(random.nextInt());
            case 1 -> GgufBytes.string("v" + random.nextInt(1000));
            default -> list(random, depth + 1);
          });
    }
    int number = List.of(GgufBytes.UINT32, GgufBytes.STRING, GgufBytes.ARRAY).get(type);
    return GgufBytes.array(number, count, values.toArray(byte[][]::new));
  }

  private static byte[] edited(byte[] file, Random random) {
    if (file.length < 16) {
      return file;
    }
    byte[] copy = file.clone();
    // mostly in the header, where it matters
    int place =
        random.nextInt(random.nextInt(5) == 0 ? copy.length - 8 : Math.min(300, copy.length - 8));
    switch (random.nextInt(6)) {
      case 0 -> copy[place] = (byte) random.nextInt(256);
      case 1 -> copy[place] ^= (byte) (1 << random.nextInt(8));
      case 2 -> copy[place]++;
      case 3 -> {
        byte[] number = GgufBytes.int64(LONGS[random.nextInt(LONGS.length)]);
        System.arraycopy(number, 0, copy, place, 8);
      }
      case 4 -> copy = Arrays.copyOf(copy, 1 + random.nextInt(copy.length));
      default -> {
        int to = random.nextInt(copy.length - 8);
        System.arraycopy(copy, place, copy, to, Math.min(8, copy.length - Math.max(place, to)));
      }
    }
    return copy;
  }
}
