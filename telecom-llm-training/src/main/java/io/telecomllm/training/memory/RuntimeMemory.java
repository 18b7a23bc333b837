package io.telecomllm.training.memory;

import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.training.batching.RoundedBatch;

/**
 * What the process holds beside tensors. The constants were measured on one and two layers of
 * Phi-3-mini's shape, batches of 1 and 8, 5 steps, under Linux with glibc's allocator.
 *
 * @param batches micro-batches of the run
 * @param batch questions of one
 * @param returning whether the allocator gives large blocks back as soon as they are freed
 */
record RuntimeMemory(
    Device device,
    DataType type,
    QuestionLengths lengths,
    long batches,
    int batch,
    boolean returning) {
  /** The virtual machine with a small heap, and libtorch: what no tensor explains. */
  private static final long HOST = 370L << 20;

  /** A CUDA context with libtorch's kernels; a usual figure, not measured here. */
  private static final long CUDA = 500L << 20;

  /** A product that oneDNN has compiled: 611 of them and 0.18 GiB between batches of 8 and of 1. */
  private static final double COMPILED = 0.31 * (1 << 20);

  /**
   * The hole that it leaves in glibc's heap, since it outlives the tensors around it; at most half
   * of such a tensor. Runs alike differ by a quarter in this: which heap a thread is given is
   * chance.
   */
  private static final double HOLE = 1.15 * (1 << 20);

  /** How much more than its tensors the process holds of what a micro-batch allocates. */
  private static final double SLACK = 0.2;

  /** The same where the heap keeps freed blocks of other sizes than are wanted next. */
  private static final double SLACK_KEPT = 0.6;

  /** oneDNN's {@code ONEDNN_PRIMITIVE_CACHE_CAPACITY}, unless that is set. */
  private static final int CACHE = 1024;

  /** Whether this process was told, as {@code MALLOC_MMAP_THRESHOLD_} tells glibc. */
  static boolean returningHere() {
    String threshold = System.getenv("MALLOC_MMAP_THRESHOLD_");
    return threshold != null && threshold.matches("\\d{1,7}");
  }

  /** Returns it in bytes, for a run of such steps. */
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

  /** Products of different sizes: oneDNN compiles each for its own number of rows, in bf16 only. */
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

  /** How many different numbers so many draws from that many hold. */
  private double distinct(double of) {
    return of < 1 ? 1 : of * (1 - Math.exp(-batches / of));
  }
}
