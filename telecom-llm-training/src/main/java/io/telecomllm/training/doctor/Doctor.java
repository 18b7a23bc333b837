package io.telecomllm.training.doctor;

import static java.util.Objects.requireNonNull;

import io.telecomllm.TelecomLlmException;
import io.telecomllm.lineage.Versions;
import io.telecomllm.tensor.AttentionOperators;
import io.telecomllm.tensor.ComputeType;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.NativeLibrary;
import io.telecomllm.tensor.OperatorComparison;
import io.telecomllm.tensor.OperatorComparison.Difference;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Threads;
import io.telecomllm.training.doctor.DoctorReport.OperatorCheck;
import io.telecomllm.training.memory.HostMemory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Tells what a machine can do for this library, in a few seconds and without a model: run it first
 * on a new machine, and put what it prints into a report of a problem.
 *
 * <p>It never throws: what does not work is a line of {@link DoctorReport#problems}.
 */
public final class Doctor {
  /** What a check takes: 310 to 350 MiB were measured in containers of 448 to 768 MiB. */
  private static final long LEAST_MEMORY = 400L << 20;

  private final Map<String, String> facts = new LinkedHashMap<>();
  private final List<OperatorCheck> operators = new ArrayList<>();
  private final List<String> notCompared = new ArrayList<>();
  private final Map<String, Double> speeds = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();

  private Doctor() {}

  /**
   * Prints the report of a device and ends the process: with status 0 if everything works, else 1.
   *
   * @param arguments a device ({@code cpu}, {@code cuda}, {@code cuda:1}); none for the first GPU,
   *     or the CPU if there is none
   */
  public static void main(String... arguments) {
    Supplier<Device> device =
        arguments.length == 0 ? Device::best : () -> Device.parse(arguments[0]);
    DoctorReport report = new Doctor().report(device);
    System.out.print(report);
    System.exit(report.ok() ? 0 : 1);
  }

  /** Checks the first GPU, or the CPU if there is none. */
  public static DoctorReport check() {
    return new Doctor().report(Device::best);
  }

  /** Checks a device. */
  public static DoctorReport check(Device device) {
    requireNonNull(device, "device is null");
    return new Doctor().report(() -> device);
  }

  private DoctorReport report(Supplier<Device> wanted) {
    facts.put("telecom-llm", Versions.library());
    facts.put("java", Runtime.version() + ", " + System.getProperty("java.vm.name"));
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    facts.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
    long machine = HostMemory.limit();
    facts.put(
        "memory",
        mebibytes(machine)
            + " of the machine or container, heap up to "
            + mebibytes(Runtime.getRuntime().maxMemory()));
    if (machine < LEAST_MEMORY) {
      problems.add(
          "the machine or container has "
              + mebibytes(machine)
              + ", a check needs "
              + mebibytes(LEAST_MEMORY)
              + "; it was not loaded");
    } else {
      attempt("the native library", () -> nativeLibrary(wanted));
    }
    return new DoctorReport(facts, operators, notCompared, speeds, problems);
  }

  private void nativeLibrary(Supplier<Device> wanted) {
    Map<String, String> versions = Versions.current();
    facts.put("libtorch", versions.get("libtorch") + " by DJL " + versions.get("djl"));
    facts.put("loaded from", NativeLibrary.folder().toString());
    facts.put("GPUs", String.valueOf(NativeLibrary.gpus()));
    facts.put("threads", Threads.describe());
    Device device = wanted.get();
    facts.put("device", device.toString());
    // says once that it is absent
    Scope.open(device).close();
    DataType type = ComputeType.fastest(device);
    facts.put("compute type", type + ": " + ComputeType.reason(device));
    facts.put("attention", AttentionOperators.describe(device, type));
    attempt("operators in " + type, () -> compare(device, type));
    if (type != DataType.FLOAT32) {
      attempt("operators in FLOAT32", () -> compare(device, DataType.FLOAT32));
    }
    attempt("speed", () -> speeds.putAll(Trials.speeds(device, type)));
  }

  private void compare(Device device, DataType type) {
    List<Difference> differences;
    try (OperatorComparison comparison = OperatorComparison.open()) {
      Trials.run(device, type);
      differences = comparison.differences();
    }
    for (Difference difference : differences) {
      OperatorCheck check =
          new OperatorCheck(
              difference.operator() + (type == DataType.FLOAT32 ? "" : " " + type),
              difference.calls(),
              difference.largest(),
              tolerance(type));
      operators.add(check);
      if (!check.ok()) {
        problems.add(
            "operator "
                + check.operator()
                + " differs from the CPU's by "
                + check.largestDifference()
                + " of its largest value, expected at most "
                + check.tolerance());
      }
    }
    Set<String> missing = new TreeSet<>(Operators.names());
    missing.removeAll(differences.stream().map(Difference::operator).collect(Collectors.toSet()));
    notCompared.clear();
    notCompared.addAll(missing);
  }

  /** A rounding of the type is half of this; sums and backward passes have several. */
  private static double tolerance(DataType type) {
    return switch (type) {
      case BFLOAT16 -> 1.0 / 32;
      case FLOAT16 -> 1.0 / 256;
      default -> 1e-4;
    };
  }

  private void attempt(String what, Runnable check) {
    try {
      check.run();
    } catch (TelecomLlmException | IllegalArgumentException e) {
      problems.add(what + ": " + e.getMessage());
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      problems.add(what + ": " + e);
    }
  }

  private static String mebibytes(long bytes) {
    return (bytes >> 20) + " MiB";
  }
}
