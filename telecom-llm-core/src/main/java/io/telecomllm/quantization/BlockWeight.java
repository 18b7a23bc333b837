package io.telecomllm.quantization;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.weights.Encoding;
import java.util.Locale;

/**
 * A weight in the blocks of a GGUF file, as the file holds them. No block spans two rows.
 *
 * @param encoding a block encoding
 * @param out the number of output features
 * @param in the number of input features, a multiple of the encoding's block
 * @param raw (out, bytes of a row), uint8
 */
@Internal
public record BlockWeight(Encoding encoding, int out, int in, Tensor raw) implements Table {
  /** Checks the sizes against each other. */
  public BlockWeight {
    checkArgument(encoding.dataType().isEmpty(), "%s has no blocks", encoding);
    checkArgument(
        in % encoding.blockValues() == 0,
        "%s columns are no multiple of the block size %s",
        in,
        encoding.blockValues());
    checkArgument(
        raw.size(0) == out && raw.size(1) == rowBytes(encoding, in),
        "%s bytes do not hold %s x %s values of %s",
        raw.elements(),
        out,
        in,
        encoding);
  }

  /** Returns a weight of this size with arbitrary content, owned by the scope. */
  public static BlockWeight empty(Encoding encoding, int out, int in, Scope owner) {
    Tensor raw = owner.operators().empty(DataType.UINT8, out, rowBytes(encoding, in));
    return new BlockWeight(encoding, out, in, raw);
  }

  /** Returns the blocks of the rows [from, from + count), (blocks, bytes of a block). */
  Tensor blocks(Operators views, int from, int count) {
    return views.reshape(
        views.narrow(raw, 0, from, count),
        (long) count * in / encoding.blockValues(),
        encoding.blockBytes());
  }

  /** Returns what operators call the encoding. */
  String operator() {
    return encoding.name().toLowerCase(Locale.ROOT);
  }

  /** Returns the size of a row in bytes. */
  public static int rowBytes(Encoding encoding, int in) {
    return in / encoding.blockValues() * encoding.blockBytes();
  }

  @Override
  public Tensor dense(Workspace workspace) {
    return workspace.unpack(this, 0, out);
  }

  @Override
  public Tensor dense(Workspace workspace, Operators views, int from, int count) {
    return workspace.unpack(this, from, count);
  }

  @Override
  public Tensor exact(Workspace workspace, Operators views, int from, int count) {
    return workspace.exact(this, from, count);
  }

  @Override
  public int step() {
    return Math.max(1, Math.min(out, Workspace.PIECE / in));
  }

  @Override
  public Table rows(Operators ops, Tensor rows) {
    Tensor some = ops.selectRows(raw, rows);
    return new BlockWeight(encoding, some.size(0), in, some);
  }

  @Override
  public long bytes() {
    return raw.elements();
  }
}
