package io.telecomllm.generation;

/**
 * The tokens of a vocabulary from the most probable one down, of equal ones the lowest id first: a
 * heap, since hardly ever more than a few are taken.
 */
final class Ranking {
  private final float[] logits;
  private final int[] heap;
  private int size;

  /** Ranks all tokens whose logit is over negative infinity. */
  Ranking(float[] logits) {
    this.logits = logits;
    heap = new int[logits.length];
    for (int id = 0; id < logits.length; id++) {
      if (logits[id] > Float.NEGATIVE_INFINITY) {
        heap[size++] = id;
      }
    }
    for (int i = size / 2 - 1; i >= 0; i--) {
      sink(i);
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Returns the best token that is left. */
  int first() {
    return heap[0];
  }

  /** Takes the best token that is left. */
  int take() {
    int best = heap[0];
    heap[0] = heap[--size];
    sink(0);
    return best;
  }

  private void sink(int from) {
    int i = from;
    while (2 * i + 1 < size) {
      int child = 2 * i + 1;
      if (child + 1 < size && before(heap[child + 1], heap[child])) {
        child++;
      }
      if (!before(heap[child], heap[i])) {
        return;
      }
      int id = heap[i];
      heap[i] = heap[child];
      heap[child] = id;
      i = child;
    }
  }

  private boolean before(int a, int b) {
    return logits[a] > logits[b] || (logits[a] == logits[b] && a < b);
  }
}
