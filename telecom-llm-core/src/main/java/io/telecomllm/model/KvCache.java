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
 * The keys and values of the tokens that a model has read, so that they are computed only once.
 *
 * <p>A cache begins with one empty sequence, number 0; a cache for one sequence needs no other. A
 * cache for several can {@code add} empty sequences and {@code fork} a sequence: the fork shares
 * the keys and values of its beginning, which take no additional memory. A sequence grows when a
 * {@link TokenBatch} continues it, can be truncated, and frees its rows when it is dropped. If a
 * batch continues a sequence in several ways (the options of a question), its rows are read but not
 * kept. A pass that fails leaves its sequences as they were; one whose tokens were being read
 * again, for other rotations, is left empty.
 *
 * <p>For one thread at a time. It owns its memory.
 */
@Internal
public final class KvCache implements AutoCloseable {
  /** The empty sequence that a batch continues if there is no cache. */
  static final Sequence NOTHING = new Sequence(0);

  private final Scope scope;
  private final List<Tensor> keys = new ArrayList<>(); // of each layer: (capacity, heads, size)
  private final List<Tensor> values = new ArrayList<>();
  private final RowPool pool;
  private final Map<Integer, Sequence> sequences = new TreeMap<>();
  private final int most;
  private int next;

  /** The tokens of one sequence, and the rows that hold their keys and values. */
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

    /** Returns the {@link RopeScaling#regime} by which its keys are rotated. */
    int regime() {
      return regime;
    }

    void turn(int value) {
      regime = value;
    }
  }

  /**
   * Creates a cache with one empty sequence.
   *
   * @param capacity the number of tokens of all sequences, 1 to the context length times {@code
   *     most}
   * @param most the largest number of sequences at a time, at least 1
   */
  KvCache(ModelConfig config, DataType type, Device device, int capacity, int most) {
    checkArgument(most >= 1, "the number of sequences is %s, must be at least 1", most);
    checkArgument(
        capacity >= 1 && capacity <= (long) config.contextLength() * most,
        "cache capacity is %s, must be 1 to the context length %s%s",
        capacity,
        config.contextLength(),
        most == 1 ? "" : " times " + most + " sequences");
    this.scope = Scope.open(device);
    this.pool = new RowPool(capacity);
    this.most = most;
    try {
      Operators ops = scope.operators();
      for (int i = 0; i < config.layers(); i++) {
        keys.add(ops.empty(type, capacity, config.keyValueHeads(), config.headSize()));
        values.add(ops.empty(type, capacity, config.keyValueHeads(), config.headSize()));
      }
    } catch (RuntimeException e) {
      scope.close();
      throw e;
    }
    add();
  }

  /** Adds an empty sequence and returns its number. Numbers of dropped sequences are not reused. */
  public int add() {
    return begin().number();
  }

  /**
   * Adds a sequence that begins with the first {@code tokens} tokens of another, and returns its
   * number. The two share the keys and values of these tokens.
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
    checkState(sequences.size() < most, "the cache already holds %s sequences, its maximum", most);
    Sequence sequence = new Sequence(next++);
    sequences.put(sequence.number(), sequence);
    return sequence;
  }

  /** Removes all tokens of a sequence but the first {@code tokens}. */
  public void truncate(int sequence, int tokens) {
    Sequence cut = sequence(sequence);
    checkLength(cut, tokens);
    pool.release(Arrays.copyOfRange(cut.rows, tokens, cut.rows.length));
    cut.ids = Arrays.copyOf(cut.ids, tokens);
    cut.rows = Arrays.copyOf(cut.rows, tokens);
  }

  /** Removes all tokens of sequence 0 but the first {@code tokens}. */
  public void truncate(int tokens) {
    truncate(0, tokens);
  }

  private static void checkLength(Sequence sequence, int tokens) {
    checkArgument(
        tokens >= 0 && tokens <= sequence.length(),
        "tokens is %s, must be 0 to the length %s",
        tokens,
        sequence.length());
  }

  /** Removes a sequence; its rows become free unless another sequence shares them. */
  public void drop(int sequence) {
    truncate(sequence, 0);
    sequences.remove(sequence);
  }

  /** Returns the number of tokens of a sequence. */
  public int length(int sequence) {
    return sequence(sequence).length();
  }

  /** Returns the number of tokens that a sequence and these ids both begin with. */
  public int common(int sequence, int... ids) {
    int[] own = sequence(sequence).ids();
    int limit = Math.min(own.length, ids.length);
    int different = Arrays.mismatch(own, 0, limit, ids, 0, limit);
    return different < 0 ? limit : different;
  }

  /** Returns the number of tokens of sequence 0. */
  public int length() {
    return length(0);
  }

  /** Returns the numbers of the sequences, ascending. */
  public List<Integer> sequences() {
    return List.copyOf(sequences.keySet());
  }

  /** Returns the number of tokens that all sequences together can have. */
  public int capacity() {
    return pool.capacity();
  }

  /**
   * Returns the number of tokens that can still be added; tokens that sequences share count once.
   */
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

  /** Returns the number of rows held after these sequences have been read again, sharing none. */
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

  /** Returns free rows for the next tokens of a sequence, see {@link RowPool#find}. */
  int[] place(Sequence sequence, int count, BitSet taken) {
    int last = sequence.length() == 0 ? -1 : sequence.rows[sequence.length() - 1];
    return pool.find(last, count, taken);
  }

  /** Adds tokens whose keys and values have been written to these rows. */
  void append(Sequence sequence, int[] ids, int[] rows) {
    pool.hold(rows);
    sequence.ids = Ints.concat(sequence.ids, ids);
    sequence.rows = Ints.concat(sequence.rows, rows);
  }

  /** Returns all keys of a layer, (capacity, key-value heads, head size). */
  Tensor keys(int layer) {
    return keys.get(layer);
  }

  /** Returns all values of a layer, (capacity, key-value heads, head size). */
  Tensor values(int layer) {
    return values.get(layer);
  }

  /** Frees its memory; a second call does nothing. */
  @Override
  public void close() {
    scope.close();
  }
}
