package io.telecomllm.knowledge.documents;

import static java.util.stream.Collectors.joining;

import io.telecomllm.Interrupts;
import io.telecomllm.InvalidDataException;
import io.telecomllm.knowledge.documents.Omission.Reason;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.io.IOUtils;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.common.PDStream;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.pdfbox.pdmodel.font.PDFontDescriptor;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.pdfbox.text.TextPosition;

/** Reads the lines of a PDF with PDFBox; {@link PdfLayout} makes sense of them. */
final class PdfReader implements DocumentReader {
  /** The most pages. */
  static final int MAX_PAGES = 50_000;

  @Override
  public void read(Path file, Outline outline) throws IOException {
    // what is unpacked goes to temporary files, not into memory
    try (PDDocument document =
        Loader.loadPDF(file.toFile(), IOUtils.createTempFileOnlyStreamCache())) {
      int pages = document.getNumberOfPages();
      if (pages > MAX_PAGES) {
        throw new InvalidDataException(
            file + ": " + pages + " pages, at most " + MAX_PAGES + " are read");
      }
      LineStripper stripper = new LineStripper(file);
      stripper.writeText(document, Writer.nullWriter());
      List<List<PdfLine>> lines = stripper.pages;
      if (lines.stream().allMatch(List::isEmpty)) {
        throw new InvalidDataException(
            file
                + ": none of its "
                + pages
                + " pages has text; it is scanned, so let an OCR program add the text first");
      }
      noteWhatIsNoText(document, lines, outline);
      new PdfLayout(lines).write(outline);
    } catch (InvalidPasswordException e) {
      throw new InvalidDataException(file + ": is encrypted; save it without a password first", e);
    } catch (InvalidDataException | java.util.concurrent.CancellationException e) {
      throw e;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      // hostile files make the parser fail in many ways
      throw new InvalidDataException(file + ": not a PDF, or a damaged one: " + e, e);
    }
  }

  private static void noteWhatIsNoText(
      PDDocument document, List<List<PdfLine>> lines, Outline outline) {
    for (int i = 0; i < lines.size(); i++) {
      String place = "page " + (i + 1);
      if (lines.get(i).isEmpty()) {
        outline.omit(Reason.PAGE_WITHOUT_TEXT, place);
        continue;
      }
      PDPage page = document.getPage(i);
      if (page.getResources() != null) {
        for (COSName name : page.getResources().getXObjectNames()) {
          if (page.getResources().isImageXObject(name)) {
            outline.omit(Reason.PICTURE, place);
          }
        }
      }
    }
  }

  /** A word as PDFBox finds it. */
  private record Word(String text, List<TextPosition> positions) {}

  /** Collects lines; a page is read in the order in which its text was written. */
  private static final class LineStripper extends PDFTextStripper {
    /** A wider gap, in multiples of the size, separates columns. */
    private static final float WIDE_GAP = 1.2f;

    private static final float SMALL = 0.8f;
    private static final float RAISED = 0.15f;

    final List<List<PdfLine>> pages = new ArrayList<>();
    private final Path file;
    private final List<Word> words = new ArrayList<>();
    private long characters;

    LineStripper(Path file) {
      this.file = file;
      setSuppressDuplicateOverlappingText(true); // letters printed twice are bold, not doubled
    }

    @Override
    protected void startPage(PDPage page) {
      Interrupts.check(file + ": the import was cancelled");
      pages.add(new ArrayList<>());
      page.getContentStreams().forEachRemaining(this::checkFilters);
    }

    /**
     * PDFBox 3.0.8 applies a filter once that a stream names twice, and takes the rest for content:
     * the page would seem to have no text, or to be damaged; see
     * findings/pdfbox-drops-a-repeated-filter.sh.
     */
    private void checkFilters(PDStream content) {
      List<COSName> filters = content.getFilters();
      if (Set.copyOf(filters).size() < filters.size()) {
        throw new InvalidDataException(
            String.format(
                Locale.ROOT,
                "%s: page %d is compressed twice (%s), which PDFBox cannot read; save the file"
                    + " uncompressed with another program first",
                file,
                pages.size(),
                filters.stream().map(COSName::getName).collect(joining(" "))));
      }
    }

    @Override
    protected void processTextPosition(TextPosition text) {
      if (++characters > Outline.MAX_CHARACTERS) {
        throw new InvalidDataException(
            file + ": more than " + Outline.MAX_CHARACTERS + " characters of text");
      }
      super.processTextPosition(text);
    }

    @Override
    protected void writeString(String text, List<TextPosition> positions) {
      if (!positions.isEmpty()) {
        words.add(new Word(text, List.copyOf(positions)));
      }
    }

    @Override
    protected void writeLineSeparator() {
      endLine();
    }

    @Override
    protected void endPage(PDPage page) {
      endLine();
    }

    private void endLine() {
      if (words.isEmpty()) {
        return;
      }
      List<TextPosition> all = words.stream().flatMap(w -> w.positions.stream()).toList();
      float size = commonSize(all);
      float baseline =
          all.stream()
              .filter(p -> sizeOf(p) >= SMALL * size)
              .findFirst()
              .orElse(all.get(0))
              .getYDirAdj();
      StringBuilder line = new StringBuilder();
      float end = Float.NaN;
      boolean raised = false;
      for (Word word : words) {
        TextPosition first = word.positions.get(0);
        float gap = first.getXDirAdj() - end;
        boolean raisedNow = isRaised(first, size, baseline);
        if (!line.isEmpty() && !(raisedNow && gap < WIDE_GAP * size)) {
          line.append(gap > WIDE_GAP * size ? '\t' : ' ');
        }
        raised = append(word, size, baseline, raised, line);
        TextPosition last = word.positions.get(word.positions.size() - 1);
        end = last.getXDirAdj() + last.getWidthDirAdj();
      }
      long bold = all.stream().filter(LineStripper::isBold).count();
      String text = Outline.clean(line.toString());
      if (!text.isBlank()) {
        List<PdfLine> page = pages.get(pages.size() - 1);
        float direction = all.get(0).getDir();
        boolean isBold = 2 * bold > all.size();
        page.add(new PdfLine(text, pages.size(), baseline, size, direction, isBold));
      }
      words.clear();
    }

    /** Appends a word, with a mark before raised characters; returns whether it ends with them. */
    private static boolean append(
        Word word, float size, float baseline, boolean raisedBefore, StringBuilder line) {
      boolean raised = raisedBefore;
      boolean oneToOne = word.positions.size() == word.text.length();
      for (int i = 0; i < word.text.length(); i++) {
        boolean now = isRaised(word.positions.get(oneToOne ? i : 0), size, baseline);
        if (now && !raised) {
          line.append(Superscripts.mark(line, word.text.substring(i)));
        }
        raised = now;
        line.append(word.text.charAt(i));
      }
      return raised;
    }

    private static boolean isRaised(TextPosition p, float size, float baseline) {
      return sizeOf(p) < SMALL * size && baseline - p.getYDirAdj() > RAISED * size;
    }

    private static float sizeOf(TextPosition p) {
      return Math.abs(p.getFontSizeInPt());
    }

    private static float commonSize(List<TextPosition> positions) {
      List<Float> sizes = positions.stream().map(LineStripper::sizeOf).sorted().toList();
      return sizes.get(sizes.size() / 2);
    }

    private static boolean isBold(TextPosition p) {
      String name = p.getFont().getName();
      PDFontDescriptor descriptor = p.getFont().getFontDescriptor();
      boolean named = name != null && name.toLowerCase(Locale.ROOT).contains("bold");
      return named || (descriptor != null && descriptor.isForceBold());
    }
  }
}
