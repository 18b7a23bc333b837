package io.telecomllm.inference.audit;

import io.telecomllm.files.Disk;
import io.telecomllm.files.FileOperations;
import io.telecomllm.generation.FinishReason;
import io.telecomllm.generation.Generation;
import io.telecomllm.inference.audit.AuditEntry.Choice;
import io.telecomllm.inference.audit.AuditEntry.Prompt;
import io.telecomllm.inference.audit.AuditEntry.Reference;
import io.telecomllm.inference.audit.AuditEntry.Setup;
import io.telecomllm.inference.audit.AuditEntry.Text;
import io.telecomllm.inference.audit.AuditEntry.Written;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;

/** Entries and logs for tests. */
final class AuditTesting {
  static final Clock CLOCK =
      Clock.fixed(Instant.parse("2024-05-06T07:08:09.123456Z"), ZoneOffset.UTC);
  static final AuditSettings SETTINGS = AuditSettings.defaults().withClock(CLOCK);
  static final Setup SETUP =
      new Setup(
          "a".repeat(64),
          Optional.of("b".repeat(64)),
          "chatml",
          "1.2.3",
          Optional.of("c".repeat(64)));

  private AuditTesting() {}

  static AuditEntry choice(int seed) {
    Random random = new Random(seed);
    return AuditEntry.of(
        SETUP,
        Text.of("What is \"" + seed + "\"? \u00e9\u2028<&>\n"),
        List.of(Text.of("A " + seed), Text.of("B"), Text.of("C")),
        Prompt.of(random.ints(20, 0, 100_000).toArray()),
        List.of(new Reference("TS 38.331#5.3.3", "d".repeat(64))),
        new Choice(
            List.of(-random.nextDouble(), random.nextGaussian(), -1e-300 * random.nextDouble()),
            seed % 4 == 3 ? OptionalInt.empty() : OptionalInt.of(seed % 3)));
  }

  static AuditEntry text(int seed) {
    return AuditEntry.of(
        SETUP,
        Text.of("Why " + seed + "?"),
        Prompt.of(seed),
        List.of(),
        new Written(FinishReason.LENGTH, "e".repeat(64), new Generation.Usage(7, 1, 5, 3, 2)));
  }

  /** Writes choices, about {@code perFile} in a file. */
  static List<AuditRecord> write(Path folder, int count, int perFile) {
    List<AuditRecord> records = new ArrayList<>();
    int bytes = AuditLine.of(0, CLOCK.instant(), choice(0), AuditRecord.START).utf8().length;
    long most = (long) bytes * perFile + bytes / 2;
    try (AuditLog log = AuditLog.open(folder, SETTINGS.withBytesPerFile(most))) {
      IntStream.range(0, count).forEach(i -> records.add(log.append(choice(i))));
    }
    return records;
  }

  static List<AuditRecord> read(Path folder) {
    List<AuditRecord> records = new ArrayList<>();
    AuditLog.read(folder, records::add);
    return records;
  }

  /** A disk that fails as its fields say; it counts what it forces. */
  static final class Faults {
    /** How many bytes can still be appended. */
    long space = Long.MAX_VALUE;

    /** The operation that is refused. */
    String refused = "";

    final List<Path> forced = new ArrayList<>();

    Disk disk() {
      FileOperations real = FileOperations.real();
      return new Disk(
          (FileOperations)
              Proxy.newProxyInstance(
                  FileOperations.class.getClassLoader(),
                  new Class<?>[] {FileOperations.class},
                  (proxy, method, arguments) -> {
                    if (method.getName().equals(refused)) {
                      throw new AccessDeniedException(arguments[0].toString());
                    }
                    if (method.getName().equals("force")) {
                      synchronized (forced) {
                        forced.add((Path) arguments[0]);
                      }
                    }
                    try {
                      Object result = method.invoke(real, arguments);
                      return result instanceof OutputStream out ? limited(out) : result;
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    }
                  }));
    }

    private OutputStream limited(OutputStream out) {
      return new OutputStream() {
        @Override
        public void write(int b) throws IOException {
          write(new byte[] {(byte) b});
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
          int fits = (int) Math.min(space, length);
          out.write(bytes, from, fits);
          space -= fits;
          if (fits < length) {
            throw new IOException("No space left on device");
          }
        }

        @Override
        public void close() throws IOException {
          out.close();
        }
      };
    }
  }
}
