package io.telecomllm.knowledge.documents;

import static io.telecomllm.knowledge.documents.Docx.abstractNum;
import static io.telecomllm.knowledge.documents.Docx.cell;
import static io.telecomllm.knowledge.documents.Docx.field;
import static io.telecomllm.knowledge.documents.Docx.heading;
import static io.telecomllm.knowledge.documents.Docx.level;
import static io.telecomllm.knowledge.documents.Docx.num;
import static io.telecomllm.knowledge.documents.Docx.numbered;
import static io.telecomllm.knowledge.documents.Docx.p;
import static io.telecomllm.knowledge.documents.Docx.r;
import static io.telecomllm.knowledge.documents.Docx.row;
import static io.telecomllm.knowledge.documents.Docx.runs;
import static io.telecomllm.knowledge.documents.Docx.styled;
import static io.telecomllm.knowledge.documents.Docx.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.knowledge.documents.Omission.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordReaderTest {
  @TempDir Path folder;

  private Imported read(Docx docx) {
    return DocumentImporter.create().read(docx.write(folder.resolve("own.docx")));
  }

  /** Returns the clauses as {@code number title}. */
  private List<String> names(Docx docx) {
    return read(docx).clauses().stream().map(c -> (c.clause() + " " + c.title()).strip()).toList();
  }

  /** Returns the text of a document with these blocks and no heading. */
  private String text(String... blocks) {
    return text(Docx.of(blocks));
  }

  private String text(Docx docx) {
    Imported imported = read(docx);
    assertThat(imported.clauses()).hasSize(1);
    return imported.clauses().get(0).text();
  }

  private List<Reason> omitted(String... blocks) {
    List<ImportedFile> files = read(Docx.of(blocks)).report().files();
    return files.get(0).omissions().stream().map(Omission::reason).toList();
  }

  @Test
  void numbersThatAreTypedAsThreeGppTypesThem() {
    Docx docx =
        Docx.of(
            heading(1, "5\tHigh level features"),
            heading(2, "5.6\tSession management"),
            heading(3, "5.6.1\tGeneral"),
            p("The SMF sets up sessions."),
            heading(3, "5.6.2A\tVoid"),
            heading(8, "Annex B (informative):\tNotes"),
            heading(1, "B.1\tFirst"),
            p("A note."),
            styled("H6", r("B.1.1\tDeeper")),
            p("It is deeper."),
            styled("TT", r("No heading")));
    assertThat(names(docx))
        .containsExactly(
            "5.6.1 High level features: Session management: General",
            "B.1 Annex B (informative): Notes: First",
            "B.1.1 Annex B (informative): Notes: Deeper");
    assertThat(read(docx).report().files().get(0).omissions())
        .containsExactly(new Omission(Reason.EMPTY_CLAUSE, 1, List.of("5.6.2A")));
  }

  @Test
  void numbersThatAreComputed() {
    String outline =
        abstractNum(
                0,
                level(0, "decimal", "%1", ""),
                level(1, "decimal", "%1.%2", ""),
                level(2, "lowerLetter", "%1.%2.%3", ""))
            + num(1, 0, "");
    String text = p("Text.");
    Docx docx =
        Docx.of(
                styled("Auto1", r("One")), text,
                styled("Auto2", r("One one")), text,
                styled("Auto2", r("One two")), text,
                styled("Auto1", r("Two")), text,
                styled("Auto2", r("Two one")), text,
                styled("Auto3", r("Letter")), text,
                styled("Heading1", r("Without")), text)
            .numbering(outline);
    assertThat(names(docx))
        .containsExactly(
            "1 One",
            "1.1 One one",
            "1.2 One two",
            "2 Two",
            "2.1 Two one",
            "2.1.a Letter 2.1.a Letter",
            "Without Without");
  }

  @Test
  void annexesThatAreComputed() {
    String annexes =
        abstractNum(0, level(0, "upperLetter", "Annex %1", ""), level(1, "decimal", "%1.%2", ""))
            + num(1, 0, "");
    Docx docx =
        Docx.of(
                styled("Auto1", r("(normative): Keys")),
                p("Text."),
                styled("Auto2", r("General")),
                p("Text."))
            .numbering(annexes);
    assertThat(names(docx)).containsExactly("A Annex A (normative): Keys", "A.1 General");
  }

  @Test
  void levelsRestartStartAndAreLegal() {
    String levels =
        abstractNum(
            0,
            level(0, "upperRoman", "%1", ""),
            level(1, "decimal", "%1.%2", "<w:lvlRestart w:val='0'/><w:isLgl/>"));
    String numbering =
        levels
            + num(1, 0, "<w:lvlOverride w:ilvl='0'><w:startOverride w:val='4'/></w:lvlOverride>");
    String first =
        "<w:p><w:pPr>" + numbered(1, "<w:ilvl w:val='0'/>") + "</w:pPr>" + r("x") + "</w:p>";
    String second =
        "<w:p><w:pPr>" + numbered(1, "<w:ilvl w:val='1'/>") + "</w:pPr>" + r("y") + "</w:p>";
    assertThat(text(Docx.of(first, second, first, second).numbering(numbering)))
        .isEqualTo("IV x\n4.1 y\nV x\n5.2 y");
  }

  @Test
  void aLevelRestartsAfterTheLevelThatItNames() {
    String numbering =
        abstractNum(
                0,
                level(0, "decimal", "%1", ""),
                level(1, "decimal", "%1.%2", ""),
                level(2, "decimal", "(%3)", "<w:lvlRestart w:val='1'/>"))
            + num(1, 0, "");
    String[] items = new String[3];
    for (int i = 0; i < items.length; i++) {
      String at = numbered(1, "<w:ilvl w:val='" + i + "'/>");
      items[i] = "<w:p><w:pPr>" + at + "</w:pPr>" + r("x") + "</w:p>";
    }
    // level 1 does not restart level 2, level 0 does
    String[] order = {items[0], items[1], items[2], items[1], items[2], items[0], items[2]};
    assertThat(text(Docx.of(order).numbering(numbering)))
        .isEqualTo("1 x\n1.1 x\n(1) x\n1.2 x\n(2) x\n2 x\n(1) x");
  }

  @Test
  void levelsThatAreLinkedToTheirStyles() {
    String linked =
        abstractNum(
                7,
                level(0, "decimal", "%1", ""),
                level(1, "decimal", "%1-%2", "<w:pStyle w:val='Linked2'/>"))
            + num(4, 7, "");
    String item = styled("Linked2", r("x"));
    assertThat(names(Docx.of(item, p("Text."), item, p("More.")).numbering(linked)))
        .containsExactly("1-1 x 1-1 x", "1-2 x 1-2 x");
  }

  @Test
  void bulletsAndListsInTheirStyles() {
    String style =
        "<w:style w:type='numbering' w:styleId='List'><w:name w:val='List'/><w:pPr>"
            + numbered(2, "")
            + "</w:pPr></w:style>";
    String numbering =
        "<w:abstractNum w:abstractNumId='0'><w:numStyleLink w:val='List'/></w:abstractNum>"
            + abstractNum(1, level(0, "lowerLetter", "%1)", ""), level(1, "bullet", "\uf0b7", ""))
            + num(1, 0, "")
            + num(2, 1, "");
    String item =
        "<w:p><w:pPr>" + numbered(1, "<w:ilvl w:val='0'/>") + "</w:pPr>" + r("x") + "</w:p>";
    String inner =
        "<w:p><w:pPr>" + numbered(1, "<w:ilvl w:val='1'/>") + "</w:pPr>" + r("y") + "</w:p>";
    assertThat(text(Docx.of(item, item, inner).styles(style).numbering(numbering)))
        .isEqualTo("a) x\nb) x\n- y");
  }

  @Test
  void headingsByStyleInAnyLanguage() {
    assertThat(names(Docx.of(styled("berschrift2", r("2.1\tEins")), p("Text."))))
        .containsExactly("2.1 Eins");
    assertThat(names(Docx.of(styled("Mine", r("2.1\tEins")), p("Text."))))
        .containsExactly("2.1 Eins");
    String direct = "<w:p><w:pPr><w:outlineLvl w:val='0'/></w:pPr>" + r("3\tDirect") + "</w:p>";
    assertThat(names(Docx.of(direct, p("Text.")))).containsExactly("3 Direct");
  }

  @Test
  void charactersThatAreElements() {
    assertThat(text(runs(r("S"), "<w:r><w:noBreakHyphen/></w:r>", r("NSSAI"))))
        .isEqualTo("S-NSSAI");
    assertThat(text(runs(r("inter"), "<w:r><w:softHyphen/></w:r>", r("working"))))
        .isEqualTo("interworking");
    assertThat(text(runs(r("AMF\tAccess")))).isEqualTo("AMF\tAccess");
    assertThat(text(runs(r("one"), "<w:r><w:br/></w:r>", r("two")))).isEqualTo("one\ntwo");
    assertThat(text(runs(r("one"), "<w:r><w:br w:type='page'/></w:r>", r("two"))))
        .isEqualTo("one two");
    assertThat(text(runs("<w:r><w:t> a </w:t></w:r>", r("b")))).isEqualTo("ab");
  }

  @Test
  void symbolsOfSymbolFonts() {
    String sym = "<w:r><w:sym w:font='Symbol' w:char='F0A3'/></w:r>";
    assertThat(text(runs(r("x "), sym, r(" 5")))).isEqualTo("x ≤ 5");
    assertThat(text(runs(r("<w:rFonts w:ascii='Symbol'/>", "m"), r("s")))).isEqualTo("μs");
    assertThat(text(runs(r("x \uf0b3 5")))).isEqualTo("x ≥ 5");
    assertThat(omitted(p("x"), runs("<w:r><w:sym w:font='Webdings' w:char='F021'/></w:r>")))
        .containsExactly(Reason.SYMBOL);
  }

  @Test
  void raisedCharactersAreNoDigits() {
    String up = "<w:vertAlign w:val='superscript'/>";
    assertThat(text(runs(r("10"), r(up, "-"), r(up, "5")))).isEqualTo("10^-5");
    assertThat(text(runs(r("the 1"), r(up, "st"), r(" one")))).isEqualTo("the 1st one");
    assertThat(text(runs(r("15 s"), r(up, "1")))).isEqualTo("15 s^1");
    assertThat(text(runs(r("K"), r("<w:vertAlign w:val='subscript'/>", "AMF")))).isEqualTo("KAMF");
  }

  @Test
  void trackedChangesAsAccepted() {
    String del = "<w:del><w:r><w:delText>5</w:delText></w:r></w:del>";
    String ins = "<w:ins>" + r("10") + "</w:ins>";
    assertThat(text(runs(r("after "), del, ins, r(" s")))).isEqualTo("after 10 s");
    String from = "<w:moveFrom>" + r("here") + "</w:moveFrom>";
    String to = "<w:moveTo>" + r("there") + "</w:moveTo>";
    assertThat(text(runs(from, r("It is "), to))).isEqualTo("It is there");
    String mark = "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>" + r("One ") + "</w:p>";
    assertThat(text(mark, p("paragraph."))).isEqualTo("One paragraph.");
    String gone = "<w:tr><w:trPr><w:del/></w:trPr>" + cell("a") + cell("b") + "</w:tr>";
    assertThat(text(table(row(cell("c"), cell("d")), gone))).isEqualTo("| c | d |");
    assertThat(omitted(runs(r("x"), del, from), table(gone))).containsExactly(Reason.DELETED_TEXT);
  }

  @Test
  void aLargeFirstLetterBelongsToItsWord() {
    String letter = "<w:p><w:pPr><w:framePr w:dropCap='drop'/></w:pPr>" + r("T") + "</w:p>";
    assertThat(text(letter, p("he timer runs."))).isEqualTo("The timer runs.");
  }

  @Test
  void aDeletedItemIsNotCounted() {
    String numbering = abstractNum(0, level(0, "decimal", "%1.", "")) + num(1, 0, "");
    String number = numbered(1, "<w:ilvl w:val='0'/>");
    String item = "<w:p><w:pPr>" + number + "</w:pPr>" + r("x") + "</w:p>";
    String gone =
        "<w:p><w:pPr>"
            + number
            + "<w:rPr><w:del/></w:rPr></w:pPr><w:del><w:r><w:delText>y</w:delText></w:r></w:del></w:p>";
    assertThat(text(Docx.of(item, gone, item).numbering(numbering))).isEqualTo("1. x\n2. x");
  }

  @Test
  void tablesAreALineForEachRow() {
    String over = "<w:vMerge w:val='restart'/>";
    String under = "<w:vMerge/>";
    assertThat(
            text(
                table(
                    row(cell("Band"), cell("<w:gridSpan w:val='2'/>", p("Range"))),
                    row(cell(over, p("n1")), cell("1920"), cell("1980")),
                    row(cell(under, p("")), cell("2110"), cell("2170")),
                    row(cell("<w:gridSpan w:val='3'/>", p("NOTE: in MHz"))))))
        .isEqualTo(
            "| Band | Range | |\n| n1 | 1920 | 1980 |\n| n1 | 2110 | 2170 |\n| NOTE: in MHz |");
  }

  @Test
  void nothingInATableIsLost() {
    String inner = table(row(cell("a"), cell("b")), row(cell("c"), cell("d")));
    assertThat(text(table(row(cell("", p("x"), p("y"), inner, p("z")), cell("w")))))
        .isEqualTo("| x y a, b; c, d z | w |");
    assertThat(text(table(row(cell("one")), row(cell("two"))))).isEqualTo("one\ntwo");
    String control = "<w:sdt><w:sdtPr/><w:sdtContent>" + cell("b") + "</w:sdtContent></w:sdt>";
    assertThat(text(table(row(cell("a"), control)))).isEqualTo("| a | b |");
    String late =
        "<w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr>" + cell("b") + cell("c") + "</w:tr>";
    assertThat(text(table(late))).isEqualTo("| | b | c |");
  }

  @Test
  void footnotesFollowTheirParagraph() {
    String reference = "<w:r><w:footnoteReference w:id='2'/></w:r>";
    assertThat(
            text(
                Docx.of(runs(r("It takes 15"), reference, r(" s.")), p("Next."))
                    .footnote(2, "At most.")))
        .isEqualTo("It takes 15 s.\nFootnote: At most.\nNext.");
    assertThat(
            text(
                Docx.of(table(row(cell("", runs(r("15"), reference)), cell("s"))), p("Next."))
                    .footnote(2, "At most.")))
        .isEqualTo("| 15 | s |\nFootnote: At most.\nNext.");
  }

  @Test
  void textBoxesOnceAndAfterTheirParagraph() {
    String box = "<w:txbxContent>" + p("In the box.") + "</w:txbxContent>";
    String anchor =
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>"
            + box
            + "</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>"
            + box
            + "</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>";
    assertThat(text(runs(r("Before "), anchor, r("and after.")), p("Next.")))
        .isEqualTo("Before and after.\nIn the box.\nNext.");
    String old = "<w:r><w:pict><v:textbox>" + box + "</v:textbox></w:pict></w:r>";
    assertThat(text(runs(r("Before."), old))).isEqualTo("Before.\nIn the box.");
  }

  @Test
  void fieldsAreTheirResults() {
    assertThat(text(runs(r("see "), field(" REF a \\h ", r("5.6.1")), r(" there"))))
        .isEqualTo("see 5.6.1 there");
    String inner =
        field(
            " IF " + "</w:instrText></w:r>" + field("PAGE", r("3")) + "<w:r><w:instrText>",
            r("yes"));
    assertThat(text(runs(r("a "), inner, r(" b")))).isEqualTo("a yes b");
    assertThat(text(runs("<w:fldSimple w:instr='REF a'>" + r("7") + "</w:fldSimple>")))
        .isEqualTo("7");
    String open =
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>IF</w:instrText></w:r>";
    assertThat(text(runs(r("a"), open), p("b"))).isEqualTo("a\nb");
  }

  @Test
  void captionsWithoutNumbersAreCounted() {
    String caption = styled("TF", r("Table "), field(" SEQ Table \\* ARABIC ", ""), r(": Timers"));
    String second = styled("TF", r("Table "), "<w:fldSimple w:instr='SEQ Table'/>", r(": More"));
    assertThat(text(caption, second)).isEqualTo("Table 1: Timers\nTable 2: More");
    assertThat(omitted(runs(r("see "), field(" REF b ", "")))).containsExactly(Reason.FIELD);
  }

  @Test
  void theTableOfContentsIsLeftOut() {
    String begin =
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> TOC \\o </w:instrText></w:r>"
            + "<w:r><w:fldChar w:fldCharType='separate'/></w:r>";
    String end = "<w:r><w:fldChar w:fldCharType='end'/></w:r>";
    String text = heading(1, "1\tScope") + p("Text.");
    assertThat(
            names(
                Docx.of(styled("TOC1", begin, r("1\tScope\t4")), p("2\tMore\t5"), runs(end), text)))
        .containsExactly("1 Scope");
    assertThat(names(Docx.of(styled("TOC1", begin, r("1\tScope\t4")), text)))
        .containsExactly("1 Scope");
    assertThat(omitted(styled("TOC1", r("1\tScope\t4")), text)).containsExactly(Reason.CONTENTS);
  }

  @Test
  void whatGroupsTextIsReadThrough() {
    String control = "<w:sdt><w:sdtPr/><w:sdtContent>" + p("Kept.") + "</w:sdtContent></w:sdt>";
    assertThat(text(control)).isEqualTo("Kept.");
    assertThat(text(runs(r("a "), "<w:sdt><w:sdtContent>" + r("b") + "</w:sdtContent></w:sdt>")))
        .isEqualTo("a b");
    assertThat(text(runs("<w:hyperlink>" + r("link") + "</w:hyperlink>"))).isEqualTo("link");
    assertThat(text(runs("<w:smartTag>" + r("tag") + "</w:smartTag>"))).isEqualTo("tag");
  }

  @Test
  void equationsAreText() {
    String m = "<m:r><m:t>%s</m:t></m:r>";
    String power =
        "<m:sSup><m:e>"
            + m.formatted("10")
            + "</m:e><m:sup>"
            + m.formatted("-5")
            + "</m:sup></m:sSup>";
    String fraction =
        "<m:f><m:num>"
            + m.formatted("a+b")
            + "</m:num><m:den>"
            + m.formatted("c")
            + "</m:den></m:f>";
    assertThat(text(runs(r("p = "), "<m:oMath>" + power + "</m:oMath>"))).isEqualTo("p = 10^-5");
    assertThat(text(runs("<m:oMathPara><m:oMath>" + fraction + "</m:oMath></m:oMathPara>")))
        .isEqualTo("(a+b)/c");
  }

  @Test
  void whatIsLeftOutIsNamed() {
    assertThat(omitted(p("x"), runs("<w:r><w:drawing/></w:r>"))).containsExactly(Reason.PICTURE);
    assertThat(
            omitted(
                p("x"), runs("<w:r><w:object><o:OLEObject ProgID='Equation.3'/></w:object></w:r>")))
        .containsExactly(Reason.EQUATION);
    assertThat(
            omitted(p("x"), runs("<w:r><w:object><o:OLEObject ProgID='Visio'/></w:object></w:r>")))
        .containsExactly(Reason.EMBEDDED_OBJECT);
    assertThat(omitted(p("x"), runs(r("<w:vanish/>", "hidden"))))
        .containsExactly(Reason.HIDDEN_TEXT);
    assertThat(omitted(p("x"), runs("<m:oMath/>"))).containsExactly(Reason.EQUATION);
  }

  @Test
  void theCoverNamesTheSpecification() {
    Imported imported =
        read(
            Docx.of(
                p("3GPP TS 23.501 V18.4.0 (2023-12)"),
                p("(Release 18)"),
                heading(1, "1\tScope"),
                p("Text.")));
    assertThat(imported.clauses())
        .extracting(c -> c.edition())
        .containsExactly("TS 23.501#1 (18.4.0, Release 18)");
    assertThat(imported.report().files().get(0).omissions())
        .extracting(Omission::reason)
        .containsExactly(Reason.TITLE_PAGE);
  }

  @Test
  void strictDocumentsAreReadAlike() {
    String xml = Docx.root("document", "<w:body>" + p("Strict.") + "</w:body>");
    String strict = xml.replace(Docx.W, "http://purl.oclc.org/ooxml/wordprocessingml/main");
    assertThat(text(Docx.of().entry("word/document.xml", strict))).isEqualTo("Strict.");
  }

  @Test
  void aDocumentOfAnotherProgram() throws IOException {
    Path file = folder.resolve("timers.docx");
    try (InputStream in = WordReaderTest.class.getResourceAsStream("timers.docx")) {
      Files.copy(in, file);
    }
    Imported imported = DocumentImporter.create().read(file);
    assertThat(imported.clauses())
        .extracting(c -> c.clause() + "|" + c.title() + "|" + c.text())
        .containsExactly(
            "preamble||Timers of a small network",
            "1|Scope|This page was written to test a reader; no network works like this.",
            """
            2.1|Timers: List of timers|Two timers are used:
            - the short one, which runs for 15 s;
            - the long one, which runs for 54 min.
            1. Start the short timer.
            2. Stop it on an answer.
            The probability of a loss is 10^-5 for a packet of class A.
            | Timer | Value | Unit |
            | short | 15 | s |
            | long | 54 | min |""",
            """
            2.2|Timers: Merged cells|| both rows | first |
            | both rows | second |
            | both columns |""");
    assertThat(imported.report().files().get(0).omissions())
        .containsExactly(new Omission(Reason.EMPTY_CLAUSE, 1, List.of("2.3")));
  }
}
