package io.telecomllm.training;

import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.training.LayerShape.Place;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the process holds beside tensors. Three constants were measured (docs/results.md), on one
 * and two layers of Phi-3-mini's shape, batches of 1 to 8, 5 steps, glibc's allocator.
 *
 * @param batches micro-batches of the run
 * @param batch questions of one
 */
record RuntimeMemory(
    Device device,
    DataType type,
    List<LayerShape> layers,
    QuestionLengths lengths,
    long batches,
    int batch) {
  /**
   * The virtual machine and libtorch: what is left over of the peak when glibc gives every block
   * back ({@code MALLOC_MMAP_THRESHOLD_=1048576}), less what the plan derives.
   */
  private static final long HOST = 390L << 20;

  /** A CUDA context with libtorch's kernels; a usual figure, not measured here. */
  private static final long CUDA = 500L << 20;

  /**
   * What each product that oneDNN compiles costs: some 0.1 MB itself, the rest is a hole that it
   * leaves in the heap, since it outlives the tensors around it. From 40 micro-batches of one
   * question against 5 of eight; all but 0.1 goes away if glibc gives every block back.
   */
  private static final double COMPILED = 1.45 * (1 << 20);

  /** oneDNN's {@code ONEDNN_PRIMITIVE_CACHE_CAPACITY}, unless that is set. */
  private static final int CACHE = 1024;

  /** How much more than its tensors the heap holds of what a micro-batch allocates. */
  private static final double HOLES = 0.6;

  /** Forward and gradient of the input; the adapter's two and four products. */
  private static final int FROZEN = 2;

  private static final int ADAPTER = 6;

  /**
   * In bytes.
   *
   * @param working the activations and the working memory of a layer, without unpacked weights
   */
  long bytes(long working) {
    if (device.kind() == Device.Kind.CUDA) {
      return CUDA;
    }
    return Math.round(HOST + HOLES * working + COMPILED * Math.min(CACHE, compiled()));
  }

  /** Products of different sizes: oneDNN compiles each for its own number of rows, in bf16 only. */
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
    double spread = 4 * lengths.deviation() * Math.sqrt(batch);
    double answers = 2 * lengths.answer() * Math.sqrt(batch);
    return products(atRows) * distinct(spread)
        + (products(atSupervised) + FROZEN) * distinct(answers);
  }

  private static int products(Set<Place> places) {
    return places.stream().mapToInt(p -> FROZEN + (p.rank() > 0 ? ADAPTER : 0)).sum();
  }

  /** How many different numbers so many draws from that many hold. */
  private double distinct(double of) {
    return of < 1 ? 1 : of * (1 - Math.exp(-batches / of));
  }
}
