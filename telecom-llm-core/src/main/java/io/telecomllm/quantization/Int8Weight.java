package io.telecomllm.quantization;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Tensor;

/**
 * A weight for answering: signed bytes with a scale for each row. Rows of x are rounded to bytes as
 * well, each with its own scale, and their products are exact sums of integers; this takes half the
 * time of bf16 products and never unpacks. For CPUs whose libtorch has such a product.
 *
 * @param out the number of output features
 * @param in the number of input features
 * @param packed the bytes, laid out by libtorch
 * @param scales (out), fp32
 * @param zeros (out), int64, all 0
 */
@Internal
public record Int8Weight(int out, int in, Tensor packed, Tensor scales, Tensor zeros)
    implements Weight {
  /** Checks the sizes against each other. */
  public Int8Weight {
    checkArgument(
        packed.elements() == (long) out * in && scales.elements() == out,
        "%s bytes and %s scales for %s x %s",
        packed.elements(),
        scales.elements(),
        out,
        in);
  }

  /** Returns x w^T (rows, out) in fp32, with rows of x rounded to 16 bits. */
  public Tensor preciseProduct(Operators ops, Tensor x) {
    return ops.packing().preciseByteLinear(x, packed, scales, zeros);
  }

  @Override
  public Tensor product(Workspace workspace, Operators ops, Tensor x, int from, int count) {
    Tensor all = ops.packing().byteLinear(x, packed, scales, zeros);
    if (count == out) {
      return all;
    }
    try (all;
        Tensor part = ops.narrow(all, 1, from, count)) {
      return ops.copy(part);
    }
  }

  /** The product is rounded before it is added, as in PEFT. */
  @Override
  public void addProductInPlace(
      Workspace workspace, Operators ops, Tensor y, Tensor x, int from, int count) {
    try (Tensor product = product(workspace, ops, x, from, count)) {
      ops.addInPlace(y, product, 1);
    }
  }

  @Override
  public Tensor dense(Workspace workspace) {
    return rows(workspace, 0, out);
  }

  @Override
  public Tensor dense(Workspace workspace, Operators views, int from, int count) {
    return rows(workspace, from, count);
  }

  @Override
  public Tensor exact(Workspace workspace, Operators views, int from, int count) {
    if (workspace.type() == DataType.FLOAT32) {
      return rows(workspace, from, count);
    }
    Tensor values = views.empty(DataType.FLOAT32, count, in);
    views.packing().dequantizeBytesInPlace(values, packed, scales, from);
    return values;
  }

  Tensor rows(Workspace workspace, int from, int count) {
    return workspace.unpacked(
        (long) count * in,
        (values, views) -> {
          Tensor rows = views.reshape(values, count, in);
          views.packing().dequantizeBytesInPlace(rows, packed, scales, from);
          return rows;
        });
  }

  /** All rows, since each piece would read the whole layout. */
  @Override
  public int step() {
    return out;
  }

  @Override
  public long bytes() {
    return packed.elements() + Float.BYTES * scales.elements() + Long.BYTES * zeros.elements();
  }
}
