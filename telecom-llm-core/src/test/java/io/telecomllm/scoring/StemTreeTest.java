package io.telecomllm.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.Ints;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StemTreeTest {
  private static int[] range(int from, int to) {
    return IntStream.range(from, to).toArray();
  }

  private static List<int[]> paths(StemTree tree, int[] beginning) {
    List<int[]> paths = new ArrayList<>();
    for (StemTree.Node end : tree.ends()) {
      paths.add(path(tree.roots(), end, beginning));
    }
    return paths;
  }

  /** Returns the tokens from the beginning to the end of a node; null if it is not below these. */
  private static int[] path(List<StemTree.Node> among, StemTree.Node end, int[] before) {
    for (StemTree.Node node : among) {
      assertThat(node.from()).isEqualTo(before.length).isLessThan(node.to());
      int[] own = Ints.concat(before, Arrays.copyOfRange(node.stem(), node.from(), node.to()));
      int[] found = node == end ? own : path(node.children(), end, own);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  @Test
  void aLongCommonBeginningIsReadOnce() {
    int[] a = Ints.concat(range(0, 50), range(100, 110));
    int[] b = Ints.concat(range(0, 50), range(200, 220));
    int[] c = Ints.concat(range(0, 30), range(300, 305));
    StemTree tree = new StemTree(List.of(a, b, c), 5);
    assertThat(tree.tokens()).isEqualTo(45 + 10 + 20 + 5);
    assertThat(tree.roots()).hasSize(1);
    assertThat(paths(tree, range(0, 5))).containsExactly(a, b, c);
  }

  @Test
  void aShortOneIsNot() {
    int[] a = Ints.concat(range(0, 20), range(100, 110));
    int[] b = Ints.concat(range(0, 20), range(200, 210));
    assertThat(new StemTree(List.of(a, b), 20 - StemTree.LEAST).roots()).hasSize(1);
    assertThat(new StemTree(List.of(a, b), 21 - StemTree.LEAST).roots()).hasSize(2);
  }

  @Test
  void equalStemsAreOneWhateverTheirLength() {
    int[] a = {1, 2, 3};
    StemTree tree = new StemTree(List.of(a, a.clone(), new int[] {1, 2}), 1);
    assertThat(tree.tokens()).isEqualTo(3);
    assertThat(tree.ends().get(0)).isSameAs(tree.ends().get(1)).isNotSameAs(tree.ends().get(2));
  }

  @Test
  void aStemMayEndWhereOthersGoOn() {
    int[] a = range(0, 60);
    int[] b = range(0, 40);
    for (List<int[]> stems : List.of(List.of(a, b), List.of(b, a))) {
      StemTree tree = new StemTree(stems, 0);
      assertThat(tree.tokens()).isEqualTo(60);
      assertThat(paths(tree, new int[0])).containsExactlyElementsOf(stems);
    }
  }

  @Property
  void everyPathIsItsStemAndNothingIsReadTwice(
      @ForAll @Size(min = 1, max = 12) List<@Size(max = 6) List<@IntRange(max = 2) Integer>> words,
      @ForAll @IntRange(max = 3) int cached) {
    // words of ten tokens, so that beginnings are shared often
    int[] instruction = range(1000, 1000 + cached);
    List<int[]> stems = new ArrayList<>();
    for (List<Integer> word : words) {
      int[] tokens =
          word.stream().flatMapToInt(w -> IntStream.range(w * 10, w * 10 + 10)).toArray();
      stems.add(Ints.concat(instruction, tokens, new int[] {7}));
    }
    StemTree tree = new StemTree(stems, cached);
    assertThat(paths(tree, instruction)).containsExactlyElementsOf(stems);
    int naive = stems.stream().mapToInt(stem -> stem.length - cached).sum();
    assertThat(tree.tokens()).isLessThanOrEqualTo(naive);
    for (List<StemTree.Node> siblings : siblings(tree.roots())) {
      for (int i = 0; i < siblings.size(); i++) {
        for (int j = 0; j < i; j++) {
          StemTree.Node a = siblings.get(i);
          StemTree.Node b = siblings.get(j);
          int common =
              Choice.commonPrefix(
                  Arrays.copyOfRange(a.stem(), a.from(), a.to()),
                  Arrays.copyOfRange(b.stem(), b.from(), b.to()));
          assertThat(common).isLessThan(StemTree.LEAST);
        }
      }
    }
  }

  private static List<List<StemTree.Node>> siblings(List<StemTree.Node> nodes) {
    List<List<StemTree.Node>> all = new ArrayList<>(List.of(nodes));
    nodes.forEach(node -> all.addAll(siblings(node.children())));
    return all;
  }
}
