package io.telecomllm.knowledge.documents;

import io.telecomllm.IncompatibleException;
import java.util.function.Supplier;

/** Creates the reader of a format and names the dependency to add where its library is not there. */
final class OptionalLibraries {
  private OptionalLibraries() {}

  static DocumentReader reader(DocumentFormat format) {
    return switch (format) {
      case DOCX -> new WordReader();
      case PDF -> with(() -> new PdfReader(), "PDF", "org.apache.pdfbox:pdfbox:3.0.8");
      case HTML -> with(() -> new HtmlReader(), "HTML", "org.jsoup:jsoup:1.24.1");
      case MARKDOWN ->
          with(
              () -> new MarkdownReader(),
              "Markdown",
              "org.commonmark:commonmark-ext-gfm-tables:0.32.0 and org.jsoup:jsoup:1.24.1");
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
                + ", add the dependency "
                + dependency
                + " to the class path; missing is "
                + e.getMessage(),
            e);
      }
    };
  }
}
