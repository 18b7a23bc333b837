package io.telecomllm.knowledge;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.hash.Hashing;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The unit of knowledge: one clause of a specification, or one entry of a glossary. Immutable.
 *
 * @param spec the document, such as {@code TS 38.331}; never empty, without {@code #}
 * @param version the document's version, such as {@code 18.1.0}, or empty
 * @param release the release it belongs to, such as {@code Release 18}; empty if it is valid for
 *     every release
 * @param clause the number or name of the clause, such as {@code 5.3.3}; never empty
 * @param title the clause's heading, or empty
 * @param text the text, one paragraph a line; never blank
 * @param source where it comes from, such as a file or an address, or empty
 */
public record Clause(
    String spec,
    String version,
    String release,
    String clause,
    String title,
    String text,
    String source)
    implements Serializable {

  /** Checks every field: no control characters outside the text, no half surrogate pairs. */
  public Clause {
    Checks.requiredLine("spec", spec);
    checkArgument(spec.indexOf('#') < 0, "spec holds '#', which separates it in an id: %s", spec);
    Checks.line("version", version);
    Checks.line("release", release);
    Checks.requiredLine("clause", clause);
    Checks.line("title", title);
    Checks.text("text", text);
    Checks.line("source", source);
  }

  /** Returns the id of the clause, such as {@code TS 38.331#5.3.3}: the same in every release. */
  public String id() {
    return spec + "#" + clause;
  }

  /**
   * Returns what no other clause of a knowledge base may share: the id, with version and release
   * where it has them, such as {@code TS 38.331#5.3.3 (18.1.0, Release 18)}.
   */
  public String edition() {
    String edition =
        Stream.of(version, release).filter(s -> !s.isEmpty()).collect(Collectors.joining(", "));
    return edition.isEmpty() ? id() : id() + " (" + edition + ")";
  }

  /** Returns what the clauses of one document share, and no others: spec, version and release. */
  String document() {
    return String.join("\u0000", spec, version, release);
  }

  /** Returns the SHA-256 of the text in UTF-8, as 64 hexadecimal digits in lower case. */
  public String sha256() {
    return Hashing.sha256().hashString(text, StandardCharsets.UTF_8).toString();
  }

  /** Returns the SHA-256 of all fields, as 64 hexadecimal digits in lower case. */
  String digest() {
    String all = String.join("\u0000", spec, version, release, clause, title, text, source);
    return Hashing.sha256().hashString(all, StandardCharsets.UTF_8).toString();
  }
}
