package io.telecomllm.data;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Changes the order of a question's options without changing its meaning.
 *
 * <p>"All of the above", "none of the above" and similar options stay where they are, and so does
 * every option after the first of them; only the options before it change places, so that the same
 * options stand above it. No option moves if one names others ("both ...", "neither ...", "option
 * 2", "1 and 3", "the first two"), or if the question's text or explanation names an option by
 * number or letter. Thread-safe.
 */
@Internal
public final class OptionShuffle {
  private static final long PURPOSE = SplitMix64.key("option shuffle");

  private OptionShuffle() {}

  /**
   * Returns how many options, counted from the first, may change places: 0, or from 2 to all.
   *
   * @param question any question
   * @return the number; the options from this index on stay in place
   */
  static int movable(Question question) {
    return OptionReference.namesOption(question.textWithoutTag())
            || OptionReference.namesOption(question.explanation())
        ? 0
        : movable(question.options());
  }

  private static int movable(List<String> options) {
    List<OptionReference> kinds = options.stream().map(OptionReference::of).toList();
    if (kinds.contains(OptionReference.PARTICULAR)) {
      return 0;
    }
    int first = kinds.indexOf(OptionReference.WHOLE_SET);
    int movable = first < 0 ? kinds.size() : first;
    return movable < 2 ? 0 : movable;
  }

  /**
   * Returns orders of a question's options in which the movable ones are rotated, to ask it several
   * times and average: the given order first, the others as far apart as possible.
   *
   * @param text the question
   * @param most the most orders, at least 1
   * @return 1 to {@code most} orders, all different; of each, for the options at its places, where
   *     they are in {@code options}
   */
  public static List<int[]> rotations(String text, List<String> options, int most) {
    checkArgument(most >= 1, "most is %s, expected 1 or more", most);
    int movable = OptionReference.namesOption(text) ? 0 : movable(options);
    int count = Math.max(1, Math.min(most, movable));
    List<int[]> orders = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      orders.add(order(options.size(), movable, i * movable / count));
    }
    return orders;
  }

  /** Returns the options in each of these orders. */
  public static List<List<String>> inOrders(List<String> options, List<int[]> orders) {
    return orders.stream()
        .map(order -> Arrays.stream(order).mapToObj(options::get).toList())
        .toList();
  }

  /**
   * Returns the question with its movable options in a uniformly random order, which depends on the
   * seed, the epoch and the question's id alone and is the same in every JVM.
   *
   * @param question any question
   * @param seed any number
   * @param epoch the epoch's number, from 0
   * @return a question with the same id, or the same question if nothing may move
   */
  public static Question shuffle(Question question, long seed, int epoch) {
    checkArgument(epoch >= 0, "epoch is %s, expected 0 or more", epoch);
    int movable = movable(question);
    if (movable == 0) {
      return question;
    }
    long id = SplitMix64.key(question.id());
    return reordered(question, SplitMix64.of(PURPOSE, seed, epoch, id).permutation(movable));
  }

  /**
   * Returns the question with its movable options rotated: the option at index {@code i} moves to
   * {@code i + by}, modulo the number of movable options.
   *
   * @param question any question
   * @param by any number; a negative one rotates the other way
   * @return a question with the same id, or the same question if nothing moves
   */
  static Question rotate(Question question, int by) {
    return rotate(question, movable(question), by);
  }

  /**
   * Returns all different rotations, the question itself first, for scores averaged over positions;
   * only the question if nothing may move.
   */
  static List<Question> rotations(Question question) {
    int movable = movable(question);
    List<Question> all = new ArrayList<>(Math.max(1, movable));
    all.add(question);
    for (int by = 1; by < movable; by++) {
      all.add(rotate(question, movable, by));
    }
    return List.copyOf(all);
  }

  /**
   * Returns where the options of a rotated question come from, to map its scores back.
   *
   * @param question the question before the rotation
   * @param by as given to {@link #rotate}
   * @return for each index after the rotation, the index before it
   */
  static int[] rotationOrder(Question question, int by) {
    return order(question.options().size(), movable(question), by);
  }

  private static int[] order(int options, int movable, int by) {
    int[] order = new int[options];
    int[] turned = movable == 0 ? new int[0] : rotation(movable, by);
    for (int i = 0; i < order.length; i++) {
      order[i] = i < movable ? turned[i] : i;
    }
    return order;
  }

  private static Question rotate(Question question, int movable, int by) {
    return movable == 0 || by % movable == 0
        ? question
        : reordered(question, rotation(movable, by));
  }

  private static int[] rotation(int movable, int by) {
    int[] order = new int[movable];
    for (int i = 0; i < movable; i++) {
      order[i] = Math.floorMod(i - by, movable);
    }
    return order;
  }

  // order[i] is the old index of the option that moves to i; the others stay
  private static Question reordered(Question question, int[] order) {
    List<String> options = new ArrayList<>(question.options());
    int answer = question.answer();
    for (int i = 0; i < order.length; i++) {
      options.set(i, question.options().get(order[i]));
      if (order[i] == question.answer()) {
        answer = i;
      }
    }
    return new Question(
        question.id(),
        question.text(),
        options,
        answer,
        question.explanation(),
        question.category());
  }
}
