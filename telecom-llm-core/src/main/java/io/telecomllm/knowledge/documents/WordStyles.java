package io.telecomllm.knowledge.documents;

import io.telecomllm.InvalidDataException;
import io.telecomllm.text.Quoted;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The paragraph styles of a Word document: which are headings, and how they are numbered. */
final class WordStyles {
  /** The deepest outline level that is a heading; 9 is text. */
  private static final int MAX_OUTLINE = 8;

  // the last one is 3GPP's, for headings that its tables of contents leave out
  private static final Pattern HEADING = Pattern.compile("heading ([1-9])|h(6)");

  private final String file;
  private final Map<String, Style> styles = new HashMap<>();
  private String normal = "";

  WordStyles(String file) {
    this.file = file;
  }

  /**
   * A reference to a numbering.
   *
   * @param id of the numbering; 0 is none
   * @param level from 0; -1 is the level that the style belongs to
   * @param style the style that has the reference, or empty
   */
  record Numbered(int id, int level, String style) {}

  private record Style(String id, String name, String basedOn, XmlElement properties) {}

  /** Reads {@code styles.xml}. */
  void read(XmlStream xml) {
    while (xml.next()) {
      if (xml.isStart("w:style")) {
        XmlElement style = xml.element();
        String id = style.attribute("styleId");
        String name = style.val("w:name").toLowerCase(Locale.ROOT);
        XmlElement properties =
            style.child("w:pPr").orElse(new XmlElement("w:pPr", Map.of(), List.of(), ""));
        styles.put(id, new Style(id, name, style.val("w:basedOn"), properties));
        boolean byDefault = style.attribute("default").matches("1|true|on");
        if (byDefault && style.attribute("type").equals("paragraph")) {
          normal = id;
        }
      }
    }
  }

  /** Returns the level of a heading, from 1; 0 for a paragraph that is none. */
  int headingLevel(XmlElement paragraph) {
    String own = paragraph.val("w:pPr", "w:outlineLvl");
    Optional<String> level =
        own.isEmpty() ? first(styleOf(paragraph), WordStyles::outlineLevel) : Optional.of(own);
    return level.map(WordStyles::number).filter(n -> n >= 0 && n <= MAX_OUTLINE).orElse(-1) + 1;
  }

  /** Returns whether a paragraph is part of a table of contents or figures. */
  boolean isContents(XmlElement paragraph) {
    return first(styleOf(paragraph), s -> Optional.of(s.name))
        .filter(name -> name.startsWith("toc ") || name.equals("table of figures"))
        .isPresent();
  }

  /** Returns how a paragraph is numbered, by itself or by its style. */
  Optional<Numbered> numbering(XmlElement paragraph) {
    Optional<XmlElement> own = paragraph.path("w:pPr", "w:numPr");
    Optional<Numbered> byStyle = byStyle(styleOf(paragraph));
    if (own.isEmpty()) {
      return byStyle.filter(n -> n.id != 0);
    }
    String id = own.get().val("w:numId");
    String level = own.get().val("w:ilvl");
    Numbered numbered =
        new Numbered(
            id.isEmpty() ? byStyle.map(Numbered::id).orElse(0) : number(id),
            level.isEmpty() ? 0 : number(level),
            "");
    return Optional.of(numbered).filter(n -> n.id != 0);
  }

  /** Returns the numbering of a style, for definitions that point at one. */
  Optional<Numbered> byStyle(String id) {
    return first(
        id,
        style ->
            style
                .properties
                .child("w:numPr")
                .map(
                    n ->
                        new Numbered(
                            number(n.val("w:numId")),
                            n.val("w:ilvl").isEmpty() ? -1 : number(n.val("w:ilvl")),
                            style.id)));
  }

  private String styleOf(XmlElement paragraph) {
    String style = paragraph.val("w:pPr", "w:pStyle");
    return style.isEmpty() ? normal : style;
  }

  private static Optional<String> outlineLevel(Style style) {
    Matcher heading = HEADING.matcher(style.name);
    if (heading.matches()) {
      String number = heading.group(1) == null ? heading.group(2) : heading.group(1);
      return Optional.of(String.valueOf(Integer.parseInt(number) - 1));
    }
    return Optional.of(style.properties.val("w:outlineLvl")).filter(level -> !level.isEmpty());
  }

  /** Returns the first value along the styles that this one is based on. */
  private <T> Optional<T> first(String id, Function<Style, Optional<T>> value) {
    Set<String> seen = new HashSet<>();
    for (Style style = styles.get(id); style != null; style = styles.get(style.basedOn)) {
      if (!seen.add(style.id)) {
        throw new InvalidDataException(
            file + ": the style '" + Quoted.line(style.id) + "' is based on itself");
      }
      Optional<T> found = value.apply(style);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** Returns a number of an attribute; -1 if it is none. */
  static int number(String text) {
    return text.matches("\\d{1,9}") ? Integer.parseInt(text) : -1;
  }
}
