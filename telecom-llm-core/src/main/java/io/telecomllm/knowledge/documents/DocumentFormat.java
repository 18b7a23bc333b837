package io.telecomllm.knowledge.documents;

import com.google.common.io.MoreFiles;
import io.telecomllm.InvalidDataException;
import io.telecomllm.json.JsonLines;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** The formats that can be imported, told apart by the end of a file's name. */
public enum DocumentFormat {
  /** Word's format since 2007: {@code .docx}. */
  DOCX,
  /** PDF with text: {@code .pdf}. Needs PDFBox. */
  PDF,
  /** HTML: {@code .html}, {@code .htm}, {@code .xhtml}. Needs jsoup. */
  HTML,
  /** Markdown with tables: {@code .md}, {@code .markdown}. Needs commonmark and jsoup. */
  MARKDOWN,
  /** Clauses as {@code KnowledgeBase.read} takes them: {@code .jsonl} whose lines have a clause. */
  CLAUSES,
  /** Questions as {@code TeleQnADataset.read} takes them: {@code .jsonl}, {@code .json}, .zip. */
  QUESTIONS;

  private static final int MAX_LINE_BYTES = 1 << 24;

  /**
   * Returns the format of a file by its name, and for {@code .jsonl} by its first line; empty if it
   * is none of these.
   *
   * @throws InvalidDataException if the first line of a {@code .jsonl} file is no JSON object
   */
  public static Optional<DocumentFormat> of(Path file) {
    return switch (MoreFiles.getFileExtension(file).toLowerCase(Locale.ROOT)) {
      case "docx" -> Optional.of(DOCX);
      case "pdf" -> Optional.of(PDF);
      case "html", "htm", "xhtml" -> Optional.of(HTML);
      case "md", "markdown" -> Optional.of(MARKDOWN);
      case "json", "zip" -> Optional.of(QUESTIONS);
      case "jsonl" -> Optional.of(hasClauses(file) ? CLAUSES : QUESTIONS);
      default -> Optional.empty();
    };
  }

  private static boolean hasClauses(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return JsonLines.of(file.toString(), in, MAX_LINE_BYTES)
          .next()
          .map(line -> line.object().names().contains("clause"))
          .orElse(true);
    } catch (IOException e) {
      throw new InvalidDataException(file + ": cannot be read: " + e, e);
    }
  }
}
