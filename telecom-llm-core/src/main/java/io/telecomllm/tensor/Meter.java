package io.telecomllm.tensor;

import ai.djl.pytorch.engine.PtNDArray;
import io.telecomllm.Internal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Measures what a computation would take, without computing. While a meter is open, the operators
 * that its thread calls on {@link Device#meta()} make tensors that have a shape but no memory. The
 * meter adds up the memory that these tensors would hold, what operators would allocate within a
 * call, and what they would compute ({@link Cost}). The measured code is the code that really runs;
 * it notices the meter only because all numbers that it reads from tensors are 0.
 *
 * <p>A tensor counts under the phase in which it was made until it is freed; a view counts as part
 * of the tensor that it shows. For one thread, which can have one open meter at a time.
 */
@Internal
public final class Meter implements AutoCloseable {
  private static final ThreadLocal<Meter> CURRENT = new ThreadLocal<>();

  /** Operators whose result shares the memory of their first argument. */
  private static final Set<String> VIEWS = Set.of("narrow", "reshape", "transpose");

  /** The memory of a tensor and of its views. */
  private static final class Memory {
    private final long bytes;
    private String phase;
    private int users;

    private Memory(long bytes, String phase) {
      this.bytes = bytes;
      this.phase = phase;
    }
  }

  private record Held(PtNDArray array, Memory memory) {}

  private final IdentityHashMap<PtNDArray, Memory> known = new IdentityHashMap<>();
  private final List<Held> held = new ArrayList<>();
  private final Set<Memory> lasting = new HashSet<>(); // held when counting began
  private final Set<Cost.Product> products = new HashSet<>();
  private String phase = "";
  private boolean counting;
  private long bytes;
  private long peak;
  private Set<Memory> atPeak = Set.of();
  private String phaseAtPeak = "";
  private long temporaryAtPeak;
  private Cost total = Cost.NONE;
  private long written;

  private Meter() {}

  /**
   * Opens a meter for this thread.
   *
   * @throws IllegalStateException if the thread already has an open meter
   */
  public static Meter open() {
    if (CURRENT.get() != null) {
      throw new IllegalStateException("this thread has an open meter");
    }
    Meter meter = new Meter();
    CURRENT.set(meter);
    return meter;
  }

  /** Returns the open meter of this thread, or null. */
  static @Nullable Meter current() {
    return CURRENT.get();
  }

  /** Begins a phase: tensors that are made from now on count under its name. */
  public void phase(String name) {
    phase = name;
  }

  /** Renames the phase of what is held now, within the peak as well. */
  public void rename(String from, String to) {
    free();
    for (Held one : held) {
      if (one.memory().phase.equals(from)) {
        one.memory().phase = to;
      }
    }
  }

  /**
   * Starts counting: the peak, what is written and what is computed start here. What is held now is
   * counted as held until the meter is closed.
   */
  public void restart() {
    free();
    held.forEach(one -> lasting.add(one.memory()));
    held.clear();
    counting = true;
    peak = 0;
    total = Cost.NONE;
    written = 0;
    products.clear();
    note(0);
  }

  /** Returns the number of bytes held now. */
  public long held() {
    free();
    return bytes;
  }

  /**
   * Returns the bytes held at the peak since {@link #restart}, by phase, with those allocated
   * within a call.
   */
  public Map<String, Long> peak() {
    Map<String, Long> all = new TreeMap<>();
    atPeak.forEach(memory -> all.merge(memory.phase, memory.bytes, Long::sum));
    all.merge(phaseAtPeak, temporaryAtPeak, Long::sum);
    return all;
  }

  /**
   * Returns the bytes written since {@link #restart}: results, temporaries and {@link
   * Cost#written()}.
   */
  public long written() {
    return written;
  }

  /** Returns the number of multiplications in matrix products since {@link #restart}. */
  public double multiplications() {
    return total.multiplications();
  }

  /** Returns the number of weights unpacked since {@link #restart}. */
  public double unpacked() {
    return total.unpacked();
  }

  /** Returns the different matrix products since {@link #restart}. */
  public Set<Cost.Product> products() {
    return Set.copyOf(products);
  }

  /** Counts a call that changes its arguments and has no result. */
  void ran(String operator, Object... arguments) {
    made(List.of(), operator, arguments);
  }

  /** Counts a call that has results. */
  void made(List<Tensor> results, String operator, Object... arguments) {
    for (Tensor result : results) {
      Memory memory = memory(result, operator, arguments);
      memory.users++;
      known.put(result.array(), memory);
      held.add(new Held(result.array(), memory));
    }
    if (counting) {
      free();
      Cost cost = Cost.of(operator, arguments);
      written += cost.temporary() + cost.written();
      total = total.plus(cost);
      products.addAll(cost.products());
      note(cost.temporary());
    }
  }

  private Memory memory(Tensor result, String operator, Object... arguments) {
    boolean view =
        VIEWS.contains(operator)
            || (operator.equals("to")
                && Operators.type(result) == Operators.type((Tensor) arguments[0]));
    Memory shared = view ? known.get(((Tensor) arguments[0]).array()) : null;
    if (shared != null) {
      return shared;
    }
    Memory own = new Memory(Cost.bytes(result), phase);
    bytes += own.bytes;
    written += own.bytes;
    return own;
  }

  private void note(long temporary) {
    if (bytes + temporary > peak) {
      peak = bytes + temporary;
      temporaryAtPeak = temporary;
      phaseAtPeak = phase;
      atPeak = new HashSet<>(lasting);
      held.forEach(one -> atPeak.add(one.memory()));
    }
  }

  /** Removes the tensors that have been freed. */
  private void free() {
    held.removeIf(
        one -> {
          boolean freed = one.array().isReleased();
          if (freed) {
            known.remove(one.array());
            one.memory().users--;
            bytes -= one.memory().users == 0 ? one.memory().bytes : 0;
          }
          return freed;
        });
  }

  /** Ends the measurement; the operators of this thread compute again. */
  @Override
  public void close() {
    CURRENT.remove();
  }
}
