package io.telecomllm.training.memory;

import static io.telecomllm.training.memory.MemoryPlan.Part.ACTIVATIONS;
import static io.telecomllm.training.memory.MemoryPlan.Part.LAYER;
import static io.telecomllm.training.memory.MemoryPlan.Part.LOGITS;

import io.telecomllm.model.ModelConfig;
import io.telecomllm.tensor.Segments;
import io.telecomllm.training.memory.LayerShape.Place;
import io.telecomllm.training.objective.Likelihood;
import java.util.List;

/**
 * The memory that forward and backward of a micro-batch allocate and free, operator by operator in
 * the order of the network's code ({@code model.Decoder}, {@code DecoderLayer}, {@code Attention},
 * {@code FeedForward}, {@code Linear} and {@code operators.py}). What a layer's record {@code
 * Saved} names is kept, what is made in its scope lives until the layer is done, and an operator's
 * temporaries are freed at once.
 *
 * @param rows the rows of the micro-batch
 * @param supervised the rows that predict a token
 * @param question the tokens of a question, which is what attention sees
 * @param bytes the bytes of an element of the compute type
 * @param packed whether weights are packed, and unpacked for each product
 * @param dora whether the outputs of adapted layers are kept a second time
 * @param recomputed the number of lowest layers of which only the input is kept
 */
