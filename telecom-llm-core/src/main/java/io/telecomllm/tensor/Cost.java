package io.telecomllm.tensor;

import io.telecomllm.Internal;
import java.util.List;
import java.util.stream.LongStream;

/**
 * What one call of an operator takes in addition to its results, according to {@code operators.py}.
 * There is a case for each operator that allocates temporaries, multiplies matrices, unpacks
 * weights or writes memory several times.
 *
 * @param temporary the bytes that it allocates and frees within the call, at their peak
 * @param written the bytes that it writes to memory in addition to its results and temporaries
 * @param multiplications the number of multiplications, each with an addition, in its matrix
 *     products
 * @param unpacked the number of weights that it unpacks
 * @param products its matrix products, without those of attention
 */
@Internal
public record Cost(
    long temporary, long written, double multiplications, double unpacked, List<Product> products) {
  static final Cost NONE = new Cost(0, 0, 0, 0, List.of());

  /** The number of values at a time, {@code piece} in operators.py. */
  private static final long PIECE = 1 << 18;

  /** The number of weights at a time in {@code dequantize_4bit_} and {@code exact_linear}. */
  private static final long WEIGHTS = 1 << 20;

  /** The number of values at a time in {@code adamw_8bit_}. */
  private static final long MOMENTS = 1 << 17;

  private static final long FLOAT = Float.BYTES;

  /**
   * A matrix product.
   *
   * @param operator the operator that computes it, with a suffix if it computes several; each has
   *     its matrices in another order in memory
   * @param rows the number of rows of the result
   * @param columns the number of columns of the result
   * @param inner the length of the sums
   */
  public record Product(String operator, long rows, long columns, long inner) {
    double multiplications() {
      return (double) rows * columns * inner;
    }
  }

  /**
   * Returns the sums of the numbers that {@link Meter} adds up: multiplications and unpacked
   * weights.
   */
  Cost plus(Cost other) {
    return new Cost(
        0, 0, multiplications + other.multiplications, unpacked + other.unpacked, List.of());
  }

  /** Returns the size of a tensor in bytes. */
  static long bytes(Tensor x) {
    return x.elements() * Operators.type(x).bytes();
  }

  /** Returns what a call with these arguments takes in addition to its results. */
  static Cost of(String operator, Object... arguments) {
    Arguments all = new Arguments(operator, arguments);
    return switch (operator) {
      case "linear", "matmul" -> all.product(0, 1);
      case "linear_backward" -> all.productBackward(0, 1);
      case "add_linear_" -> all.product(1, 2);
      case "add_linear_backward_" -> all.productBackward(1, 2);
      case "linear_weight_backward_" -> all.weightProduct();
      case "lora_" -> all.lora();
      case "lora_backward_", "lora_input_backward_" -> all.loraBackward();
      case "adapted_row_norms" -> temporary(FLOAT * all.elements(0));
      case "magnitude_backward_" -> temporary(2 * FLOAT * all.elements(1));
      case "rms_norm" -> temporary(2 * FLOAT * Math.min(all.elements(0), PIECE));
      case "rms_norm_backward" -> temporary(3 * FLOAT * Math.min(all.elements(0), PIECE));
      case "rms_norm_weight_backward_", "layer_norm_weight_backward_" ->
          temporary(2 * FLOAT * all.elements(1));
      case "layer_norm" -> temporary(2 * FLOAT * all.elements(0));
      case "layer_norm_backward" -> temporary(4 * FLOAT * all.elements(0));
      case "rotate_" -> all.rotation();
      case "rope_table" -> temporary(FLOAT * all.elements(0) * all.tensor(1).size(1));
      case "attention" -> all.attention();
      case "attention_backward_" -> all.attentionBackward();
      case "attention_both_ways" -> all.attentionBothWays();
      case "swiglu_backward" -> temporary(2 * all.width(0) * Math.min(all.elements(0), PIECE));
      case "embed_backward_" -> temporary(FLOAT * all.elements(1));
      case "add_dropout_" -> temporary(bytes(all.tensor(1)));
      case "add_uniform_" -> temporary(FLOAT * all.elements(0));
      case "logits" -> all.logits();
      case "cross_entropy" -> all.crossEntropy();
      case "cross_entropy_" -> temporary(FLOAT * all.elements(0));
      case "dequantize_4bit_" -> all.unpacking();
      case "dequantize_groups_" -> new Cost(0, 0, 0, 1.5 * all.elements(0), List.of());
      case "dequantize_blockwise" -> temporary(Long.BYTES * all.elements(0));
      case "adamw_" -> all.adamw(2, all.elements(0), 8);
      case "adamw_8bit_" -> all.adamw(6, Math.min(all.elements(0), MOMENTS), 24);
      default -> operator.startsWith("unpack_") ? all.unpackingBlocks() : NONE;
    };
  }

  private static Cost temporary(long bytes) {
    return new Cost(bytes, 0, 0, 0, List.of());
  }

  /** The arguments of a call, in the order of operators.py. */
  private static final class Arguments {
    private final String operator;
    private final Object[] all;

    Arguments(String operator, Object... all) {
      this.operator = operator;
      this.all = all;
    }

    Tensor tensor(int i) {
      return (Tensor) all[i];
    }

    long elements(int i) {
      return tensor(i).elements();
    }

    long number(int i) {
      return ((Number) all[i]).longValue();
    }

    long[] numbers(int i) {
      return (long[]) all[i];
    }

    /** Returns the bytes of an element. */
    long width(int i) {
      return Operators.type(tensor(i)).bytes();
    }

    Product product(String kind, long rows, long columns, long inner) {
      return new Product(operator + kind, rows, columns, inner);
    }

    static Cost products(long temporary, Product... products) {
      List<Product> list = List.of(products);
      double sum = list.stream().mapToDouble(Product::multiplications).sum();
      return new Cost(temporary, 0, sum, 0, list);
    }

    /** Returns the cost of x w^T, x (rows, in), w (out, in). */
    Cost product(int x, int w) {
      Tensor weight = tensor(w);
      return products(0, product("", tensor(x).size(0), weight.size(0), weight.size(1)));
    }

    /** Returns the cost of g w, g (rows, out), w (out, in). */
    Cost productBackward(int g, int w) {
      Tensor weight = tensor(w);
      return products(0, product("", tensor(g).size(0), weight.size(1), weight.size(0)));
    }

    /** Returns the cost of adding g^T x to gw (out, in); the arguments are gw, g, x (rows, in). */
    Cost weightProduct() {
      Tensor gw = tensor(0);
      return products(
          width(2) * gw.elements(), product("", gw.size(0), gw.size(1), tensor(2).size(0)));
    }

    /**
     * Returns the cost of an update; the arguments are y, x (rows, in), a (rank, in), b (out,
     * rank).
     */
    Cost lora() {
      long rows = tensor(1).size(0);
      Tensor a = tensor(2);
      Tensor b = tensor(3);
      return products(
          0, product(".a", rows, a.size(0), a.size(1)), product(".b", rows, b.size(0), b.size(1)));
    }

    /**
     * Returns the cost of the backward pass of an update. The arguments are gx (rows, in) or empty,
     * g (rows, out), x and u if it is trained, a (rank, in), b (out, rank).
     */
    Cost loraBackward() {
      boolean trained = operator.equals("lora_backward_");
      boolean inputWanted = elements(0) > 0;
      long rows = tensor(1).size(0);
      Tensor a = tensor(trained ? 4 : 2);
      Tensor b = tensor(trained ? 5 : 3);
      long rank = a.size(0);
      Product inner = product(".u", rows, rank, b.size(0));
      Product input = product(".x", rows, a.size(1), rank);
      if (!trained) {
        return inputWanted ? products(width(1) * rows * rank, inner, input) : NONE;
      }
      long temporary = width(1) * (rows * rank + Math.max(a.elements(), b.elements()));
      Product ga = product(".a", rank, a.size(1), rows);
      Product gb = product(".b", b.size(0), rank, rows);
      return inputWanted
          ? products(temporary, inner, ga, gb, input)
          : products(temporary, inner, ga, gb);
    }

    /**
     * Returns the cost of a rotation; the arguments are x, cos (rows, rotated / 2), sin, heads,
     * size.
     */
    Cost rotation() {
      long values = tensor(0).size(0) * number(3) * 2L * tensor(1).size(1);
      return temporary(2 * FLOAT * Math.min(values, PIECE));
    }

    /**
     * Returns the cost of logits; the arguments are h (rows, features), w (vocabulary, features),
     * bias.
     */
    Cost logits() {
      Tensor w = tensor(1);
      Product product = product("", tensor(0).size(0), w.size(0), w.size(1));
      return products(exact(product.rows(), w), product);
    }

    /** Returns the bytes of rows and of a piece of the head's matrix in fp32, and their product. */
    private static long exact(long rows, Tensor w) {
      if (Operators.type(w) == DataType.FLOAT32) {
        return 0;
      }
      long piece = Math.max(1, Math.min(w.size(0), WEIGHTS / w.size(1)));
      return FLOAT * (rows * w.size(1) + piece * w.size(1) + rows * piece);
    }

    /**
     * Returns the cost of the loss; the arguments are h, w, bias, labels, weights, chunk,
     * smoothing, gw, gbias.
     */
    Cost crossEntropy() {
      Tensor w = tensor(1);
      long rows = tensor(0).size(0);
      boolean trained = elements(7) > 0;
      // logits and their softmax; then the product for the gradient of w
      long chunk = Math.min(rows, number(5));
      long logits =
          FLOAT * chunk * w.size(0) + Math.max(exact(chunk, w), FLOAT * chunk * w.size(0));
      long temporary = logits + (trained ? width(0) * w.elements() : 0);
      Product forward = product("", rows, w.size(0), w.size(1));
      Product backward = product(".h", rows, w.size(1), w.size(0));
      return trained
          ? products(temporary, forward, backward, product(".w", w.size(0), w.size(1), rows))
          : products(temporary, forward, backward);
    }

    /**
     * Returns the cost of unpacking blocks of a GGUF file, which takes about as long as that of
     * half as many more 4-bit codes; the codes of its values are copied once.
     */
    Cost unpackingBlocks() {
      return new Cost(elements(0), 0, 0, 1.5 * elements(0), List.of());
    }

    Cost unpacking() {
      long values = elements(0);
      // 64-bit indices of a piece: for two packed bytes each, or in fp32 for one
      return new Cost(4 * Math.min(values, WEIGHTS), 0, 0, values, List.of());
    }

    /**
     * Returns the cost of an optimizer step; its passes over the values include clearing and
     * clipping gradients.
     */
    Cost adamw(int values, long piece, int passes) {
      return new Cost(FLOAT * values * piece, FLOAT * passes * elements(0), 0, 0, List.of());
    }

    /**
     * Returns the cost of attention; the arguments are q, k, v, starts, lengths, key starts, key
     * lengths, key counts, window, scale, keep.
     */
    Cost attention() {
      Tensor q = tensor(0);
      AttentionSizes heads = new AttentionSizes(q.size(1), tensor(1).size(1), q.size(2), width(0));
      boolean keep = (boolean) all[10];
      long[] queries = numbers(4);
      long[] keys = keys(6, 7);
      long most = 0;
      double sum = 0;
      for (int i = 0; i < queries.length; i++) {
        long joined = numbers(7)[i] > 1 ? 2 * heads.width() * heads.keys(keys[i]) : 0;
        long inside = keep ? heads.forward(queries[i], keys[i]) : heads.fused(queries[i], keys[i]);
        most = Math.max(most, joined + inside);
        sum += 2 * heads.pairs(queries[i], keys[i]);
      }
      return new Cost(most, 0, sum, 0, List.of());
    }

    /**
     * Returns the cost of attention's backward pass; the arguments are gq, gkv, g, q, k, v, kept,
     * starts, lengths, key starts, key lengths, key counts, shared, and others.
     */
    Cost attentionBackward() {
      Tensor q = tensor(3);
      AttentionSizes heads = new AttentionSizes(q.size(1), tensor(4).size(1), q.size(2), width(3));
      boolean kept = tensor(6).shape().length == 1;
      long[] queries = numbers(8);
      long[] keys = keys(10, 11);
      long most = 0;
      double sum = 0;
      for (int i = 0; i < queries.length; i++) {
        // keys and values, and the gradients of both
        long around = 4 * heads.width() * heads.keys(keys[i]);
        long inside =
            kept
                ? heads.backward(queries[i], keys[i], true)
                : heads.backwardInBlocks(queries[i], keys[i]);
        most = Math.max(most, around + inside);
        sum += (kept ? 4 : 5) * heads.pairs(queries[i], keys[i]);
      }
      long sums = FLOAT * 2 * heads.keys(number(12));
      return new Cost(sums + most, 0, sum, 0, List.of());
    }

    /** Returns the cost of attention both ways; the arguments are qkv, counts, lengths, heads. */
    Cost attentionBothWays() {
      double width = tensor(0).size(1) / 3.0;
      double sum = 0;
      double most = 0;
      for (int i = 0; i < numbers(1).length; i++) {
        double rows = (double) numbers(1)[i] * numbers(2)[i];
        most = Math.max(most, rows * width);
        sum += 2 * width * rows * numbers(2)[i];
      }
      return new Cost(width(0) * (long) most, 0, sum, 0, List.of());
    }

    /** Returns the number of keys that each segment attends to. */
    private long[] keys(int lengths, int counts) {
      long[] each = numbers(counts);
      long[] keys = new long[each.length];
      int first = 0;
      for (int i = 0; i < each.length; i++) {
        keys[i] = LongStream.of(numbers(lengths)).skip(first).limit(each[i]).sum();
        first += (int) each[i];
      }
      return keys;
    }
  }
}
