package io.telecomllm.training.batching;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.model.TokenBatch;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Round sizes, the packed rows untouched, and nothing that counts behind them. */
class RoundedBatchTest {
  @Property
  void onlyRowsWithoutWeightAreAdded(
      @ForAll @IntRange(min = 2, max = 200) int length,
      @ForAll @IntRange(min = 1, max = 40) int answers,
      @ForAll @IntRange(min = 3, max = 300) int context) {
    int size = Math.max(2, Math.min(length, context));
    int supervised = Math.min(answers, size - 1);
    int[] prompt = IntStream.range(0, size - supervised).map(i -> 7 + i).toArray();
    int[] answer = IntStream.range(0, supervised).map(i -> 1000 + i).toArray();
    PackedBatch packed = PackedBatch.of(List.of(Example.of(prompt, answer)));
    RoundedBatch rounded = RoundedBatch.of(packed, context);

    int read = size - 1; // the last token is predicted only
    assertThat(rounded.tokens().rows()).isEqualTo(RoundedBatch.roundUp(read, RoundedBatch.ROWS));
    assertThat(Arrays.copyOf(rounded.tokens().ids(), read)).isEqualTo(packed.tokens().ids());
    List<TokenBatch.Segment> segments = rounded.tokens().segments();
    int own = packed.tokens().segments().size();
    assertThat(segments.subList(0, own)).isEqualTo(packed.tokens().segments());
    assertThat(segments.subList(own, segments.size()))
        .allMatch(s -> s.parent() == -1 && s.length() <= context);
    int count = packed.rows().length;
    assertThat(rounded.rows()).hasSize(RoundedBatch.roundUp(count, RoundedBatch.SUPERVISED));
    assertThat(Arrays.copyOf(rounded.rows(), count)).isEqualTo(packed.rows());
    assertThat(Arrays.copyOf(rounded.labels(), count)).isEqualTo(packed.labels());
    float[] weights = rounded.weights(0.25f);
    assertThat(weights).hasSameSizeAs(rounded.labels());
    for (int i = 0; i < weights.length; i++) {
      assertThat(weights[i]).isEqualTo(i < count ? 0.25f : 0);
    }
  }
}
