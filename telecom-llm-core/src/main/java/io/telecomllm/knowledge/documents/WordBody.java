package io.telecomllm.knowledge.documents;

import io.telecomllm.knowledge.documents.Omission.Reason;
import io.telecomllm.knowledge.documents.TableLines.Cell;
import io.telecomllm.knowledge.documents.WordStyles.Numbered;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes the paragraphs and tables of a Word document into an outline. */
final class WordBody {
  private final Outline outline;
  private final WordStyles styles;
  private final WordNumbering numbering;
  private final Map<String, XmlElement> notes;
  private final WordRuns runs;
  private TableLines table;

  /** The text of paragraphs whose marks are deleted: it belongs to the paragraph after them. */
  private String carried = "";

  WordBody(
      Outline outline, WordStyles styles, WordNumbering numbering, Map<String, XmlElement> notes) {
    this.outline = outline;
    this.styles = styles;
    this.numbering = numbering;
    this.notes = notes;
    this.runs = new WordRuns(outline);
    this.table = new TableLines(outline);
  }

  /** Reads the document part to its end; what only groups blocks is read through. */
  void read(XmlStream xml) {
    while (xml.next()) {
      String name = xml.elementName();
      if (!xml.isStart()) {
        if (name.equals("w:tbl")) {
          endTable();
        }
        continue;
      }
      switch (name) {
        case "w:p" -> paragraph(xml.element());
        case "w:tbl" -> table = new TableLines(outline);
        case "w:tr" -> row(xml.element(), table);
        case "m:oMathPara" -> outline.line(Formula.of(xml.element()));
        case "w:altChunk" -> outline.omit(Reason.EMBEDDED_OBJECT);
        case "w:del", "w:moveFrom", "mc:Fallback", "w:sdtPr", "w:tblPr", "w:tblGrid", "w:sectPr" ->
            xml.skip();
        default -> {} // a group of blocks
      }
    }
    outline.line(carried);
  }

  private void paragraph(XmlElement p) {
    String text = carried + runs.text(p);
    carried = "";
    if (isDeleted(p) || isDropCap(p)) {
      carried = text;
      return;
    }
    String label = label(p);
    int level = text.isBlank() ? 0 : styles.headingLevel(p);
    if (styles.isContents(p) || (runs.isContents() && level == 0)) {
      if (!text.isBlank()) {
        outline.omit(Reason.CONTENTS);
      }
    } else if (level > 0) {
      if (runs.isContents()) {
        runs.leaveContents(); // its end is missing
      }
      outline.heading(level, Headings.numbered(label, text, level));
    } else if (!text.isBlank()) {
      outline.line(labelled(label, text));
    }
    anchored();
  }

  private static String labelled(String label, String text) {
    return label.isEmpty() ? text : label + " " + text;
  }

  // the paragraph's mark is deleted or moved away, so it and the next one become one
  private static boolean isDeleted(XmlElement p) {
    return p.path("w:pPr", "w:rPr")
        .map(mark -> mark.child("w:del").or(() -> mark.child("w:moveFrom")).isPresent())
        .orElse(false);
  }

  // a large first letter is a paragraph of its own, before the rest of its word
  private static boolean isDropCap(XmlElement p) {
    return p.path("w:pPr", "w:framePr").map(f -> !f.attribute("dropCap").isEmpty()).orElse(false);
  }

  private String label(XmlElement p) {
    Optional<Numbered> numbered = styles.numbering(p);
    return numbered.map(numbering::next).orElse("");
  }

  private void row(XmlElement tr, TableLines into) {
    if (tr.path("w:trPr", "w:del").isPresent()) {
      outline.omit(Reason.DELETED_TEXT);
      return;
    }
    List<Cell> cells = new ArrayList<>();
    int before = WordStyles.number(tr.val("w:trPr", "w:gridBefore"));
    if (before > 0) {
      cells.add(new Cell("", before, false));
    }
    for (XmlElement tc : inside(tr, "w:tc")) {
      if (tc.path("w:tcPr", "w:cellDel").isPresent()) {
        outline.omit(Reason.DELETED_TEXT);
        continue;
      }
      int columns = Math.max(1, WordStyles.number(tc.val("w:tcPr", "w:gridSpan")));
      boolean merged = tc.path("w:tcPr", "w:vMerge").isPresent();
      boolean continues = merged && !tc.val("w:tcPr", "w:vMerge").equals("restart");
      String text = Outline.clean(cellText(tc)).replace('\t', ' ');
      cells.add(new Cell(text, columns, continues));
    }
    into.row(cells);
  }

  private void endTable() {
    table.lines().forEach(outline::line);
    table = new TableLines(outline);
    anchored();
  }

  // rows and cells may be grouped by content controls and tracked changes
  private static List<XmlElement> inside(XmlElement e, String name) {
    List<XmlElement> found = new ArrayList<>();
    for (XmlElement child : e.children()) {
      switch (child.name()) {
        case "w:sdt", "w:sdtContent", "w:customXml", "w:ins", "w:moveTo" ->
            found.addAll(inside(child, name));
        default -> {
          if (child.name().equals(name)) {
            found.add(child);
          }
        }
      }
    }
    return found;
  }

  /** Returns the paragraphs of a cell or note on one line, and the tables in it. */
  private String cellText(XmlElement container) {
    List<String> texts = new ArrayList<>();
    for (XmlElement e : container.children()) {
      switch (e.name()) {
        case "w:p" -> texts.add(labelled(label(e), runs.text(e)).strip());
        case "w:tbl" -> texts.add(table(e).inline());
        case "w:tcPr", "w:sdtPr", "w:del", "w:moveFrom" -> {}
        default -> texts.add(cellText(e));
      }
    }
    texts.removeIf(String::isBlank);
    return String.join(" ", texts);
  }

  private TableLines table(XmlElement tbl) {
    TableLines inner = new TableLines(outline);
    inside(tbl, "w:tr").forEach(tr -> row(tr, inner));
    return inner;
  }

  /** Writes the text boxes and notes that were anchored in what was just written. */
  private void anchored() {
    List<XmlElement> boxes = runs.takeBoxes();
    for (String reference : runs.takeNotes()) {
      XmlElement note = notes.get(reference);
      if (note != null) {
        outline.line("Footnote: " + Outline.clean(cellText(note)));
      }
    }
    for (XmlElement box : boxes) {
      block(box);
      anchored();
    }
  }

  // a heading in a text box is no clause of its own
  private void block(XmlElement container) {
    for (XmlElement e : container.children()) {
      switch (e.name()) {
        case "w:p" -> outline.line(labelled(label(e), runs.text(e)));
        case "w:tbl" -> table(e).lines().forEach(outline::line);
        case "w:del", "w:moveFrom", "w:sdtPr" -> {}
        default -> block(e);
      }
    }
  }
}
