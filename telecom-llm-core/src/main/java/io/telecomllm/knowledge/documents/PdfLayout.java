package io.telecomllm.knowledge.documents;

import io.telecomllm.knowledge.documents.Headings.Heading;
import io.telecomllm.knowledge.documents.Omission.Reason;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Turns the lines of pages into headings and paragraphs. A PDF says only where characters stand, so
 * these are rules of thumb: a heading is larger or bolder than most text, or has the number that
 * comes next; a paragraph ends at a gap; what stands at the edge of many pages belongs to none.
 */
final class PdfLayout {
  private static final float LARGER = 1.08f;
  private static final float MUCH_LARGER = 1.15f;
  private static final float GAP = 1.5f;
  private static final int MAX_TITLE = 200;
  private static final int MAX_PLAIN_TITLE = 80;

  private static final Pattern LEADER = Pattern.compile(".*(?:\\.{4}|(?:\\. ){3}|…{2}).*\\d\\s*");
  private static final Pattern ITEM =
      Pattern.compile(
          "(?:[-–•▪●◦]|\\(?[a-z0-9]{1,3}[.)]|NOTE(?: \\d+)?:|EXAMPLE(?: \\d+)?:|Table|Figure)\\s.*");
  private static final Pattern UNFINISHED = Pattern.compile(".*[^.:;?!]");

  private final List<PdfLine> lines;
  private final boolean[] contents;
  private final PdfMargins margins;
  private final Hyphens hyphens;
  private final float bodySize;
  private final boolean bodyBold;
  private final float spacing;
  private final boolean hasCover;
  private String number = "";

  PdfLayout(List<List<PdfLine>> pages) {
    this.margins = new PdfMargins(pages);
    this.lines = margins.body();
    this.contents = contents(lines);
    this.hyphens = new Hyphens(lines.stream().map(PdfLine::text).toList());
    this.bodySize = PdfStatistics.commonSize(lines);
    this.bodyBold = PdfStatistics.isMostlyBold(lines);
    this.spacing = PdfStatistics.spacing(lines, bodySize);
    this.hasCover =
        Edition.ofCover(lines.stream().filter(l -> l.page() == 1).map(PdfLine::text).toList())
            .isPresent();
  }

  void write(Outline outline) {
    margins.removed().forEach(l -> outline.omit(Reason.HEADER_OR_FOOTER, "page " + l.page()));
    StringBuilder paragraph = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      PdfLine line = lines.get(i);
      int end = headingEnd(i);
      boolean heading = end > i;
      if (heading || contents[i] || i == 0 || isNewParagraph(lines.get(i - 1), line)) {
        outline.line(paragraph.toString());
        paragraph.setLength(0);
      }
      outline.place("page " + line.page());
      if (contents[i]) {
        outline.omit(Reason.CONTENTS);
      } else if (heading) {
        String text = line.text();
        while (++i < end) {
          text = hyphens.join(text, lines.get(i).text());
        }
        i--;
        Heading found = Headings.typed(text, 1);
        number = found.number().isEmpty() ? number : found.number();
        outline.heading(1, found);
      } else {
        String joined = hyphens.join(paragraph.toString(), line.text());
        paragraph.setLength(0);
        paragraph.append(joined);
      }
    }
    outline.line(paragraph.toString());
  }

  /** Returns the index after the heading that begins here; the same index if none does. */
  private int headingEnd(int i) {
    int end = candidateEnd(i);
    boolean numbered = !Headings.typed(lines.get(i).text(), 1).number().isEmpty();
    // of large lines in a row, such as those of a title page, only the last is a heading: a clause
    // without text would be lost
    boolean last = end < lines.size() && candidateEnd(end) == end;
    return numbered || last ? end : i;
  }

  private int candidateEnd(int i) {
    int end = i;
    if (isHeading(i)) {
      int length = lines.get(i).text().length();
      for (end = i + 1; end < lines.size() && isWrapped(lines.get(i), end); end++) {
        length += lines.get(end).text().length();
      }
      end = length > MAX_TITLE ? i : end; // a paragraph in bold
    }
    return end;
  }

  private boolean isHeading(int i) {
    PdfLine line = lines.get(i);
    String text = line.text();
    if (contents[i] || (hasCover && line.page() == 1) || text.length() > MAX_TITLE) {
      return false;
    }
    boolean distinct = isDistinct(line);
    Heading heading = Headings.typed(text, 1);
    boolean title = !heading.title().isEmpty() && UNFINISHED.matcher(text).matches();
    if (!title || text.chars().noneMatch(Character::isLetter)) {
      return false;
    }
    if (heading.number().isEmpty()) {
      return text.indexOf('\t') < 0 && line.size() >= MUCH_LARGER * bodySize;
    }
    boolean capital = Character.isUpperCase(heading.title().codePointAt(0));
    boolean plain =
        capital
            && text.length() <= MAX_PLAIN_TITLE
            && (i == 0 || isNewParagraph(lines.get(i - 1), line))
            && ClauseOrder.isNext(number, heading.number());
    return distinct || plain;
  }

  private boolean isDistinct(PdfLine line) {
    return line.size() >= LARGER * bodySize || (line.bold() && !bodyBold);
  }

  // the next line of a heading that is too long for one
  private boolean isWrapped(PdfLine heading, int next) {
    PdfLine line = lines.get(next);
    return isDistinct(heading)
        && line.page() == heading.page()
        && line.bold() == heading.bold()
        && Math.abs(line.size() - heading.size()) < 0.5
        && line.y() > heading.y()
        && line.y() - lines.get(next - 1).y() < GAP * heading.size()
        && Headings.typed(line.text(), 1).number().isEmpty();
  }

  private boolean isNewParagraph(PdfLine before, PdfLine line) {
    if (line.text().indexOf('\t') >= 0 || before.text().indexOf('\t') >= 0) {
      return true; // a row of a table
    }
    if (ITEM.matcher(line.text()).matches()
        || Math.abs(line.size() - before.size()) > 0.1 * bodySize) {
      return true;
    }
    if (line.page() != before.page()) {
      return !UNFINISHED.matcher(before.text()).matches()
          || Character.isUpperCase(line.text().codePointAt(0));
    }
    return line.y() <= before.y() || line.y() - before.y() > GAP * spacing;
  }

  private static boolean[] contents(List<PdfLine> lines) {
    boolean[] contents = new boolean[lines.size()];
    for (int i = 0; i < contents.length; i++) {
      contents[i] = LEADER.matcher(lines.get(i).text()).matches();
    }
    // the first line of an entry that has two
    for (int i = 1; i + 1 < contents.length; i++) {
      contents[i] |= contents[i - 1] && contents[i + 1];
    }
    return contents;
  }
}
