package io.telecomllm.training.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.model.TokenBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PackedBatchTest {
  /**
   * Examples over three tokens, so that beginnings are shared often; some longer than what is
   * shared.
   */
  private static List<Example> examples(long seed, int count) {
    Random random = new Random(seed);
    int[] shared = random.ints(20, 0, 3).toArray();
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int keep = random.nextInt(shared.length + 1);
      int[] prompt =
          concat(Arrays.copyOf(shared, keep), random.ints(1 + random.nextInt(12), 0, 3).toArray());
      examples.add(Example.of(prompt, random.ints(1 + random.nextInt(5), 0, 3).toArray()));
    }
    return examples;
  }

  private static int[] concat(int[] a, int[] b) {
    int[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  /** The sequence that ends with a segment, and the rows that hold it. */
  private static List<Integer> rowsOf(TokenBatch batch, int segment) {
    List<Integer> rows = new ArrayList<>();
    for (int s = segment; s >= 0; s = batch.segments().get(s).parent()) {
      TokenBatch.Segment part = batch.segments().get(s);
      List<Integer> own = new ArrayList<>();
      for (int i = 0; i < part.length(); i++) {
        own.add(part.start() + i);
      }
      rows.addAll(0, own);
    }
    return rows;
  }

  @Property(tries = 300)
  void everyExampleIsThereOnceWithAllItsLabels(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 9) int count) {
    List<Example> examples = examples(seed, count);
    PackedBatch packed = PackedBatch.of(examples);
    TokenBatch tokens = packed.tokens();
    List<Integer> parents = tokens.segments().stream().map(TokenBatch.Segment::parent).toList();
    List<List<Integer>> found = new ArrayList<>();
    for (int s = 0; s < tokens.segments().size(); s++) {
      if (parents.contains(s)) {
        continue;
      }
      List<Integer> rows = rowsOf(tokens, s);
      List<Integer> line = new ArrayList<>(rows.stream().map(r -> tokens.ids()[r]).toList());
      line.add(-1);
      // behind the mark, each labelled place and its label
      for (int place = 0; place < rows.size(); place++) {
        for (int i = 0; i < packed.rows().length; i++) {
          if (packed.rows()[i] == rows.get(place)) {
            line.add(place + 1);
            line.add(packed.labels()[i]);
            line.add(packed.owners()[i]);
          }
        }
      }
      found.add(line);
    }
    List<List<Integer>> expected = new ArrayList<>();
    for (int owner = 0; owner < examples.size(); owner++) {
      Example example = examples.get(owner);
      // the last token is predicted, never read
      List<Integer> line =
          new ArrayList<>(
              Arrays.stream(example.ids()).limit(example.ids().length - 1).boxed().toList());
      line.add(-1);
      for (int i = 1; i < example.labels().length; i++) {
        if (example.labels()[i] != Example.NO_LABEL) {
          line.add(i);
          line.add(example.labels()[i]);
          line.add(owner);
        }
      }
      expected.add(line);
    }
    assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(packed.unshared())
        .isEqualTo(examples.stream().mapToInt(e -> e.ids().length).sum())
        .isGreaterThanOrEqualTo(tokens.rows());
  }

  @Test
  void theSharedBeginningIsHeldOnce() {
    int[] instruction = new int[30];
    Arrays.fill(instruction, 7);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      examples.add(Example.of(concat(instruction, new int[] {i, i}), new int[] {9}));
    }
    PackedBatch packed = PackedBatch.of(examples);
    assertThat(packed.tokens().rows()).isEqualTo(30 + 4 * 2);
    assertThat(packed.unshared()).isEqualTo(4 * 33);
    PackedBatch alone = PackedBatch.of(examples.subList(0, 1));
    assertThat(alone.tokens().segments()).hasSize(1);
  }

  @Test
  void equalExamplesKeepTheRowThatPredictsTheirAnswer() {
    Example example = Example.of(new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, new int[] {11});
    PackedBatch packed = PackedBatch.of(Collections.nCopies(3, example));
    assertThat(packed.labels()).containsExactly(11, 11, 11);
    assertThat(packed.rows()).doesNotHaveDuplicates();
  }

  @Test
  void badExamplesAreRefused() {
    assertThatThrownBy(() -> PackedBatch.of(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a batch without examples");
    assertThatThrownBy(() -> new Example(new int[] {1}, new int[] {1}))
        .hasMessage("a sequence of 1 tokens teaches nothing");
    assertThatThrownBy(() -> new Example(new int[] {1, 2}, new int[] {1}))
        .hasMessage("2 ids and 1 labels");
  }
}
