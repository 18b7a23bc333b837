package io.telecomllm.knowledge.documents;

import io.telecomllm.InvalidDataException;
import io.telecomllm.knowledge.documents.Omission.Reason;
import io.telecomllm.knowledge.documents.TableLines.Cell;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.parser.Parser;
import org.jspecify.annotations.Nullable;

/** Reads HTML with jsoup, as a browser would parse it. Opens nothing that it links to. */
final class HtmlReader implements DocumentReader {
  /** The largest file: the longest specifications have 20 MB as HTML. */
  static final int MAX_BYTES = 64 << 20;

  /** The deepest nesting that is followed; jsoup moves what is deeper up to it. */
  static final int MAX_DEPTH = 256;

  private static final Set<String> NO_CONTENT =
      Set.of("script", "style", "template", "noscript", "nav", "form", "button", "iframe", "head");
  private static final Set<String> PICTURES = Set.of("img", "svg", "canvas", "picture", "video");
  private static final Set<String> EMBEDDED = Set.of("object", "embed", "audio");
  private static final int MAX_SPAN = 64;

  @Override
  public void read(Path file, Outline outline) throws IOException {
    long size = Files.size(file);
    if (size > MAX_BYTES) {
      throw new InvalidDataException(
          file + ": " + size + " bytes of HTML, at most " + MAX_BYTES + " are read");
    }
    try (InputStream in = Files.newInputStream(file)) {
      checkText(file, in.readNBytes(1024));
    }
    try (InputStream in = Files.newInputStream(file)) {
      // the character set is that of the byte order mark or the meta element, else UTF-8
      write(Jsoup.parse(in, null, "", parser()), outline);
    }
  }

  private static Parser parser() {
    return Parser.htmlParser().setMaxDepth(MAX_DEPTH);
  }

  private static void checkText(Path file, byte[] start) {
    // the byte order marks of UTF-16, whose text has zeros
    boolean wide =
        start.length > 1 && Math.min(start[0], start[1]) == -2 && start[0] + start[1] == -3;
    for (byte b : start) {
      if (b == 0 && !wide) {
        throw new InvalidDataException(file + ": expected text, found binary data");
      }
    }
  }

  /** Writes a parsed document into an outline. */
  static void write(String html, Outline outline) {
    write(Jsoup.parse(html, "", parser()), outline);
  }

  private static void write(Document document, Outline outline) {
    Blocks blocks = new Blocks(outline, null);
    blocks.children(document.body());
    blocks.endLine();
  }

  /** Collects inline text until a block begins or ends. */
  private static final class Blocks {
    private final Outline outline;
    private final @Nullable List<String> cell; // where the text goes that stands in a cell
    private final StringBuilder line = new StringBuilder();
    private final IdentityHashMap<Element, Integer> items = new IdentityHashMap<>();
    private int preformatted;

    Blocks(Outline outline, @Nullable List<String> cell) {
      this.outline = outline;
      this.cell = cell;
    }

    void children(Element parent) {
      parent.childNodes().forEach(this::node);
    }

    private void node(Node node) {
      if (node instanceof TextNode text) {
        // white space is one space, but where a reader would see it
        line.append(preformatted > 0 ? text.getWholeText() : collapsed(text.getWholeText()));
      } else if (node instanceof Element element) {
        element(element);
      }
    }

    private static String collapsed(String text) {
      return text.replaceAll("[ \\t\\r\\n\\f]+", " ");
    }

    private void element(Element e) {
      String name = e.normalName();
      if (leftOut(e, name)) {
        return;
      }
      switch (name) {
        case "br" -> line.append('\n');
        case "sup" -> superscript(e);
        case "h1", "h2", "h3", "h4", "h5", "h6" -> heading(e, name.charAt(1) - '0');
        case "table" -> table(e);
        case "li" -> item(e);
        case "pre" -> {
          preformatted++;
          block(e);
          preformatted--;
        }
        default -> {
          if (e.isBlock()) {
            block(e);
          } else {
            children(e);
          }
        }
      }
    }

    private void block(Element e) {
      endLine();
      children(e);
      endLine();
    }

