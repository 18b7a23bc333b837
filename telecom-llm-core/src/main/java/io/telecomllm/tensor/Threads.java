package io.telecomllm.tensor;

import static com.google.common.base.Preconditions.checkArgument;

import ai.djl.pytorch.jni.JniUtils;
import com.google.common.base.Suppliers;
import io.telecomllm.Internal;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The number of threads that operators compute with in this process. Unless it is set, it is the
 * number of cores, those of a container if it has a limit, and under Linux fewer while others use
 * them, also other threads of this process.
 *
 * <p>The system property {@code telecomllm.threads} sets it before the first operator: {@code auto}
 * for the default, {@code cores} for the number of cores whoever else uses them, or a number. It is
 * {@code cores} too if the environment already says how threads compute and wait ({@code
 * OMP_NUM_THREADS}, {@code OMP_WAIT_POLICY}, {@code GOMP_SPINCOUNT}, {@code MKL_NUM_THREADS}).
 */
public final class Threads {
  /** The largest number of threads. */
  @Internal public static final int MOST = 1024;

  private static final String PROPERTY = "telecomllm.threads";
  private static final String AUTO = "auto";
  private static final String CORES = "cores";
  private static final List<String> COUNTS = List.of("OMP_NUM_THREADS", "MKL_NUM_THREADS");
  private static final List<String> WAITS = List.of("OMP_WAIT_POLICY", "GOMP_SPINCOUNT");

  /** How many threads to use, as the property, the environment and the machine say. */
  private static final Supplier<Choice> CHOICE = Suppliers.memoize(Threads::choice);

  /** Set by {@link #use}, 0 before. */
  private static volatile int fixed;

  /** What one thread knows of itself. */
  private static final class Own {
    private int set; // what libtorch was told, 0 before the first operator
    private int wanted; // set by useHere, 0 before
  }

  private static final ThreadLocal<Own> OWN = ThreadLocal.withInitial(Own::new);

  /**
   * @param count the number of threads
   * @param shared gives the number for the next operator; null if it is always {@code count}
   */
  private record Choice(int count, @Nullable SharedCores shared) {}

  private Threads() {}

  /**
   * Sets the number of threads for each computation of this process. With one thread every sum is
   * added in one order, so a run gives the same bits each time.
   *
   * @param count the number of threads, 1 to 1024
   */
  public static void use(int count) {
    fixed = checked(count);
    follow();
  }

  /** Sets the number of threads for the computations of the calling thread alone. */
  @Internal
  public static void useHere(int count) {
    OWN.get().wanted = checked(count);
    follow();
  }

  private static int checked(int count) {
    checkArgument(count >= 1 && count <= MOST, "count is %s, must be 1 to %s", count, MOST);
    return count;
  }

  /** Returns the number of threads that this thread computes with where it has all cores. */
  public static int count() {
    int own = OWN.get().wanted;
    if (own > 0) {
      return own;
    }
    return fixed > 0 ? fixed : CHOICE.get().count();
  }

  /** Returns how many threads there are and why, for people. */
  @Internal
  public static String describe() {
    String why =
        fixed > 0
            ? "set by the program"
            : CHOICE.get().shared() == null
                ? "fixed by " + PROPERTY + ", the environment, or the system"
                : "fewer while others use the cores; " + PROPERTY + "=cores keeps them";
    return count() + ", " + why;
  }

  /** Gives the calling thread's next operator as many threads as it should have. */
  static void follow() {
    Own own = OWN.get();
    int next = own.wanted > 0 ? own.wanted : fixed > 0 ? fixed : chosen();
    if (next != own.set) {
      NativeLibrary.engine();
      JniUtils.setNumThreads(next);
      own.set = next;
    }
  }

  private static int chosen() {
    Choice choice = CHOICE.get();
    SharedCores shared = choice.shared();
    return shared == null ? choice.count() : shared.threads();
  }

  private static Choice choice() {
    NativeLibrary.engine();
    boolean counted = anySet(COUNTS);
    boolean decided = counted || anySet(WAITS);
    // libtorch counts the machine's cores, the virtual machine knows what a container may use
    int cores =
        counted
            ? JniUtils.getNumThreads()
            : Math.min(JniUtils.getNumThreads(), Runtime.getRuntime().availableProcessors());
    String setting = System.getProperty(PROPERTY, AUTO).strip().toLowerCase(Locale.ROOT);
    if (setting.matches("[0-9]{1,4}")) {
      return new Choice(checked(Integer.parseInt(setting)), null);
    }
    checkArgument(
        setting.equals(AUTO) || setting.equals(CORES),
        "the property %s is %s, must be auto, cores or a number from 1 to %s",
        PROPERTY,
        setting,
        MOST);
    boolean alone = decided || setting.equals(CORES) || cores == 1 || !SharedCores.known();
    return new Choice(cores, alone ? null : new SharedCores(cores));
  }

  private static boolean anySet(List<String> variables) {
    return variables.stream().anyMatch(name -> System.getenv(name) != null);
  }
}
