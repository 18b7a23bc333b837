package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The keys and values of the tokens that a model has read, so that they are computed once. It can
 * be cut back to a shorter prefix. For one thread at a time; it owns its memory.
 */
public final class KvCache implements AutoCloseable {
  private final Scope scope;
  private final List<Tensor> keys = new ArrayList<>();
  private final List<Tensor> values = new ArrayList<>();
  private final int capacity;
  private final int[] ids;
  private int length;
  private int regime;

  KvCache(ModelConfig config, DataType type, Device device, int capacity) {
    checkArgument(
        capacity >= 1 && capacity <= config.contextLength(),
        "cache capacity is %s, must be 1 to the context length %s",
        capacity,
        config.contextLength());
    this.scope = Scope.open(device);
    this.capacity = capacity;
    this.ids = new int[capacity];
    Operators ops = scope.operators();
    for (int i = 0; i < config.layers(); i++) {
      keys.add(ops.empty(type, capacity, config.keyValueHeads(), config.headSize()));
      values.add(ops.empty(type, capacity, config.keyValueHeads(), config.headSize()));
    }
  }

  /** How many tokens it holds. */
  public int length() {
    return length;
  }

  /** How many tokens it has room for. */
  public int capacity() {
    return capacity;
  }

  /** Forgets all but the first {@code tokens}. */
  public void truncate(int tokens) {
    checkArgument(tokens >= 0 && tokens <= length, "%s is not 0 to the length %s", tokens, length);
    length = tokens;
  }

  /** Writes the rows behind those held and returns all, (length + rows, kv heads, size). */
  Tensor append(Operators ops, int layer, boolean key, Tensor rows) {
    Tensor all = (key ? keys : values).get(layer);
    int count = rows.size(0);
    ops.copyInPlace(ops.narrow(all, 0, length, count), rows);
    return ops.narrow(all, 0, 0, (long) length + count);
  }

  void advance(int[] rows) {
    System.arraycopy(rows, 0, ids, length, rows.length);
    length += rows.length;
  }

  /** The tokens held. */
  int[] ids() {
    return Arrays.copyOf(ids, length);
  }

  /** By which {@link RopeScaling#regime} the keys were turned. */
  int regime() {
    return regime;
  }

  void regime(int value) {
    regime = value;
  }

  /** Frees its memory; a second call does nothing. */
  @Override
  public void close() {
    scope.close();
  }
}
