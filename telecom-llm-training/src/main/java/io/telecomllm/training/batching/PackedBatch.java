package io.telecomllm.training.batching;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.primitives.Floats;
import io.telecomllm.Internal;
import io.telecomllm.model.TokenBatch;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Several examples as the rows of one pass. There is no padding, each example sees only itself, and
 * a beginning that several share (the instruction, or a question with its options in several
 * orders) is held once. Loss and gradients equal those of the examples one by one, up to rounding.
 *
 * @param tokens the rows
 * @param rows the rows that predict a label, (supervised)
 * @param labels the token that each of these rows must predict, (supervised)
 * @param weights the weight of each label in the loss, (supervised)
 * @param owners the example that each label belongs to, by its index in the list, (supervised)
 * @param choices the labels that choose an option
 * @param unshared the number of rows without sharing
 */
@SuppressWarnings("ArrayRecordComponent")
@Internal
public record PackedBatch(
    TokenBatch tokens,
    int[] rows,
    int[] labels,
    float[] weights,
    int[] owners,
    List<Choice> choices,
    int unshared) {
  /** The shortest common beginning that is worth a segment of its own. */
  private static final int SHORTEST_SHARED = 8;

  /**
   * A label that chooses one of several options.
   *
   * @param label its index among the labels
   * @param offer what it chooses from
   */
  public record Choice(int label, Offer offer) implements Serializable {}

  /** Keeps a copy of the list. */
  public PackedBatch {
    choices = List.copyOf(choices);
  }

  /** Returns the sum of the weights of the labels to learn. */
  public double weight() {
    double sum = 0;
    for (float weight : weights) {
      sum += Math.max(0, weight);
    }
    return sum;
  }

  /** Packs at least one example, with common beginnings held once. */
  public static PackedBatch of(List<Example> examples) {
    return of(examples, true);
  }

  /**
   * Packs at least one example.
   *
   * @param share whether common beginnings are held once
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
        Floats.toArray(builder.weights),
        toArray(builder.owners),
        builder.choices,
        examples.stream().mapToInt(e -> e.ids().length).sum());
  }

  private static int[] toArray(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  /** An example with its index in the list. */
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
    private final List<Float> weights = new ArrayList<>();
    private final List<Integer> owners = new ArrayList<>();
    private final List<Choice> choices = new ArrayList<>();

    /** Adds examples that agree in their first {@code from} tokens, which the parent holds. */
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
        // after its sharable tokens each example is alone
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
        return; // nothing to predict beyond the shared beginning
      }
      int offset = ids.size() - from;
      // rows after the one that predicts the last label are not needed
      segment(example, from, example.lastLabel(), parent);
      // the row before a label predicts it; sharable() keeps that row in the leaf
      IntStream.range(Math.max(1, from + 1), example.ids().length)
          .filter(i -> example.labels()[i] != Example.NO_LABEL)
          .forEach(
              i -> {
                example
                    .choice()
                    .filter(choice -> choice.position() == i)
                    .ifPresent(choice -> choices.add(new Choice(rows.size(), choice.offer())));
                rows.add(offset + i - 1);
                labels.add(example.labels()[i]);
                weights.add(example.weights()[i]);
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
