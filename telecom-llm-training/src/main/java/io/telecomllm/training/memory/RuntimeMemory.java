package io.telecomllm.training.memory;

import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.training.batching.RoundedBatch;
import io.telecomllm.training.memory.LayerShape.Place;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The memory that the process holds in addition to tensors. The constants were measured on one and
 * two layers of Phi-3-mini's shape, with batches of 1 and 8 and 5 steps, under Linux with glibc's
 * allocator.
 *
 * @param batches the number of micro-batches of the run
 * @param batch the number of questions in a micro-batch
 * @param returning whether the allocator returns large blocks as soon as they are freed
 */
record RuntimeMemory(
    Device device,
    DataType type,
    List<LayerShape> layers,
    QuestionLengths lengths,
    long batches,
    int batch,
    boolean returning) {
  /** The bytes of the Java virtual machine with a small heap, and of libtorch. */
  private static final long HOST = 370L << 20;

  /** The bytes of a CUDA context with libtorch's kernels; a usual figure, not measured here. */
  private static final long CUDA = 500L << 20;

  /**
   * The bytes of a product that oneDNN has compiled: batches of 8 had 611 more than batches of 1,
   * and 0.18 GiB.
   */
  private static final double COMPILED = 0.31 * (1 << 20);

  /**
   * The bytes of the hole that a compiled product leaves in glibc's heap, since it outlives the
   * tensors around it; at most half of such a tensor. Equal runs differ by a quarter in this,
   * because it is chance which heap a thread gets.
   */
  private static final double HOLE = 1.15 * (1 << 20);

  /** The share of a micro-batch's tensors that the process holds in addition to them. */
  private static final double SLACK = 0.2;

  /** The share if the heap keeps freed blocks, whose sizes do not fit the next tensors. */
  private static final double SLACK_KEPT = 0.6;

  /** The most compiled products: oneDNN's default {@code ONEDNN_PRIMITIVE_CACHE_CAPACITY}. */
  private static final int CACHE = 1024;

  /** The products of a frozen layer: forward, and gradient of the input. */
  private static final int FROZEN = 2;

  /** The products of a layer's adapter: two forward, four backward. */
  private static final int ADAPTER = 6;

  /**
   * Returns whether {@code MALLOC_MMAP_THRESHOLD_} makes glibc return large blocks in this process.
   */
  static boolean returningHere() {
    String threshold = System.getenv("MALLOC_MMAP_THRESHOLD_");
    return threshold != null && threshold.matches("\\d{1,7}");
  }

  /**
   * Returns the memory in bytes.
   *
   * @param working the bytes of activations and of a layer's working memory, without unpacked
   *     weights
   * @param tensor the bytes of the largest tensor among them
   */
  long bytes(long working, double tensor) {
    if (device.kind() == Device.Kind.CUDA) {
      return CUDA;
    }
    double slack = returning ? SLACK : SLACK_KEPT;
    double each = returning ? COMPILED : COMPILED + Math.min(HOLE, tensor / 2);
    return Math.round(HOST + slack * working + each * Math.min(CACHE, compiled()));
  }

  /**
   * Returns the number of products of different sizes, each of which oneDNN compiles; only in bf16.
   */
  double compiled() {
    if (type != DataType.BFLOAT16) {
      return 0;
    }
    Set<Place> atRows = new HashSet<>();
    Set<Place> atSupervised = new HashSet<>();
    for (LayerShape layer : layers) {
      atRows.addAll(layer.qkv());
      Set<Place> behind = layer.last() ? atSupervised : atRows;
      behind.add(layer.output());
      behind.addAll(layer.up());
      behind.add(layer.down());
    }
    // the number of multiples within the spread of row counts
    double spread = 1 + 4 * lengths.deviation() * Math.sqrt(batch) / RoundedBatch.ROWS;
    double answers = 1 + 2 * lengths.answer() * Math.sqrt(batch) / RoundedBatch.SUPERVISED;
    return products(atRows) * distinct(spread)
        + (products(atSupervised) + FROZEN) * distinct(answers);
  }

  private static int products(Set<Place> places) {
    return places.stream().mapToInt(p -> FROZEN + (p.rank() > 0 ? ADAPTER : 0)).sum();
  }

  /**
   * Returns the expected number of distinct values in one draw per batch from {@code of} values.
   */
  private double distinct(double of) {
    return of < 1 ? 1 : of * (1 - Math.exp(-batches / of));
  }
}
