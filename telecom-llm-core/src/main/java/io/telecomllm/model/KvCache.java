package io.telecomllm.model;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

import com.google.common.primitives.Ints;
import io.telecomllm.Internal;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The keys and values of the tokens that a model has read, so that they are computed once.
 *
 * <p>It begins with one empty sequence, number 0, and a cache for one sequence needs no more than
 * that. A cache for several can {@link #add} empty ones and {@link #fork} a sequence: the fork
 * shares the keys and values of its beginning, which take no memory of their own. Each sequence
 * grows by what a {@link TokenBatch} continues it with, can be cut back to a shorter beginning, and
 * frees its rows when it is dropped. Rows that continue a sequence in several ways (the options of
 * a question) are read but not kept. A pass that fails leaves its sequences as they were, or empty
 * where a longer sequence needed other rotations and what it held was being read again.
 *
 * <p>For one thread at a time; it owns its memory.
 */
@Internal
public final class KvCache implements AutoCloseable {
  /** What a batch without a cache continues. */
  static final Sequence NOTHING = new Sequence(0);

  private final Scope scope;
  private final List<Tensor> keys = new ArrayList<>(); // of each layer: (capacity, heads, size)
  private final List<Tensor> values = new ArrayList<>();
  private final RowPool pool;
  private final Map<Integer, Sequence> sequences = new TreeMap<>();
  private final int most;
  private int next;

  /** The tokens of one sequence, and in which rows their keys and values lie. */
  static final class Sequence {
    private final int number;
    private int[] ids = {};
    private int[] rows = {};
    private int regime;

    private Sequence(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }

    int length() {
      return ids.length;
    }

    int[] ids() {
      return ids;
    }

    int[] rows() {
      return rows;
    }

    /** The {@link RopeScaling#regime} by which its keys are turned. */
    int regime() {
      return regime;
    }

    void turn(int value) {
      regime = value;
    }
  }

  /**
   * @param capacity 1 to the context length times {@code most}
   * @param most the number of sequences that it holds at a time, at least 1
   */
  KvCache(ModelConfig config, DataType type, Device device, int capacity, int most) {
    checkArgument(most >= 1, "a cache for %s sequences, must be at least 1", most);
    checkArgument(
        capacity >= 1 && capacity <= (long) config.contextLength() * most,
        "cache capacity is %s, must be 1 to the context length %s%s",
        capacity,
        config.contextLength(),
        most == 1 ? "" : " times " + most + " sequences");
    this.scope = Scope.open(device);
    this.pool = new RowPool(capacity);
    this.most = most;
    Operators ops = scope.operators();
    for (int i = 0; i < config.layers(); i++) {
      keys.add(ops.empty(type, capacity, config.keyValueHeads(), config.headSize()));
      values.add(ops.empty(type, capacity, config.keyValueHeads(), config.headSize()));
    }
    add();
  }

  /** Begins an empty sequence and returns its number, which no other sequence of it ever has. */
  public int add() {
    return begin().number();
  }

  /**
   * Begins a sequence with the first {@code tokens} of another, whose keys and values they share,
   * and returns its number.
   */
  public int fork(int sequence, int tokens) {
    Sequence parent = sequence(sequence);
    checkLength(parent, tokens);
    Sequence fork = begin();
    fork.ids = Arrays.copyOf(parent.ids, tokens);
    fork.rows = Arrays.copyOf(parent.rows, tokens);
    fork.regime = parent.regime;
    pool.hold(fork.rows);
    return fork.number();
  }

  private Sequence begin() {
    checkState(
        sequences.size() < most, "the cache holds %s sequences, all that it was made for", most);
    Sequence sequence = new Sequence(next++);
    sequences.put(sequence.number(), sequence);
    return sequence;
  }

  /** Forgets all but the first {@code tokens} of a sequence. */
  public void truncate(int sequence, int tokens) {
    Sequence cut = sequence(sequence);
    checkLength(cut, tokens);
    pool.release(Arrays.copyOfRange(cut.rows, tokens, cut.rows.length));
    cut.ids = Arrays.copyOf(cut.ids, tokens);
    cut.rows = Arrays.copyOf(cut.rows, tokens);
  }

  /** Forgets all but the first {@code tokens} of sequence 0. */
  public void truncate(int tokens) {
    truncate(0, tokens);
  }

  private static void checkLength(Sequence sequence, int tokens) {
    checkArgument(
        tokens >= 0 && tokens <= sequence.length(),
        "%s is not 0 to the length %s",
        tokens,
        sequence.length());
  }

  /** Ends a sequence; rows that no other one shares are free for use by others. */
  public void drop(int sequence) {
    truncate(sequence, 0);
    sequences.remove(sequence);
  }

  /** The number of tokens that a sequence has. */
  public int length(int sequence) {
    return sequence(sequence).length();
  }

  /** The number of tokens that sequence 0 has. */
  public int length() {
    return length(0);
  }

  /** The numbers of its sequences, ascending. */
  public List<Integer> sequences() {
    return List.copyOf(sequences.keySet());
  }

  /** The number of tokens for which it has room, over all sequences. */
  public int capacity() {
    return pool.capacity();
  }

  /** The number of tokens for which it has room still; what sequences share counts once. */
  public int free() {
    return pool.capacity() - pool.held();
  }

  Sequence sequence(int number) {
    Sequence sequence = sequences.get(number);
    checkArgument(
        sequence != null,
        "the cache has no sequence %s, its sequences are %s",
        number,
        sequences.keySet());
    return sequence;
  }

  /** The number of rows held once these sequences have been read again, each on its own. */
  int heldWhenReadAgain(List<Sequence> again) {
    Map<Integer, Integer> leaving = new HashMap<>();
    for (Sequence sequence : again) {
      Ints.asList(sequence.rows).forEach(row -> leaving.merge(row, 1, Integer::sum));
    }
    int freed = 0;
    for (Map.Entry<Integer, Integer> row : leaving.entrySet()) {
      freed += row.getValue() == pool.holders(row.getKey()) ? 1 : 0;
    }
    return pool.held() - freed + again.stream().mapToInt(Sequence::length).sum();
  }

  /** See {@link RowPool#find}. */
  int[] place(Sequence sequence, int count, BitSet taken) {
    int last = sequence.length() == 0 ? -1 : sequence.rows[sequence.length() - 1];
    return pool.find(last, count, taken);
  }

  /** Tokens whose keys and values have been written to these rows. */
  void append(Sequence sequence, int[] ids, int[] rows) {
    pool.hold(rows);
    sequence.ids = Ints.concat(sequence.ids, ids);
    sequence.rows = Ints.concat(sequence.rows, rows);
  }

  /** All keys of a layer, (capacity, key heads, head size). */
  Tensor keys(int layer) {
    return keys.get(layer);
  }

  /** All values of a layer, of the same shape. */
  Tensor values(int layer) {
    return values.get(layer);
  }

  /** Frees its memory; a second call does nothing. */
  @Override
  public void close() {
    scope.close();
  }
}
