/**
 * Reads documents and cuts them into clauses: docx, PDF, HTML, Markdown, JSON Lines of clauses, and
 * questions in TeleQnA's format.
 *
 * <p>A {@link io.telecomllm.knowledge.documents.DocumentImporter} takes files or folders and passes
 * on {@link io.telecomllm.knowledge.Clause}s, those of a file only once it was read to its end. The
 * {@link io.telecomllm.knowledge.documents.ImportReport} has each file with its digest, the
 * specification it holds, the number of clauses, and what was left out and why.
 *
 * <p>A reader for each {@link io.telecomllm.knowledge.documents.DocumentFormat} turns its file into
 * headings and lines. {@code Outline} gathers these as sections, {@code Headings} tells a number
 * from a title, {@code TableLines} writes tables, {@code Parts} cuts what is too long. These rules
 * are the same for every format.
 *
 * <p>Files are of unknown origin, so every reader is bounded in memory and depth, opens nothing
 * that a file points at, and refuses the rest with an {@link io.telecomllm.InvalidDataException}.
 * PDFBox, jsoup and commonmark are optional dependencies; only {@code PdfReader}, {@code
 * HtmlReader} and {@code MarkdownReader} know them.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.knowledge.documents;
