package io.telecomllm.training.batching;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * One sequence to train on.
 *
 * @param ids its token ids
 * @param labels the same ids where the model is to predict them, {@link #NO_LABEL} elsewhere; the
 *     first has none, since nothing precedes it
 */
// ids by the thousand: boxed ids would cost more than records gain
@SuppressWarnings("ArrayRecordComponent")
public record Example(int[] ids, int[] labels) {
  /** No loss here; the value that transformers uses. */
  public static final int NO_LABEL = -100;

  /** Checks the lengths. */
  public Example {
    checkArgument(ids.length == labels.length, "%s ids and %s labels", ids.length, labels.length);
    checkArgument(ids.length >= 2, "a sequence of %s tokens teaches nothing", ids.length);
  }

  /** A prompt and the answer to learn. */
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

  /** A text of which every token but the first is to be predicted. */
  public static Example ofText(int... ids) {
    int[] labels = ids.clone();
    labels[0] = NO_LABEL;
    return new Example(ids, labels);
  }

  /** How many tokens are to be predicted. */
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
   * How many tokens another sequence may share: all before the row that predicts the first label.
   */
  int sharable() {
    for (int i = 1; i < labels.length; i++) {
      if (labels[i] != NO_LABEL) {
        return i - 1;
      }
    }
    return labels.length - 1;
  }

  /** The place of the last label; that of the last token where there is none. */
  int lastLabel() {
    for (int i = labels.length - 1; i > 0; i--) {
      if (labels[i] != NO_LABEL) {
        return i;
      }
    }
    return labels.length - 1;
  }
}
