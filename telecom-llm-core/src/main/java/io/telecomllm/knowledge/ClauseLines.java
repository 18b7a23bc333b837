package io.telecomllm.knowledge;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Reads clauses from JSON Lines, in the form that {@link KnowledgeBase#read(Path)} describes. */
@Internal
public final class ClauseLines {
  private static final RecordLines<Clause> FORMAT =
      new RecordLines<>(
          Set.of("spec", "clause", "text"),
          Set.of("version", "release", "title", "source", "sha256"),
          ClauseLines::clause,
          Clause::edition);

  private ClauseLines() {}

  /** Passes each clause of a file to the receiver, in order. */
  public static void read(Path file, Consumer<Clause> receiver) {
    FORMAT.read(file, receiver);
  }

  /** Passes each clause of a stream to the receiver, in order; the caller closes the stream. */
  static void read(InputStream stream, String name, Consumer<Clause> receiver) {
    FORMAT.read(stream, name, receiver);
  }

  private static Clause clause(Map<String, String> fields) {
    Clause clause =
        new Clause(
            fields.getOrDefault("spec", ""),
            fields.getOrDefault("version", ""),
            fields.getOrDefault("release", ""),
            fields.getOrDefault("clause", ""),
            fields.getOrDefault("title", ""),
            fields.getOrDefault("text", ""),
            fields.getOrDefault("source", ""));
    String expected = fields.getOrDefault("sha256", "");
    checkArgument(
        expected.isEmpty() || expected.equals(clause.sha256()),
        "sha256 of the text is %s, expected %s",
        clause.sha256(),
        expected);
    return clause;
  }
}
