package io.telecomllm.knowledge.documents;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.knowledge.Clause;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads documents and cuts them into clauses, a clause for each heading with the text below it.
 *
 * <p>Which specification a document is, is said by these settings, else by its cover ({@code 3GPP
 * TS 23.501 V18.4.0 (2023-12)}), else by its file's name ({@code 23501-i40.docx}); a document that
 * none of them names is called as its file. Lines of clauses and questions say it themselves.
 *
 * <p>A clause is called by its number, or by its title if it has none; text before the first
 * heading is {@code preamble}. A clause with more than {@link #maxWords} words is cut between
 * paragraphs into parts of about equal length, {@code 5.6.1}, {@code 5.6.1 (2)}, {@code 5.6.1 (3)};
 * clauses that share a name are told apart in the same way. The title of a clause begins with the
 * titles above it that have no text of their own. A table is a line for each row, {@code | a | b
 * |}; a footnote and a text box follow the paragraph that they are anchored in; tracked changes are
 * accepted.
 *
 * <p>Immutable and safe for use by several threads; each setting returns a changed copy. An import
 * ends with a {@link java.util.concurrent.CancellationException} if its thread is interrupted.
 */
public final class DocumentImporter {
  /** The most words of a part unless set: small parts with their heading are found best. */
  private static final int DEFAULT_MAX_WORDS = 250;

  private static final int LEAST_WORDS = 50;
  private static final int MOST_WORDS = 50_000;

  private final Edition edition;
  private final int maxWords;
  private final ImportListener listener;

  private DocumentImporter(Edition edition, int maxWords, ImportListener listener) {
    this.edition = edition;
    this.maxWords = maxWords;
    this.listener = listener;
  }

  /** Creates an importer that takes specification, version and release from each document. */
  public static DocumentImporter create() {
    return new DocumentImporter(new Edition("", "", ""), DEFAULT_MAX_WORDS, ImportListener.none());
  }

  /** Sets which specification the documents are, such as {@code TS 23.501}; default: their own. */
  public DocumentImporter spec(String spec) {
    checkLine("spec", spec);
    checkArgument(spec.indexOf('#') < 0, "spec holds '#', which separates it in an id: %s", spec);
    return with(new Edition(spec, edition.version(), edition.release()));
  }

  /** Sets the version of the documents, such as {@code 18.4.0}; default: their own. */
  public DocumentImporter version(String version) {
    checkLine("version", version);
    return with(new Edition(edition.spec(), version, edition.release()));
  }

  /** Sets the release of the documents, such as {@code Release 18}; default: their own. */
  public DocumentImporter release(String release) {
    checkLine("release", release);
    return with(new Edition(edition.spec(), edition.version(), release));
  }

  /** Sets the most words of a part of a clause, 50 to 50,000; default 250. */
  public DocumentImporter maxWords(int words) {
    checkArgument(
        words >= LEAST_WORDS && words <= MOST_WORDS,
        "maxWords is %s, must be %s to %s",
        words,
        LEAST_WORDS,
        MOST_WORDS);
    return new DocumentImporter(edition, words, listener);
  }

  /** Sets the listener to notify; default: none. */
  public DocumentImporter listener(ImportListener value) {
    return new DocumentImporter(edition, maxWords, requireNonNull(value, "listener is null"));
  }

  /**
   * Imports a file, or all files in a folder and those below it, sorted by name. Names that begin
   * with {@code .} or {@code ~$} are left out.
   *
   * @param fileOrFolder a file of a known format, or a folder
   * @param receiver takes each clause, those of a file once it was read to its end
   * @throws io.telecomllm.InvalidDataException if a file that was given by itself is missing,
   *     damaged, hostile or of an unknown format; in a folder such a file is listed in the report
   * @throws io.telecomllm.IncompatibleException if a library that the format needs is not there
   */
  public ImportReport read(Path fileOrFolder, Consumer<Clause> receiver) {
    requireNonNull(fileOrFolder, "fileOrFolder is null");
    return read(List.of(fileOrFolder), receiver);
  }

  /** Imports files and folders in this order, as {@link #read(Path, Consumer)} does. */
  public ImportReport read(List<Path> filesAndFolders, Consumer<Clause> receiver) {
    requireNonNull(filesAndFolders, "filesAndFolders is null");
    requireNonNull(receiver, "receiver is null");
    return new ImportRun(edition, maxWords, listener, receiver).read(List.copyOf(filesAndFolders));
  }

  /** Imports a file or folder and returns all clauses with the report. */
  public Imported read(Path fileOrFolder) {
    return read(List.of(requireNonNull(fileOrFolder, "fileOrFolder is null")));
  }

  /** Imports files and folders in this order and returns all clauses with the report. */
  public Imported read(List<Path> filesAndFolders) {
    requireNonNull(filesAndFolders, "filesAndFolders is null");
    List<Clause> clauses = new ArrayList<>();
    ImportReport report = read(filesAndFolders, clauses::add);
    return new Imported(clauses, report);
  }

  private DocumentImporter with(Edition changed) {
    return new DocumentImporter(changed, maxWords, listener);
  }

  private static void checkLine(String name, String value) {
    requireNonNull(value, name + " is null");
    boolean plain = value.equals(value.strip()) && value.chars().noneMatch(Character::isISOControl);
    checkArgument(
        plain && !value.isEmpty() && value.length() <= 100,
        "%s is '%s', expected 1 to 100 characters on one line without space around them",
        name,
        value);
  }
}
