package io.telecomllm.training.objective;

import com.google.common.primitives.Ints;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.training.batching.Offer;
import io.telecomllm.training.batching.PackedBatch;
import java.util.Arrays;
import java.util.List;

/**
 * The logits of what the questions of a micro-batch offer, at the tokens that choose. Only the
 * logits of these tokens are computed.
 *
 * @param choices the questions, at least one
 * @param labels the token that each label must predict
 * @param rows the rows of the choices among the supervised ones, (choices), int64
 * @param hidden the hidden states there, (choices, hidden size)
 * @param ids all tokens that a question offers, each once, ascending
 * @param all the logits, (choices, ids)
 */
@SuppressWarnings("ArrayRecordComponent")
record ChoiceLogits(
    List<PackedBatch.Choice> choices,
    int[] labels,
    Tensor rows,
    Tensor hidden,
    long[] ids,
    float[] all) {
  /** Computes the logits of a micro-batch that has choices. */
  static ChoiceLogits of(Predictions predictions) {
    List<PackedBatch.Choice> choices = predictions.batch().packed().choices();
    Operators ops = predictions.scope().operators();
    Tensor rows = ops.longs(choices.stream().mapToLong(PackedBatch.Choice::label).toArray());
    Tensor hidden = ops.selectRows(predictions.hidden(), rows);
    long[] ids =
        choices.stream()
            .flatMapToInt(c -> Arrays.stream(c.offer().tokens()))
            .distinct()
            .sorted()
            .asLongStream()
            .toArray();
    float[] all =
        ops.toFloats(
            predictions.head(
                (head, workspace) -> head.logits(workspace, predictions.scope(), hidden, ids)));
    return new ChoiceLogits(choices, predictions.batch().labels(), rows, hidden, ids, all);
  }

  int size() {
    return choices.size();
  }

  private Offer offer(int choice) {
    return choices.get(choice).offer();
  }

  /** Returns where in {@link #ids} the tokens of a question's options are, abstention last. */
  int[] columns(int choice) {
    return Arrays.stream(offer(choice).tokens()).map(id -> Arrays.binarySearch(ids, id)).toArray();
  }

  /** Returns the logits of a question's options, that of abstention last if it is offered. */
  double[] logits(int choice) {
    return Arrays.stream(columns(choice))
        .mapToDouble(column -> all[choice * ids.length + column])
        .toArray();
  }

  /** Returns the logits of a question's options. */
  double[] optionLogits(int choice) {
    return Arrays.copyOf(logits(choice), offer(choice).options().length);
  }

  /** Returns the right option; -1 if it is right to abstain. */
  int right(int choice) {
    return Ints.indexOf(offer(choice).options(), labels[choices.get(choice).label()]);
  }

  /** Returns how far each option is refuted. */
  float[] refuted(int choice) {
    return offer(choice).refuted();
  }
}