record StepMemory(
    ModelConfig model,
    List<LayerShape> layers,
    double rows,
    double supervised,
    double question,
    int bytes,
    boolean packed,
    boolean dora,
    int recomputed) {
  /** The bytes per value of a norm's temporaries: two in fp32. */
  private static final int NORM = 2 * Float.BYTES;

  /** The number of values that an operator works on at a time if it works piece by piece. */
  private static final double PIECE = 1 << 18;

  private static final double UNPACKED = 1 << 20;
  private static final double SCORES = 1 << 22;

  /** The bytes per value of the temporaries of a norm's backward pass: three in fp32. */
  private static final int NORM_BACKWARD = 3 * Float.BYTES;

  private double hidden() {
    return model.hiddenSize();
  }

  private double attentionWidth() {
    return model.querySize() + 2.0 * model.keyValueSize();
  }

  private double upWidth(LayerShape layer) {
    return layer.up().stream().mapToDouble(Place::out).sum();
  }

  /** Returns the number of rows after a layer's attention. */
  private double after(LayerShape layer) {
    return layer.last() ? supervised : rows;
  }

  private static long size(double values, double each) {
    return Math.round(values * each);
  }

  /** Records the forward pass, the loss and the backward pass. */
  void record(Ledger ledger) {
    long workspace = ledger.held(LAYER);
    forward(ledger);
    loss(ledger);
    long[] kept = keptBelow();
    ledger.hold(LAYER, 2 * size(supervised * hidden(), bytes));
    for (int i = layers.size() - 1; i >= 0; i--) {
      long outer = ledger.held(LAYER);
      if (i < recomputed) {
        ledger.hold(LAYER, inside(layers.get(i)));
      }
      backward(ledger, layers.get(i));
      ledger.freeTo(LAYER, outer);
      ledger.freeTo(ACTIVATIONS, kept[i]);
    }
    ledger.freeTo(ACTIVATIONS, 0);
    ledger.freeTo(LOGITS, 0);
    ledger.freeTo(LAYER, workspace);
  }

  /**
   * Returns the bytes still kept when the backward pass of layer i is done: the embedded rows and
   * the layers below.
   */
  private long[] keptBelow() {
    long[] kept = new long[layers.size()];
    long sum = beneath();
    for (int i = 0; i < kept.length; i++) {
      kept[i] = sum;
      sum += kept(layers.get(i));
    }
    return kept;
  }

  /** Returns the bytes of the embedded rows, and of cos and sin of their positions. */
  private long beneath() {
    return size(rows * hidden(), bytes) + size(rows * model.rope().rotarySize(), Float.BYTES);
  }

  /**
   * Returns the bytes that a layer keeps for its backward pass, without its input, which the layer
   * below keeps.
   */
  long kept(LayerShape layer) {
    long result = size(after(layer) * hidden(), bytes);
    return layer.number() < recomputed ? result : inside(layer);
  }

  private long inside(LayerShape layer) {
    double after = after(layer);
    // keys and values of all rows; queries and attention's output of those that are read
    double values = rows * 2 * model.keyValueSize() + after * 2 * model.querySize();
    values += after * upWidth(layer) + after * hidden();
    if (!model.architecture().sideBySide()) {
      values += after * hidden();
    }
    for (Place place : layer.qkv()) {
      values += rows * (place.rank() + direction(place));
    }
    if (layer.last()) {
      values += after * layer.qkv().get(0).rank();
    }
    for (Place place : behind(layer)) {
      values += after * (place.rank() + direction(place));
    }
    return size(values, bytes)
        + size(after * model.heads(), keepsProbabilities() ? question * bytes : Float.BYTES);
  }

  private boolean keepsProbabilities() {
    return question <= Segments.KEPT_KEYS;
  }

  /** Returns the number of scores that attention works on at a time. */
  private double scores() {
    return Math.min(question * question * model.heads(), SCORES);
  }

  private double direction(Place place) {
    return dora && place.rank() > 0 ? place.out() : 0;
  }

  private static List<Place> behind(LayerShape layer) {
    List<Place> all = new java.util.ArrayList<>(layer.up());
    all.add(layer.output());
    all.add(layer.down());
    return all;
  }

  private void forward(Ledger ledger) {
    ledger.hold(ACTIVATIONS, beneath());
    long workspace = ledger.held(LAYER);
    for (LayerShape layer : layers) {
      forward(ledger, layer);
      ledger.freeTo(LAYER, workspace);
    }
    ledger.pass(LAYER, size(supervised * hidden(), NORM));
    ledger.hold(ACTIVATIONS, size(supervised * hidden(), bytes));
  }

  private void forward(Ledger ledger, LayerShape layer) {
    double after = after(layer);
    long kept = ledger.held(ACTIVATIONS) + kept(layer);
    norm(ledger, rows);
    project(ledger, layer.qkv(), rows, attentionWidth());
    rotate(ledger);
    ledger.hold(ACTIVATIONS, size(rows * model.querySize(), bytes));
    // keys and values of shared rows next to a question's own, and a question's output
    double seen = question * (model.querySize() + 2.0 * model.keyValueSize());
    if (keepsProbabilities()) {
      // queries and keys in fp32, scores and their softmax
      ledger.pass(LAYER, size(seen, bytes + 4.0) + size(scores(), 2.0 * Float.BYTES));
    } else {
      // one head of keys and values a query head
      ledger.pass(LAYER, size(seen + question * 2.0 * model.querySize(), bytes));
    }
    unpack(ledger, layer.output());
    ledger.hold(LAYER, size(after * hidden(), bytes));
    if (!model.architecture().sideBySide()) {
      ledger.hold(ACTIVATIONS, size(after * hidden(), bytes));
      norm(ledger, after);
    }
    project(ledger, layer.up(), after, upWidth(layer));
    ledger.hold(LAYER, size(after * model.intermediateSize(), bytes));
    unpack(ledger, layer.down());
    ledger.hold(LAYER, size(after * hidden(), bytes));
    // the result, the low-rank products and the rest that was not counted yet
    ledger.hold(ACTIVATIONS, kept - ledger.held(ACTIVATIONS));
  }

  private void norm(Ledger ledger, double count) {
    ledger.pass(LAYER, size(Math.min(count * hidden(), PIECE), NORM));
    ledger.hold(LAYER, size(count * hidden(), bytes));
  }

  /**
   * Allocates the output of a projection; the outputs of several layers live next to the joined
   * one.
   */
  private void project(Ledger ledger, List<Place> places, double count, double width) {
    places.forEach(place -> unpack(ledger, place));
    if (places.size() > 1) {
      ledger.hold(LAYER, size(count * width, bytes));
    }
    ledger.hold(ACTIVATIONS, size(count * width, bytes));
  }

  /**
   * Allocates a piece of the packed codes as 64-bit indices: four values per index in 16 bits,
   * otherwise two.
   */
  private void unpack(Ledger ledger, Place place) {
    if (packed) {
      ledger.pass(LAYER, size(Math.min((double) place.elements(), UNPACKED), 4));
    }
    if (dora && place.rank() > 0) {
      ledger.pass(LAYER, size((double) place.elements(), Float.BYTES));
    }
  }

  /**
   * Allocates the temporaries of rotary positions: two products and a difference of halves, in
   * fp32, twice.
   */
  private void rotate(Ledger ledger) {
    double half = (model.querySize() + model.keyValueSize()) / 2.0;
    ledger.pass(LAYER, size(Math.min(rows * half, PIECE), 4.0 * Float.BYTES));
  }

  /** Allocates the logits of a chunk of rows and their softmax, in fp32. */
  private void loss(Ledger ledger) {
    double chunk = Math.min(supervised, Likelihood.chunk(model.vocabularySize()));
    ledger.hold(LOGITS, size(supervised * hidden(), bytes));
    ledger.pass(LOGITS, size(chunk * model.vocabularySize(), 2.0 * Float.BYTES));
  }

  private void backward(Ledger ledger, LayerShape layer) {
    double after = after(layer);
    norm(ledger, rows);
    if (!model.architecture().sideBySide()) {
      norm(ledger, after);
    }
    ledger.hold(LAYER, size(after * model.intermediateSize(), bytes));
    back(ledger, List.of(layer.down()), after, true);
    ledger.hold(LAYER, size(after * upWidth(layer), bytes));
    ledger.pass(LAYER, size(Math.min(after * model.intermediateSize(), PIECE), 2.0 * bytes));
    back(ledger, layer.up(), after, true);
    normBackward(ledger, after);
    back(ledger, List.of(layer.output()), after, true);
    // gradients of a question's probabilities and scores; the scores themselves in fp32
    ledger.pass(LAYER, size(scores(), keepsProbabilities() ? 2.0 * bytes : 4 + 3.0 * bytes));
    ledger.hold(LAYER, size(rows * attentionWidth(), bytes));
    rotate(ledger);
    back(ledger, layer.qkv(), rows, !layer.first());
    if (!layer.first()) {
      normBackward(ledger, rows);
    }
  }

  private void normBackward(Ledger ledger, double count) {
    ledger.pass(LAYER, size(Math.min(count * hidden(), PIECE), NORM_BACKWARD));
    ledger.hold(LAYER, size(count * hidden(), bytes));
  }

  /** Allocates the gradients of a projection's input, and copies of its output's parts. */
  private void back(Ledger ledger, List<Place> places, double count, boolean inputWanted) {
    for (Place place : places) {
      if (places.size() > 1) {
        ledger.hold(LAYER, size(count * place.out(), bytes));
      }
      ledger.hold(LAYER, size(count * direction(place), bytes));
      if (inputWanted) {
        unpack(ledger, place);
        ledger.hold(LAYER, size(count * place.in(), bytes));
      }
      ledger.pass(LAYER, size((double) place.rank() * (place.in() + place.out()), bytes));
    }
  }
}
