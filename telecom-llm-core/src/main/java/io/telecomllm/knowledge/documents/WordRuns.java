package io.telecomllm.knowledge.documents;

import io.telecomllm.knowledge.documents.Omission.Reason;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the text of paragraphs: what stands on the page once tracked changes are accepted. Text
 * boxes and footnotes that are anchored in a paragraph are collected for the place after it.
 */
final class WordRuns {
  private final Outline outline;
  private final WordFields fields = new WordFields();
  private final List<XmlElement> boxes = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private StringBuilder text = new StringBuilder();
  private boolean raised;

  WordRuns(Outline outline) {
    this.outline = outline;
  }

  /** Returns the text of a paragraph; a line break in it is a line break. */
  String text(XmlElement paragraph) {
    text = new StringBuilder();
    raised = false;
    paragraph.children().forEach(this::walk);
    fields.endParagraph();
    return text.toString();
  }

  /** Returns whether the text here belongs to a table of contents. */
  boolean isContents() {
    return fields.isContents();
  }

  /** Forgets a table of contents that was not closed. */
  void leaveContents() {
    fields.leaveContents();
  }

  /** Returns the contents of the text boxes that were anchored since the last call. */
  List<XmlElement> takeBoxes() {
    return take(boxes);
  }

  /** Returns the ids of the notes, such as {@code footnotes 2}, that were referred to since. */
  List<String> takeNotes() {
    return take(notes);
  }

  private static <T> List<T> take(List<T> list) {
    List<T> taken = List.copyOf(list);
    list.clear();
    return taken;
  }

  private void walk(XmlElement e) {
    switch (e.name()) {
      case "w:pPr", "w:rPr", "w:rt", "w:sdtPr", "w:sdtEndPr" -> {}
      case "w:del", "w:moveFrom" -> deleted(e);
      case "w:r" -> run(e);
      case "w:fldSimple" -> simpleField(e);
      case "mc:AlternateContent" ->
          e.child("mc:Choice").or(() -> e.child("mc:Fallback")).ifPresent(this::walk);
      case "w:txbxContent" -> boxes.add(e);
      case "w:drawing", "w:pict" -> drawing(e, Reason.PICTURE);
      case "w:object" -> drawing(e, isEquation(e) ? Reason.EQUATION : Reason.EMBEDDED_OBJECT);
      case "m:oMath" -> formula(e);
      case "w:altChunk", "w:subDoc" -> outline.omit(Reason.EMBEDDED_OBJECT);
      default -> e.children().forEach(this::walk);
    }
  }

  private void run(XmlElement run) {
    if (run.isOn("w:rPr", "w:vanish")) {
      if (holds(run, "w:t")) {
        outline.omit(Reason.HIDDEN_TEXT);
      }
      return;
    }
    String font = run.path("w:rPr", "w:rFonts").map(f -> f.attribute("ascii")).orElse("");
    boolean superscript = run.val("w:rPr", "w:vertAlign").equals("superscript");
    for (XmlElement e : run.children()) {
      switch (e.name()) {
        case "w:t" -> characters(e, font, superscript);
        case "w:tab", "w:ptab" -> append("\t");
        case "w:br", "w:cr" -> append(e.attribute("type").matches("page|column") ? " " : "\n");
        case "w:noBreakHyphen" -> append("-");
        case "w:sym" -> symbol(e.attribute("font"), code(e.attribute("char")));
        case "w:fldChar" -> fieldMark(e.attribute("fldCharType"));
        case "w:instrText" -> fields.instruct(e.text());
        case "w:footnoteReference" -> notes.add("footnotes " + e.attribute("id"));
        case "w:endnoteReference" -> notes.add("endnotes " + e.attribute("id"));
        default -> walk(e); // a soft hyphen among them, which is none on the page
      }
    }
    raised = superscript && !text.isEmpty();
  }

  private void characters(XmlElement t, String font, boolean superscript) {
    String raw = t.attribute("space").equals("preserve") ? t.text() : t.text().strip();
    if (superscript && !raised) {
      append(Superscripts.mark(text, raw));
    }
    boolean symbols = SymbolFonts.isSymbol(font);
    if (!symbols && raw.chars().noneMatch(c -> SymbolFonts.isCode((char) c))) {
      append(raw);
      return;
    }
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if ((symbols && c < 0x100) || SymbolFonts.isCode(c)) {
        symbol(SymbolFonts.isCode(c) && !font.startsWith("Wingdings") ? "" : font, c);
      } else {
        append(String.valueOf(c));
      }
    }
  }

  private void symbol(String font, int code) {
    String shown = SymbolFonts.of(font, code);
    if (shown.isEmpty()) {
      outline.omit(Reason.SYMBOL);
    } else {
      append(shown);
    }
  }

  private static int code(String hexadecimal) {
    return hexadecimal.matches("[0-9A-Fa-f]{1,6}") ? Integer.parseInt(hexadecimal, 16) : 0;
  }

  private void formula(XmlElement e) {
    String formula = Formula.of(e).strip();
    if (formula.isEmpty()) {
      outline.omit(Reason.EQUATION);
    } else {
      append(formula);
    }
  }

  private void fieldMark(String type) {
    switch (type) {
      case "begin" -> fields.begin();
      case "separate" -> fields.separate();
      case "end" -> endField();
      default -> {} // a mark of another kind has no text
    }
  }

  private void simpleField(XmlElement e) {
    fields.begin();
    fields.instruct(e.attribute("instr"));
    fields.separate();
    e.children().forEach(this::walk);
    endField();
  }

  private void endField() {
    if (fields.end(text) == WordFields.End.MISSING) {
      outline.omit(Reason.FIELD);
    }
  }

  private void drawing(XmlElement e, Reason reason) {
    int before = boxes.size();
    e.children().forEach(this::walk);
    if (boxes.size() == before) {
      outline.omit(reason);
    }
  }

  private static boolean isEquation(XmlElement object) {
    return object.all("other:OLEObject").stream()
        .anyMatch(o -> o.attribute("ProgID").startsWith("Equation"));
  }

  private void deleted(XmlElement e) {
    if (holds(e, "w:delText") || holds(e, "w:t")) {
      outline.omit(Reason.DELETED_TEXT);
    }
  }

  private static boolean holds(XmlElement e, String name) {
    return !e.all(name).isEmpty();
  }

  private void append(String more) {
    if (fields.isText()) {
      text.append(more);
      if (!more.isBlank()) {
        fields.sawText();
      }
    }
  }
}
