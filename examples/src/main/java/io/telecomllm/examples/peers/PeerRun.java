package io.telecomllm.examples.peers;

import io.telecomllm.InvalidDataException;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import io.telecomllm.training.batching.Example;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A run of transformers, PEFT and bitsandbytes: its questions and its results, from {@code
 * order.json} and {@code result.json} in one folder.
 *
 * @param steps the examples of each optimizer step; at least one step, each with at least one
 *     example
 * @param evaluated the ids of the questions that accuracy was measured on; may be empty
 * @param losses the loss of each step
 * @param accuracyBefore the accuracy of the base alone, 0 to 1
 * @param accuracyAfter the accuracy with the trained adapter, 0 to 1
 * @param seconds the time of all steps
 * @param tokensPerSecond the tokens of the examples a second, without padding
 */
record PeerRun(
    List<List<Row>> steps,
    List<String> evaluated,
    List<Double> losses,
    double accuracyBefore,
    double accuracyAfter,
    double seconds,
    double tokensPerSecond) {

  /**
   * One example.
   *
   * @param id the id of the question
   * @param ids the ids of prompt and answer
   * @param answerStart the index in {@code ids} where the answer begins, at least 1
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Row(String id, int[] ids, int answerStart) {
    int[] prompt() {
      return Arrays.copyOf(ids, answerStart);
    }

    int[] answer() {
      return Arrays.copyOfRange(ids, answerStart, ids.length);
    }

    Example example() {
      return Example.of(prompt(), answer());
    }
  }

  /**
   * Reads both files of the folder.
   *
   * @throws InvalidDataException naming file and field, if something is missing or inconsistent
   */
  static PeerRun read(Path folder) {
    JsonView order = StrictJson.read(folder.resolve("order.json"));
    JsonView result = StrictJson.read(folder.resolve("result.json"));
    List<List<Row>> steps = new ArrayList<>();
    for (Object step : order.list("steps")) {
      if (!(step instanceof List<?> rows) || rows.isEmpty()) {
        throw order.invalid("steps", "lists of at least one example");
      }
      steps.add(rows.stream().map(row -> row(order, row)).toList());
    }
    List<Double> losses = result.numbers("losses");
    if (steps.isEmpty() || losses.size() != steps.size()) {
      throw result.invalid("losses", "one for each of " + steps.size() + " steps, at least one");
    }
    return new PeerRun(
        List.copyOf(steps),
        order.strings("evaluated"),
        losses,
        result.number("accuracyBefore"),
        result.number("accuracyAfter"),
        result.number("seconds"),
        result.number("tokensPerSecond"));
  }

  private static Row row(JsonView order, Object value) {
    if (!(value instanceof Map<?, ?> fields)) {
      throw order.invalid("steps", "examples of id, input_ids, answer_start");
    }
    JsonView row = JsonView.of(order.file(), fields);
    int[] ids =
        row.integers("input_ids", 0, Integer.MAX_VALUE).stream()
            .mapToInt(Math::toIntExact)
            .toArray();
    if (ids.length < 2) {
      throw row.invalid("input_ids", "at least 2 ids");
    }
    return new Row(row.string("id"), ids, row.integer("answer_start", 1, ids.length - 1));
  }
}
