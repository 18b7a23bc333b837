package io.telecomllm.testing;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.TreeMap;

/**
 * A row of {@code target/reliability.json}: a fault, in how many cases it was made to happen, and
 * in how many the test saw what must be seen. Closing writes it in place of the row of that name,
 * also when the test fails; test classes and processes of a module write one after the other.
 *
 * <pre>{@code
 * try (Reliability kills = Reliability.of("kill -9 while training")) {
 *   kills.begins();
 *   ...
 *   kills.passed();
 * }
 * }</pre>
 */
public final class Reliability implements AutoCloseable {
  private final Path file;
  private final String fault;
  private long cases;
  private long passed;
  private String note = "";

  private Reliability(Path file, String fault) {
    this.file = file;
    this.fault = fault;
  }

  /** Counts the cases of a fault, for the module under test. */
  public static Reliability of(String fault) {
    return in(Path.of("target", "reliability.json"), fault);
  }

  /** The same in another file. */
  static Reliability in(Path file, String fault) {
    return new Reliability(file, fault);
  }

  /** A case begins. */
  public void begins() {
    cases++;
  }

  /** The case that began last ended as it must. */
  public void passed() {
    passed++;
  }

  /** So many cases passed. */
  public void passed(long count) {
    cases += count;
    passed += count;
  }

  /** Says what was measured, such as a largest difference. */
  public void note(String value) {
    note = value;
  }

  /** Writes the row. */
  @Override
  public void close() {
    // a lock of the system keeps out processes, not threads
    synchronized (Reliability.class) {
      Path lock = file.resolveSibling(file.getFileName() + ".lock");
      try {
        Files.createDirectories(file.toAbsolutePath().getParent());
        try (FileChannel channel =
                FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock held = channel.lock()) {
          merge();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void merge() throws IOException {
    TreeMap<String, JsonElement> rows = new TreeMap<>();
    if (Files.exists(file)) {
      for (JsonElement row : JsonParser.parseString(Files.readString(file)).getAsJsonArray()) {
        rows.put(row.getAsJsonObject().get("fault").getAsString(), row);
      }
    }
    JsonObject row = new JsonObject();
    row.addProperty("fault", fault);
    row.addProperty("cases", cases);
    row.addProperty("passed", passed);
    row.addProperty("note", note);
    row.addProperty("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    rows.put(fault, row);
    JsonArray all = new JsonArray();
    rows.values().forEach(all::add);
    Path whole = file.resolveSibling(file.getFileName() + ".tmp");
    Files.writeString(
        whole,
        new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create().toJson(all) + "\n");
    Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
