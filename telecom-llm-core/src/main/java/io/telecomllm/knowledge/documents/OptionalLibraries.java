package io.telecomllm.knowledge.documents;

import io.telecomllm.IncompatibleException;
import java.util.function.Supplier;

/**
 * Creates the reader of a format and names the dependency to add where its library is not there.
 */
final class OptionalLibraries {
  private OptionalLibraries() {}

  static DocumentReader reader(DocumentFormat format) {
    return switch (format) {
      case DOCX -> new WordReader();
      case PDF -> with(() -> new PdfReader(), "PDF", "org.apache.pdfbox:pdfbox");
      case HTML -> with(() -> new HtmlReader(), "HTML", "org.jsoup:jsoup");
      case MARKDOWN ->
          with(
              () -> new MarkdownReader(),
              "Markdown",
              "org.commonmark:commonmark-ext-gfm-tables and org.jsoup:jsoup");
      case CLAUSES, QUESTIONS -> throw new IllegalArgumentException(format + " has no headings");
    };
  }

  private static DocumentReader with(
      Supplier<DocumentReader> reader, String format, String dependency) {
    return (file, outline) -> {
      try {
        reader.get().read(file, outline);
      } catch (NoClassDefFoundError e) {
        throw new IncompatibleException(
            file
                + ": to read "
                + format
                + ", add "
                + dependency
                + " to the dependencies; missing is "
                + e.getMessage(),
            e);
      }
    };
  }
}
