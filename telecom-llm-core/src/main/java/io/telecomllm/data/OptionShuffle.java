package io.telecomllm.data;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.ArrayList;
import java.util.List;

/**
 * The same question with its options in another order, its meaning kept.
 *
 * <p>"All of the above", "none of the above" and their like stay where they are, and so does every
 * option after the first of them; the options before it change places among themselves, so that
 * what stands above remains the same set. A question does not move at all if an option names others
 * ("both ...", "neither ...", "option 2", "1 and 3", "the first two"), or if its text or its
 * explanation names an option by number or letter. Thread-safe.
 */
public final class OptionShuffle {
  private static final long PURPOSE = SplitMix64.key("option shuffle");

  private OptionShuffle() {}

  /**
   * How many options, counted from the first, may change places: 0, or from 2 to all.
   *
   * @param question any question
   * @return the count; the options from this index on stay in place
   */
  public static int movable(Question question) {
    if (OptionReference.namesOption(question.textWithoutTag())
        || OptionReference.namesOption(question.explanation())) {
      return 0;
    }
    List<OptionReference> kinds = question.options().stream().map(OptionReference::of).toList();
    if (kinds.contains(OptionReference.PARTICULAR)) {
      return 0;
    }
    int first = kinds.indexOf(OptionReference.WHOLE_SET);
    int movable = first < 0 ? kinds.size() : first;
    return movable < 2 ? 0 : movable;
  }

  /**
   * The question with its movable options in an order drawn from (seed, epoch, question id),
   * uniform over all orders; the same in every JVM.
   *
   * @param question any question
   * @param seed any number
   * @param epoch from 0
   * @return a question of the same id, or the same question where nothing may move
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
   * The question with its movable options turned: what stood at index {@code i} stands at {@code i
   * + by}, modulo the number of movable options.
   *
   * @param question any question
   * @param by any number; negative turns the other way
   * @return a question of the same id, or the same question where nothing moves
   */
  public static Question rotate(Question question, int by) {
    return rotate(question, movable(question), by);
  }

  /**
   * All different rotations, the question itself first, for scores averaged over positions; one
   * where nothing may move.
   */
  public static List<Question> rotations(Question question) {
    int movable = movable(question);
    List<Question> all = new ArrayList<>(Math.max(1, movable));
    all.add(question);
    for (int by = 1; by < movable; by++) {
      all.add(rotate(question, movable, by));
    }
    return List.copyOf(all);
  }

  /**
   * Where the options of a rotated question come from, to carry scores back.
   *
   * @param question the question before the rotation
   * @param by as given to {@link #rotate}
   * @return for each index after the rotation, the index before it
   */
  public static int[] rotationOrder(Question question, int by) {
    int movable = movable(question);
    int[] order = new int[question.options().size()];
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

  // order[i] is the old index of what stands at i; the rest keeps its place
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
