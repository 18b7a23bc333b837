package io.telecomllm.knowledge.documents;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import io.telecomllm.Interrupts;
import io.telecomllm.InvalidDataException;
import io.telecomllm.knowledge.documents.Headings.Heading;
import io.telecomllm.knowledge.documents.Omission.Reason;
import io.telecomllm.text.Texts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Gathers the headings and lines of a document, in order, as sections. Every reader writes into
 * one, so it is here that text is cleaned, bounded, and an interrupt is noticed.
 */
final class Outline {
  /** The most characters of a document's text: 30 times the longest specification's. */
  static final int MAX_CHARACTERS = 100_000_000;

  /** The most characters of a line; the longest paragraphs of specifications have 5,000. */
  private static final int MAX_LINE = 10_000;

  private static final int OVERHEAD = 32;

  private final String file;
  private final Omissions omissions = new Omissions();
  private final List<Section> sections = new ArrayList<>();
  private final Deque<Open> open = new ArrayDeque<>();
  private List<String> lines = new ArrayList<>();
  private String place = "";
  private String sectionPlace = "";
  private long characters;

  Outline(String file) {
    this.file = file;
  }

  /** A heading that the current line is below. */
  private record Open(int level, Heading heading, boolean hasText) {}

  /** Says where the next lines stand, such as {@code page 12}. */
  void place(String where) {
    place = where;
  }

  /**
   * Begins a section. Level 1 is the highest; where the heading has a number, the number tells the
   * level, since the styles of annexes do not.
   */
  void heading(int styleLevel, Heading heading) {
    if (heading.name().isEmpty()) {
      return;
    }
    int level =
        heading.number().isEmpty() ? styleLevel : CharMatcher.is('.').countIn(heading.number()) + 1;
    count(heading.title().length());
    closeSection(level);
    while (!open.isEmpty() && open.element().level >= level) {
      open.pop();
    }
    open.push(new Open(level, heading, false));
    sectionPlace = place;
  }

  /** Adds a paragraph; line breaks in it begin new lines, blank ones are dropped. */
  void line(String text) {
    for (String line : Splitter.on('\n').split(text)) {
      String clean = clean(line);
      if (!clean.isEmpty()) {
        if (open.isEmpty() && lines.isEmpty()) {
          sectionPlace = place;
        }
        add(clean);
      }
    }
  }

  /** Notes that something is left out here. */
  void omit(Reason reason) {
    omit(reason, place.isEmpty() ? current() : place);
  }

  /** Notes that something is left out at this place. */
  void omit(Reason reason, String where) {
    omissions.add(reason, where);
  }

  /** Returns the name of the section that the next line belongs to. */
  String current() {
    return open.isEmpty() ? Section.PREAMBLE : open.element().heading.name();
  }

  /** Returns the sections, now that the document has ended. */
  List<Section> sections() {
    closeSection(0);
    open.clear();
    return List.copyOf(sections);
  }

  /** Returns what was left out. */
  Omissions omissions() {
    return omissions;
  }

  private void closeSection(int nextLevel) {
    if (open.isEmpty()) {
      if (!lines.isEmpty()) {
        sections.add(new Section(Section.PREAMBLE, "", lines, sectionPlace));
      }
    } else if (lines.isEmpty()) {
      // the words of a heading with clauses below it are kept in their titles
      if (nextLevel <= open.element().level && !open.element().hasText) {
        omit(Reason.EMPTY_CLAUSE, current());
      }
    } else {
      Open own = open.pop();
      open.push(new Open(own.level, own.heading, true));
      sections.add(new Section(own.heading.name(), title(), lines, sectionPlace));
    }
    lines = new ArrayList<>();
  }

  // the heading, after those above it that have no text of their own and would be lost
  private String title() {
    StringBuilder title = new StringBuilder(open.element().heading.title());
    open.stream()
        .skip(1)
        .filter(above -> !above.hasText && !above.heading.title().isEmpty())
        .forEach(above -> title.insert(0, above.heading.title() + ": "));
    return Texts.prefix(title.toString(), 900).strip();
  }

  // a line that is endless, such as a picture in Base64, would be more than a clause may hold
  private void add(String line) {
    String rest = line;
    while (rest.length() > MAX_LINE) {
      int space = rest.lastIndexOf(' ', MAX_LINE);
      String part = space > 0 ? rest.substring(0, space) : Texts.prefix(rest, MAX_LINE);
      count(part.length());
      lines.add(part);
      rest = rest.substring(part.length()).strip();
    }
    if (!rest.isEmpty()) {
      count(rest.length());
      lines.add(rest);
    }
  }

  /**
   * Counts characters that are held in memory, and what holding them takes.
   *
   * @throws InvalidDataException if the document has too many
   */
  void count(int more) {
    Interrupts.check(file + ": the import was cancelled");
    characters += more + OVERHEAD;
    if (characters > MAX_CHARACTERS) {
      throw new InvalidDataException(
          file + ": more than " + MAX_CHARACTERS + " characters of text");
    }
  }

  /**
   * Returns a line without invisible characters: soft hyphens, zero-width spaces and controls are
   * dropped, a no-break hyphen becomes a hyphen, other white space one space, or a tab where there
   * was one.
   */
  static String clean(String line) {
    StringBuilder clean = new StringBuilder(line.length());
    char gap = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\t' || Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        gap = c == '\t' || gap == '\t' ? '\t' : ' ';
      } else if (!Character.isISOControl(c) && "\u00ad\u200b\u2060\ufeff".indexOf(c) < 0) {
        if (gap != 0 && !clean.isEmpty()) {
          clean.append(gap);
        }
        gap = 0;
        clean.append(c == '\u2011' ? '-' : c);
      }
    }
    return Texts.wellFormed(clean.toString());
  }
}