    private boolean leftOut(Element e, String name) {
      boolean contents = e.id().equalsIgnoreCase("toc") || e.hasClass("toc");
      if (contents) {
        outline.omit(Reason.CONTENTS);
      } else if (NO_CONTENT.contains(name)) {
        outline.omit(Reason.NOT_CONTENT);
      } else if (PICTURES.contains(name)) {
        outline.omit(Reason.PICTURE);
      } else if (EMBEDDED.contains(name)) {
        outline.omit(Reason.EMBEDDED_OBJECT);
      } else if (name.equals("del") || name.equals("s")) {
        outline.omit(Reason.DELETED_TEXT);
      } else if (e.hasAttr("hidden")) {
        outline.omit(Reason.HIDDEN_TEXT);
      } else {
        return false;
      }
      return true;
    }

    private void superscript(Element e) {
      String raised = e.text().strip();
      line.append(Superscripts.mark(line, raised));
      children(e);
    }

    private void heading(Element e, int level) {
      endLine();
      String text = textOf(e);
      if (cell != null) {
        line.append(text); // a heading in a cell is no clause of its own
        endLine();
      } else if (!text.isBlank()) {
        outline.heading(level, Headings.typed(text, level));
      }
    }

    private void item(Element e) {
      endLine();
      Element list = e.parent();
      if (list != null && list.nameIs("ol")) {
        String start = list.attr("start");
        int first = start.matches("\\d{1,6}") ? Integer.parseInt(start) : 1;
        line.append(items.merge(list, first, (count, ignored) -> count + 1)).append(". ");
      } else {
        line.append("- ");
      }
      children(e);
      endLine();
    }

    private void table(Element table) {
      endLine();
      TableLines lines = new TableLines(outline);
      Map<Integer, Integer> merged = new HashMap<>(); // column -> rows that it still covers
      for (Element row : rows(table)) {
        lines.row(cells(row, merged));
      }
      if (cell == null) {
        lines.lines().forEach(outline::line);
      } else {
        cell.add(lines.inline());
      }
    }

    private static List<Element> rows(Element table) {
      List<Element> rows = new ArrayList<>();
      for (Element child : table.children()) {
        switch (child.normalName()) {
          case "tr" -> rows.add(child);
          case "caption" -> rows.add(0, child);
          case "thead", "tbody", "tfoot" -> rows.addAll(child.children());
          default -> {} // columns
        }
      }
      return rows;
    }

    private List<Cell> cells(Element row, Map<Integer, Integer> merged) {
      List<Cell> cells = new ArrayList<>();
      if (row.nameIs("caption")) {
        return List.of(new Cell(textOf(row), 1, false));
      }
      int column = 0;
      for (Element cell : row.children()) {
        column = fill(merged, column, cells);
        int columns = span(cell, "colspan");
        int rows = span(cell, "rowspan");
        for (int i = 0; i < columns; i++) {
          merged.put(column + i, rows - 1);
        }
        cells.add(new Cell(textOf(cell), columns, false));
        column += columns;
      }
      fill(merged, column, cells);
      return cells;
    }

    /** Adds cells for columns that cells of rows above still cover; returns the next free one. */
    private static int fill(Map<Integer, Integer> merged, int from, List<Cell> cells) {
      int column = from;
      while (merged.getOrDefault(column, 0) > 0) {
        merged.merge(column, -1, Integer::sum);
        cells.add(new Cell("", 1, true));
        column++;
      }
      return column;
    }

    private static int span(Element cell, String attribute) {
      String value = cell.attr(attribute);
      int span = value.matches("\\d{1,6}") ? Integer.parseInt(value) : 1;
      return Math.max(1, Math.min(MAX_SPAN, span));
    }

    /** Returns the text of an element on one line, that of inner tables and lists included. */
    private String textOf(Element e) {
      List<String> texts = new ArrayList<>();
      Blocks blocks = new Blocks(outline, texts);
      blocks.children(e);
      blocks.endLine();
      return Outline.clean(String.join(" ", texts)).replace('\t', ' ');
    }

    void endLine() {
      if (cell == null) {
        outline.line(line.toString());
      } else if (!line.toString().isBlank()) {
        cell.add(line.toString().strip());
      }
      line.setLength(0);
    }
  }
}
