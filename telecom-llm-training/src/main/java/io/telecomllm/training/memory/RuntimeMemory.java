package io.telecomllm.training.memory;

import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.training.batching.RoundedBatch;

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

  /**
   * Returns whether {@code MALLOC_MMAP_THRESHOLD_} makes glibc return large blocks in this process.
   */
  static boolean returningHere() {
    String threshold = System.getenv("MALLOC_MMAP_THRESHOLD_");
    return threshold != null && threshold.matches("\\d{1,7}");
  }

  /** Returns the memory in bytes, for a run whose largest step is this one. */
  long bytes(DryRun.Step step) {
    if (device.kind() == Device.Kind.CUDA) {
      return CUDA;
    }
    double slack = returning ? SLACK : SLACK_KEPT;
    double hole = Math.min(HOLE, widest(step) / 2);
    double each = returning ? COMPILED : COMPILED + hole;
    return Math.round(HOST + slack * step.working() + each * Math.min(CACHE, compiled(step)));
  }

  /** Returns the bytes of the widest output of a linear layer for all rows. */
  private double widest(DryRun.Step step) {
    return step.products().stream()
        .filter(product -> product.rows() == rows(step))
        .mapToDouble(product -> (double) product.rows() * product.columns() * type.bytes())
        .max()
        .orElse(0);
  }

  private static int rows(DryRun.Step step) {
    return RoundedBatch.roundUp(step.rows(), RoundedBatch.ROWS);
  }

  /**
   * Returns the number of products of different sizes, each of which oneDNN compiles; only in bf16.
   */
  double compiled(DryRun.Step step) {
    if (type != DataType.BFLOAT16) {
      return 0;
    }
    // how many round numbers lie in that spread
    double spread = 1 + 4 * lengths.deviation() * Math.sqrt(batch) / RoundedBatch.ROWS;
    double answers = 1 + 2 * lengths.answer() * Math.sqrt(batch) / RoundedBatch.SUPERVISED;
    int supervised = RoundedBatch.roundUp(step.supervised(), RoundedBatch.SUPERVISED);
    return products(step, rows(step)) * distinct(spread)
        + products(step, supervised) * distinct(answers);
  }

  private static long products(DryRun.Step step, int rows) {
    return step.products().stream()
        .filter(p -> p.rows() == rows || p.columns() == rows || p.inner() == rows)
        .count();
  }

  /**
   * Returns the expected number of distinct values in one draw per batch from {@code of} values.
   */
  private double distinct(double of) {
    return of < 1 ? 1 : of * (1 - Math.exp(-batches / of));
  }
}
