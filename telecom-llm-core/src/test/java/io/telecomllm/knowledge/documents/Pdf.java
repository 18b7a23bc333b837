package io.telecomllm.knowledge.documents;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts.FontName;
import org.apache.pdfbox.util.Matrix;

/** Builds PDF files line by line. */
final class Pdf {
  private static final PDFont TEXT = new PDType1Font(FontName.HELVETICA);
  private static final PDFont BOLD = new PDType1Font(FontName.HELVETICA_BOLD);
  private static final float LEFT = 70;
  private static final float SIZE = 10;

  private final PDDocument document = new PDDocument();
  private PDPageContentStream content;
  private float y;

  Pdf() {
    page();
  }

  /** Begins a page. */
  Pdf page() {
    try {
      if (content != null) {
        content.close();
      }
      PDPage page = new PDPage();
      document.addPage(page);
      content = new PDPageContentStream(document, page);
      y = 720;
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a line below the one before. */
  Pdf line(String text) {
    y -= 12;
    return at(LEFT, y, SIZE, TEXT, text);
  }

  /** Writes the first line of a paragraph. */
  Pdf paragraph(String text) {
    y -= 10;
    return line(text);
  }

  /** Writes a line of bold and larger characters. */
  Pdf heading(String text) {
    y -= 30;
    return at(LEFT, y, 14, BOLD, text);
  }

  /** Writes the next line of a heading. */
  Pdf wrapped(String text) {
    y -= 16;
    return at(LEFT, y, 14, BOLD, text);
  }

  /** Writes what continues the line, so far to the right. */
  Pdf right(float x, String text) {
    return at(LEFT + x, y, SIZE, TEXT, text);
  }

  /** Writes small raised characters so far to the right. */
  Pdf raised(float x, String text) {
    return at(LEFT + x, y + 4, 6, TEXT, text);
  }

  Pdf header(String text) {
    return at(LEFT, 760, 8, TEXT, text);
  }

  Pdf footer(String text) {
    return at(LEFT, 40, 8, TEXT, text);
  }

  /** Writes a stamp at the side, from bottom to top. */
  Pdf stamp(String text) {
    try {
      content.beginText();
      content.setFont(TEXT, 20);
      content.setTextMatrix(Matrix.getRotateInstance(Math.PI / 2, 40, 300));
      content.showText(text);
      content.endText();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static float width(String text) {
    try {
      return TEXT.getStringWidth(text) * SIZE / 1000;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Pdf at(float x, float height, float size, PDFont font, String text) {
    try {
      content.beginText();
      content.setFont(font, size);
      content.newLineAtOffset(x, height);
      content.showText(text);
      content.endText();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path write(Path file) {
    try (PDDocument closed = document) {
      content.close();
      closed.save(file.toFile());
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the document, to add what has no method here. */
  PDDocument document() {
    return document;
  }
}
