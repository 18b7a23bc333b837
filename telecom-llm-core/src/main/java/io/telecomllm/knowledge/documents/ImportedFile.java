package io.telecomllm.knowledge.documents;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What an import made of one file. Immutable.
 *
 * @param name the file's path below the imported folder, or its name if it was given by itself
 * @param format how it was read
 * @param sha256 the digest of the file, as 64 hexadecimal digits in lower case
 * @param spec the specification of its clauses; empty for files whose lines name their own
 * @param version its version, or empty
 * @param release its release, or empty
 * @param clauses the number of clauses that were passed on
 * @param omissions what was left out, by reason
 * @param failure why the file could not be read; empty if it was
 */
public record ImportedFile(
    String name,
    DocumentFormat format,
    String sha256,
    String spec,
    String version,
    String release,
    int clauses,
    List<Omission> omissions,
    String failure) {
  /** Checks the count. */
  public ImportedFile {
    checkArgument(clauses >= 0, "clauses is %s, must not be negative", clauses);
    omissions = List.copyOf(omissions);
  }

  /** Returns it in words, on one line. */
  @Override
  public String toString() {
    if (!failure.isEmpty()) {
      return name + ": " + failure;
    }
    String edition = String.join(" ", List.of(spec, version, release)).replaceAll(" +", " ");
    String what = edition.isBlank() ? "" : edition.strip() + ", ";
    String line = name + ": " + what + "clauses: " + clauses;
    String omitted = omissions.stream().map(Omission::toString).collect(Collectors.joining(", "));
    return omitted.isEmpty() ? line : line + "; left out: " + omitted;
  }
}
