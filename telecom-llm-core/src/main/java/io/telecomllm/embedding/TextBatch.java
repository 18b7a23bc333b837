package io.telecomllm.embedding;

import com.google.common.primitives.Ints;
import com.google.common.primitives.Longs;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Texts that are computed together, a row per token, without padding.
 *
 * @param texts the token ids of each text, the shortest first
 */
record TextBatch(List<int[]> texts) {
  TextBatch {
    texts = List.copyOf(texts);
  }

  /** Returns the token ids of all rows. */
  int[] ids() {
    return texts.stream().flatMapToInt(IntStream::of).toArray();
  }

  /** Returns the position of each row in its text. */
  int[] positions() {
    return texts.stream().flatMapToInt(text -> IntStream.range(0, text.length)).toArray();
  }

  /** Returns the first row of each text. */
  int[] starts() {
    int[] starts = new int[texts.size()];
    for (int i = 1; i < starts.length; i++) {
      starts[i] = starts[i - 1] + texts.get(i - 1).length;
    }
    return starts;
  }

  /** Returns the lengths that occur, in order. */
  long[] lengths() {
    return texts.stream().mapToLong(text -> text.length).distinct().toArray();
  }

  /** Returns the number of texts of each of the {@link #lengths}. */
  long[] counts() {
    List<Long> counts = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      if (i > 0 && texts.get(i).length == texts.get(i - 1).length) {
        counts.set(counts.size() - 1, counts.get(counts.size() - 1) + 1);
      } else {
        counts.add(1L);
      }
    }
    return Longs.toArray(counts);
  }

  /**
   * Divides texts, given by their number in the list, into batches of texts of about one length.
   *
   * @param rows the most rows of a batch of several texts
   */
  static List<int[]> divide(List<int[]> texts, int rows) {
    int[] byLength =
        IntStream.range(0, texts.size())
            .boxed()
            .sorted((a, b) -> Integer.compare(texts.get(a).length, texts.get(b).length))
            .mapToInt(i -> i)
            .toArray();
    List<int[]> batches = new ArrayList<>();
    List<Integer> batch = new ArrayList<>();
    int sum = 0;
    for (int i : byLength) {
      int length = texts.get(i).length;
      if (sum + length > rows && !batch.isEmpty()) {
        batches.add(Ints.toArray(batch));
        batch.clear();
        sum = 0;
      }
      batch.add(i);
      sum += length;
    }
    if (!batch.isEmpty()) {
      batches.add(Ints.toArray(batch));
    }
    return batches;
  }
}
