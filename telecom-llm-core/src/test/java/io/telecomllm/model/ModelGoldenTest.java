package io.telecomllm.model;

import static io.telecomllm.testing.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.Floats;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.Golden;
import io.telecomllm.testing.Shared;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One contract for every architecture: what transformers computed in fp32 on the same weights. */
@Tag("shared")
class ModelGoldenTest {
  private static final double TOLERANCE = 1e-4;

  /** Of logits up to 15: what fp32 sums in another order differ by. */
  private static final double SAME = 2e-5;

  static Stream<String> models() {
    return Shared.names("goldens/models");
  }

  private static LanguageModel load(String name) {
    return ModelLoader.of(Shared.path("goldens/models/" + name))
        .device(Device.cpu())
        .computeType(DataType.FLOAT32)
        .dense()
        .load();
  }

  private static float[] logits(LanguageModel model, TokenBatch batch, KvCache cache, int... rows) {
    try (Scope scope = Scope.open(Device.cpu())) {
      Operators ops = scope.operators();
      int[] wanted = rows.length == 0 ? null : rows;
      return ops.toFloats(model.network().logits(batch, cache, Deltas.none(), wanted, scope));
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void logitsOfAllPositions(String name) {
    try (LanguageModel model = load(name);
        Golden golden = Golden.open("goldens/models/" + name + "/expected.safetensors")) {
      for (int prompt = 0; golden.names().contains(prompt + ".input_ids"); prompt++) {
        float[] found = logits(model, TokenBatch.of(golden.ints(prompt + ".input_ids")), null);
        assertClose("prompt " + prompt, found, golden.floats(prompt + ".logits"), TOLERANCE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void wantedRowsOnly(String name) {
    try (LanguageModel model = load(name);
        Golden golden = Golden.open("goldens/models/" + name + "/expected.safetensors")) {
      int[] ids = golden.ints("2.input_ids");
      int vocabulary = model.config().vocabularySize();
      float[] all = golden.floats("2.logits");
      int[] rows = {3, ids.length - 1};
      float[] found = logits(model, TokenBatch.of(ids), null, rows);
      for (int i = 0; i < rows.length; i++) {
        assertClose(
            "row " + rows[i],
            Arrays.copyOfRange(found, i * vocabulary, (i + 1) * vocabulary),
            Arrays.copyOfRange(all, rows[i] * vocabulary, (rows[i] + 1) * vocabulary),
            TOLERANCE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void greedyContinuationWithCache(String name) {
    try (LanguageModel model = load(name);
        Golden golden = Golden.open("goldens/models/" + name + "/expected.safetensors")) {
      int[] expected = golden.ints("greedy.output_ids");
      int[] prompt = golden.ints("1.input_ids");
      List<Integer> ids = new ArrayList<>(IntStream.of(prompt).boxed().toList());
      try (KvCache cache = model.network().newCache(expected.length)) {
        int[] next = prompt;
        while (ids.size() < expected.length) {
          float[] last = logits(model, TokenBatch.of(next), cache, next.length - 1);
          next = new int[] {argmax(last)};
          ids.add(next[0]);
        }
      }
      assertThat(ids).containsExactlyElementsOf(IntStream.of(expected).boxed().toList());
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void cachedStepsEqualTheFullForward(String name) {
    try (LanguageModel model = load(name);
        Golden golden = Golden.open("goldens/models/" + name + "/expected.safetensors");
        KvCache cache = model.network().newCache(golden.shape("2.input_ids")[1])) {
      int[] ids = golden.ints("2.input_ids");
      int at = 0;
      for (int step : new int[] {7, 1, 1, 12, ids.length - 21}) {
        float[] found = logits(model, TokenBatch.of(Arrays.copyOfRange(ids, at, at + step)), cache);
        // not always the golden's rows: LongRoPE turns a short sequence otherwise than a long one
        assertClose("tokens from " + at, found, uncached(model, ids, at, at + step), TOLERANCE);
        at += step;
      }
      cache.truncate(7);
      float[] again = logits(model, TokenBatch.of(ids[7]), cache);
      assertClose("after truncation", again, uncached(model, ids, 7, 8), TOLERANCE);
    }
  }

  /** The logits of the rows [from, to) of the first {@code to} tokens. */
  private static float[] uncached(LanguageModel model, int[] ids, int from, int to) {
    int vocabulary = model.config().vocabularySize();
    float[] all = logits(model, TokenBatch.of(Arrays.copyOf(ids, to)), null);
    return Arrays.copyOfRange(all, from * vocabulary, to * vocabulary);
  }

  @ParameterizedTest
  @MethodSource("models")
  void treeOfSharedPrefixesEqualsSingles(String name) {
    try (LanguageModel model = load(name);
        Golden golden = Golden.open("goldens/models/" + name + "/expected.safetensors")) {
      int[] ids = golden.ints("2.input_ids");
      int[] shared = Arrays.copyOf(ids, 10);
      int[] left = Arrays.copyOfRange(ids, 10, 22);
      int[] right = Arrays.copyOfRange(ids, 22, 27);
      int[] leaf = Arrays.copyOfRange(ids, 27, ids.length);
      // shared -> left, shared -> right -> leaf, and a sequence of its own
      TokenBatch tree =
          new TokenBatch(
              concat(shared, left, right, leaf, shared),
              List.of(
                  new TokenBatch.Segment(0, 10, -1),
                  new TokenBatch.Segment(10, 12, 0),
                  new TokenBatch.Segment(22, 5, 0),
                  new TokenBatch.Segment(27, leaf.length, 2),
                  new TokenBatch.Segment(27 + leaf.length, 10, -1)));
      int vocabulary = model.config().vocabularySize();
      float[] found = logits(model, tree, null);
      int[] longest = concat(shared, right, leaf);
      assertClose(
          "right and leaf",
          Arrays.copyOfRange(found, 22 * vocabulary, (27 + leaf.length) * vocabulary),
          uncached(model, longest, 10, longest.length),
          SAME);
      assertClose(
          "left",
          Arrays.copyOfRange(found, 0, 22 * vocabulary),
          // the longest sequence of a tree decides how LongRoPE turns all of it
          Arrays.copyOf(golden.floats("2.logits"), 22 * vocabulary),
          TOLERANCE);
      assertClose(
          "the sequence of its own",
          Arrays.copyOfRange(found, (27 + leaf.length) * vocabulary, found.length),
          uncached(model, shared, 0, 10),
          SAME);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void sequencesDecodedTogetherEqualSingles(String name) {
    try (LanguageModel model = load(name);
        Golden golden = Golden.open("goldens/models/" + name + "/expected.safetensors");
        KvCache cache = model.network().newCache(70, 3)) {
      int[] ids = golden.ints("2.input_ids");
      int[][] texts = {
        Arrays.copyOf(ids, 22), Arrays.copyOfRange(ids, 4, 23), Arrays.copyOfRange(ids, 9, 22)
      };
      int[] all = {0, cache.add(), cache.add()};
      // prompts of 10, 7 and 1 tokens in one pass, then 12 steps of a token each
      int[] starts = {10, 7, 1};
      TokenBatch prompts =
          new TokenBatch(
              concat(Arrays.copyOf(texts[0], 10), Arrays.copyOf(texts[1], 7), new int[] {ids[9]}),
              List.of(
                  new TokenBatch.Segment(0, 10, -1, all[0]),
                  new TokenBatch.Segment(10, 7, -1, all[1]),
                  new TokenBatch.Segment(17, 1, -1, all[2])));
      float[] found = logits(model, prompts, cache, 9, 16, 17);
      for (int step = 0; step < 12; step++) {
        for (int i = 0; i < texts.length; i++) {
          float[] alone = last(model, Arrays.copyOf(texts[i], starts[i] + step));
          int vocabulary = alone.length;
          float[] own = Arrays.copyOfRange(found, i * vocabulary, (i + 1) * vocabulary);
          assertSame("sequence " + i + " after step " + step, own, alone);
        }
        int at = step;
        int[] next = IntStream.range(0, texts.length).map(i -> texts[i][starts[i] + at]).toArray();
        found = logits(model, TokenBatch.step(all, next), cache);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void forksEqualUnforkedReads(String name) {
    try (LanguageModel model = load(name);
        Golden golden = Golden.open("goldens/models/" + name + "/expected.safetensors");
        KvCache cache = model.network().newCache(100, 3)) {
      int[] ids = golden.ints("2.input_ids");
      // long enough for LongRoPE's other factors to set in on the way
      int[] begun = Arrays.copyOf(ids, 20);
      logits(model, TokenBatch.of(begun), cache);
      int whole = cache.fork(0, 20);
      int part = cache.fork(0, 7);
      assertThat(cache.free()).isEqualTo(100 - 20);
      int[] left = Arrays.copyOfRange(ids, 5, 20);
      int[] right = Arrays.copyOfRange(ids, 3, 18);
      for (int i = 0; i < left.length; i++) {
        int[] next = {left[i], right[i], left[i]};
        float[] found = logits(model, TokenBatch.step(new int[] {0, whole, part}, next), cache);
        float[][] alone = {
          last(model, concat(begun, Arrays.copyOf(left, i + 1))),
          last(model, concat(begun, Arrays.copyOf(right, i + 1))),
          last(model, concat(Arrays.copyOf(ids, 7), Arrays.copyOf(left, i + 1)))
        };
        assertSame("token " + i, found, concat(alone));
      }
    }
  }

  /** But for what sums in another order differ by, 1e-5 of the largest logit. */
  private static void assertSame(String what, float[] found, float[] expected) {
    double largest = 1;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertClose(what, found, expected, 1e-5 * largest);
  }

  private static float[] last(LanguageModel model, int[] ids) {
    return logits(model, TokenBatch.of(ids), null, ids.length - 1);
  }

  private static float[] concat(float[]... parts) {
    return Floats.concat(parts);
  }

  private static int[] concat(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }

  private static int argmax(float[] values) {
    return IntStream.range(0, values.length)
        .reduce((a, b) -> values[b] > values[a] ? b : a)
        .orElseThrow();
  }
}
