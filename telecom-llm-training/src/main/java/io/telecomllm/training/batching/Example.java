package io.telecomllm.training.batching;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import java.util.Arrays;
import java.util.Optional;

/**
 * A sequence to train on.
 *
 * @param ids the token ids, at least 2
 * @param labels the same ids where the model must predict them, {@link #NO_LABEL} elsewhere; as
 *     long as {@code ids}. The first label is ignored, since nothing precedes it
 * @param weights the weight of each label in the loss; as long as {@code ids}. Under 0 the label is
 *     not to be learnt but refuted: {@code HallucinationPenalty} makes it unlikely
 * @param choice the label that chooses an option; empty if the sequence is no answer to a question
 */
// thousands of ids: boxing them would cost too much
@SuppressWarnings("ArrayRecordComponent")
public record Example(int[] ids, int[] labels, float[] weights, Optional<Choice> choice) {
  /** The label of a token without loss; the value that transformers uses. */
  public static final int NO_LABEL = -100;

  /**
   * A token that chooses one of several options.
   *
   * @param position its place in the sequence
   * @param offer what it chooses from
   */
  public record Choice(int position, Offer offer) {
    /** Creates a choice among options of which nothing is known, without abstention. */
    public Choice(int position, int[] options) {
      this(position, new Offer(options));
    }
  }

  /** Checks the lengths. */
  public Example {
    checkArgument(ids.length == labels.length, "%s ids and %s labels", ids.length, labels.length);
    checkArgument(
        ids.length == weights.length, "%s ids and %s weights", ids.length, weights.length);
    checkArgument(ids.length >= 2, "a sequence of %s tokens teaches nothing", ids.length);
  }

  /** Creates an example of which each label has the same weight and none is a choice. */
  public Example(int[] ids, int[] labels) {
    this(ids, labels, ones(ids.length), Optional.empty());
  }

  private static float[] ones(int length) {
    float[] ones = new float[length];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** Creates an example of a prompt and the answer to learn. */
  public static Example of(int[] prompt, int[] answer) {
    int[] ids = new int[prompt.length + answer.length];
    int[] labels = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      boolean inPrompt = i < prompt.length;
      ids[i] = inPrompt ? prompt[i] : answer[i - prompt.length];
      labels[i] = inPrompt ? NO_LABEL : ids[i];
    }
    return new Example(ids, labels);
  }

  /**
   * Creates an example of a question's prompt and the answer to learn.
   *
   * @param choice the token of the answer that chooses; its position counts from the answer's first
   *     token
   * @param textWeight the weight of the other tokens; the choice has 1. 0 for no loss on them
   */
  public static Example of(int[] prompt, int[] answer, Choice choice, double textWeight) {
    Example all = of(prompt, answer);
    int at = prompt.length + choice.position();
    for (int i = prompt.length; i < all.ids.length; i++) {
      if (i != at) {
        all.weights[i] = (float) textWeight;
        all.labels[i] = textWeight == 0 ? NO_LABEL : all.labels[i];
      }
    }
    return new Example(
        all.ids, all.labels, all.weights, Optional.of(new Choice(at, choice.offer())));
  }

  /** Creates an example of a text of which the model must predict every token but the first. */
  public static Example ofText(int... ids) {
    int[] labels = ids.clone();
    labels[0] = NO_LABEL;
    return new Example(ids, labels);
  }

  /**
   * Makes tokens of the answer ones that must become unlikely, in place.
   *
   * @param weight over 0
   */
  @Internal
  public void refute(int from, int to, float weight) {
    System.arraycopy(ids, from, labels, from, to - from);
    Arrays.fill(weights, from, to, -weight);
  }

  /** Leaves tokens of the answer out of the loss, in place. */
  @Internal
  public void leaveOut(int from, int to) {
    Arrays.fill(labels, from, to, NO_LABEL);
  }

  /** Returns the number of tokens to predict. */
  public int supervised() {
    int count = 0;
    for (int i = 1; i < labels.length; i++) {
      if (labels[i] != NO_LABEL) {
        count++;
      }
    }
    return count;
  }

  /**
   * Returns the number of tokens that other sequences may share: all before the row that predicts
   * the first label.
   */
  int sharable() {
    for (int i = 1; i < labels.length; i++) {
      if (labels[i] != NO_LABEL) {
        return i - 1;
      }
    }
    return labels.length - 1;
  }

  /** Returns the position of the last label, or of the last token if there is no label. */
  int lastLabel() {
    for (int i = labels.length - 1; i > 0; i--) {
      if (labels[i] != NO_LABEL) {
        return i;
      }
    }
    return labels.length - 1;
  }
}
