package io.telecomllm.training.batching;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.model.TokenBatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Several examples as the rows of one pass: no padding, each sees only itself, and what several
 * begin with (the instruction, a question in several orders of its options) is held once. Loss and
 * gradients equal those of the examples one by one.
 *
 * @param tokens the rows
 * @param rows which rows predict a label
 * @param labels what they are to predict
 * @param owners of each label, the example it belongs to, by its place in the list
 * @param unshared how many rows there would be without sharing
 */
@SuppressWarnings("ArrayRecordComponent")
public record PackedBatch(TokenBatch tokens, int[] rows, int[] labels, int[] owners, int unshared) {
  /** A shorter common beginning is not worth a segment of its own. */
  private static final int SHORTEST_SHARED = 8;

  /** Packs at least one example. */
  public static PackedBatch of(List<Example> examples) {
    return of(examples, true);
  }

  /**
   * Packs at least one example.
   *
   * @param share whether what several begin with is held once
   */
  public static PackedBatch of(List<Example> examples, boolean share) {
    checkArgument(!examples.isEmpty(), "a batch without examples");
    Builder builder = new Builder();
    if (share) {
      builder.add(Member.all(examples), 0, -1);
    } else {
      Member.all(examples).forEach(member -> builder.leaf(member, 0, -1));
    }
    return new PackedBatch(
        new TokenBatch(toArray(builder.ids), builder.segments),
        toArray(builder.rows),
        toArray(builder.labels),
        toArray(builder.owners),
        examples.stream().mapToInt(e -> e.ids().length).sum());
  }

  private static int[] toArray(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  /** An example, and its place in the list. */
  private record Member(Example example, int place) {
    static List<Member> all(List<Example> examples) {
      return IntStream.range(0, examples.size())
          .mapToObj(place -> new Member(examples.get(place), place))
          .toList();
    }
  }

  private static final class Builder {
    private final List<Integer> ids = new ArrayList<>();
    private final List<TokenBatch.Segment> segments = new ArrayList<>();
    private final List<Integer> rows = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();
    private final List<Integer> owners = new ArrayList<>();

    /** Examples that agree in their first {@code from} tokens, which the parent holds. */
    void add(List<Member> examples, int from, int parent) {
      int shared = examples.size() == 1 ? 0 : sharedLength(examples, from);
      if (shared >= SHORTEST_SHARED) {
        int segment = segment(examples.get(0).example(), from, from + shared, parent);
        byNextToken(examples, from + shared).forEach(e -> add(e, from + shared, segment));
      } else if (examples.size() > 1) {
        byNextToken(examples, from).stream()
            .flatMap(
                group -> group.size() == examples.size() ? singles(group) : List.of(group).stream())
            .forEach(group -> add(group, from, parent));
      } else {
        leaf(examples.get(0), from, parent);
      }
    }

    private static java.util.stream.Stream<List<Member>> singles(List<Member> examples) {
      return examples.stream().map(List::of);
    }

    private static List<List<Member>> byNextToken(List<Member> examples, int at) {
      Map<Integer, List<Member>> groups = new LinkedHashMap<>();
      for (Member member : examples) {
        Example example = member.example();
        // at the end of what may be shared each example goes on alone
        int key = at < example.sharable() ? example.ids()[at] : -1 - groups.size();
        groups.computeIfAbsent(key, k -> new ArrayList<>()).add(member);
      }
      return List.copyOf(groups.values());
    }

    private static int sharedLength(List<Member> examples, int from) {
      Example first = examples.get(0).example();
      int end = examples.stream().mapToInt(e -> e.example().sharable()).min().orElse(0);
      int at = from;
      while (at < end) {
        int token = first.ids()[at];
        int place = at;
        if (!examples.stream().allMatch(e -> e.example().ids()[place] == token)) {
          break;
        }
        at++;
      }
      return at - from;
    }

    private void leaf(Member member, int from, int parent) {
      Example example = member.example();
      if (example.lastLabel() <= from) {
        return; // nothing to be predicted: what it shares is there
      }
      int offset = ids.size() - from;
      // nobody reads the rows behind the one that predicts the last label
      segment(example, from, example.lastLabel(), parent);
      // the row before a label predicts it; sharable() keeps that row in the leaf
      IntStream.range(Math.max(1, from + 1), example.ids().length)
          .filter(i -> example.labels()[i] != Example.NO_LABEL)
          .forEach(
              i -> {
                rows.add(offset + i - 1);
                labels.add(example.labels()[i]);
                owners.add(member.place());
              });
    }

    private int segment(Example example, int from, int to, int parent) {
      segments.add(new TokenBatch.Segment(ids.size(), to - from, parent));
      for (int i = from; i < to; i++) {
        ids.add(example.ids()[i]);
      }
      return segments.size() - 1;
    }
  }
}
