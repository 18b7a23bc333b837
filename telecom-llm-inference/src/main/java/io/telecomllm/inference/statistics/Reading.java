package io.telecomllm.inference.statistics;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The probabilities that a question's options have when they are read in one order. Immutable.
 *
 * @param order for each place, the number of the option that stood there, counted from 0; each
 *     number once
 * @param places the probability of each place, in the order of the places
 */
public record Reading(List<Integer> order, OptionProbabilities places) implements Serializable {
  /** Checks that the order holds each option of the question once. */
  public Reading {
    order = List.copyOf(order);
    requireNonNull(places, "places is null");
    int options = places.values().size();
    checkArgument(
        order.size() == options,
        "%s options in the order, must be %s as there are probabilities",
        order.size(),
        options);
    checkArgument(
        order.stream().sorted().toList().equals(IntStream.range(0, options).boxed().toList()),
        "order is %s, must hold each number from 0 to %s once",
        order,
        options - 1);
  }

  /**
   * Returns the option that stood at the most probable place, the first of equal places, by its
   * number in the question.
   */
  public int option() {
    return order.get(places.best());
  }

  /**
   * Returns the probability of each option, in the order of the question. Of equal ones, {@link
   * OptionProbabilities#best} is the first in the question, {@link #option} the first that was
   * read.
   */
  public OptionProbabilities probabilities() {
    double[] values = new double[order.size()];
    for (int place = 0; place < values.length; place++) {
      values[order.get(place)] = places.values().get(place);
    }
    return OptionProbabilities.of(values);
  }
}
