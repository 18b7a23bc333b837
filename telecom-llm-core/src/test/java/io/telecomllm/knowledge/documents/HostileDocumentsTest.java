package io.telecomllm.knowledge.documents;

import static io.telecomllm.knowledge.documents.Docx.heading;
import static io.telecomllm.knowledge.documents.Docx.p;
import static io.telecomllm.knowledge.documents.Docx.r;
import static io.telecomllm.knowledge.documents.Docx.styled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that are damaged, hostile, or not what their name says. */
@Timeout(60)
class HostileDocumentsTest {
  @TempDir Path folder;

  private AbstractThrowableAssert<?, ?> refused(Path file) {
    return assertThatThrownBy(() -> DocumentImporter.create().read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining(file.getFileName().toString());
  }

  private AbstractThrowableAssert<?, ?> refused(Docx docx) {
    return refused(docx.write(folder.resolve("own.docx")));
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content, StandardCharsets.ISO_8859_1);
  }

  @Test
  void aBombIsRefusedBeforeItIsUnpacked() throws IOException {
    Path bomb = folder.resolve("bomb.docx");
    try (OutputStream out = Files.newOutputStream(bomb);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("word/document.xml"));
      zip.write(
          Docx.root("document", "").replace("</w:document>", "").getBytes(StandardCharsets.UTF_8));
      byte[] spaces = new byte[1 << 20];
      Arrays.fill(spaces, (byte) ' ');
      for (int i = 0; i < 64; i++) {
        zip.write(spaces);
      }
      zip.closeEntry();
    }
    assertThat(Files.size(bomb)).isLessThan(1 << 18);
    refused(bomb).hasMessageContaining("unpacks to more than");
  }

  @Test
  void entitiesAndDeclarationsAreRefused() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret.txt"), "secret");
    String external =
        "<?xml version='1.0'?><!DOCTYPE d [<!ENTITY x SYSTEM '"
            + secret.toUri()
            + "'>]><w:document xmlns:w='"
            + Docx.W
            + "'><w:body>"
            + p("&amp;x;").replace("&amp;", "&")
            + "</w:body></w:document>";
    refused(Docx.of().entry("word/document.xml", external)).hasMessageContaining("declaration");
    String undeclared = Docx.root("document", "<w:body>" + p("&x;") + "</w:body>");
    refused(Docx.of().entry("word/document.xml", undeclared)).hasMessageContaining("document.xml");
  }

  @Test
  void missingPartsAreNamed() {
    refused(Docx.of().without("word/document.xml"))
        .hasMessageContaining("word/document.xml is missing");
    refused(Docx.of().entry("word/document.xml", "<workbook/>"))
        .hasMessageContaining("spreadsheet");
    refused(Docx.of().entry("word/document.xml", "")).hasMessageContaining("damaged XML");
    refused(Docx.of(p("Text.")).without("word/styles.xml"))
        .hasMessageContaining("styles.xml is missing");
    // a document may have no styles at all
    Path plain = folder.resolve("plain.docx");
    Docx.of(p("Text."))
        .without("word/styles.xml")
        .entry("word/_rels/document.xml.rels", "<none/>")
        .write(plain);
    assertThat(DocumentImporter.create().read(plain).clauses()).hasSize(1);
  }

  @Test
  void stylesThatAreBasedOnThemselvesAreRefused() {
    String loop = Docx.style("A", "a", "B", "") + Docx.style("B", "b", "A", "");
    refused(Docx.of(styled("A", r("x"))).styles(loop)).hasMessageContaining("based on itself");
  }

  @Test
  void listsWhoseStylesPointAtEachOtherEnd() {
    String style =
        "<w:style w:type='numbering' w:styleId='L'><w:name w:val='L'/><w:pPr>"
            + Docx.numbered(1, "")
            + "</w:pPr></w:style>";
    String numbering =
        "<w:abstractNum w:abstractNumId='0'><w:numStyleLink w:val='L'/></w:abstractNum>"
            + Docx.num(1, 0, "");
    String item = "<w:p><w:pPr>" + Docx.numbered(1, "") + "</w:pPr>" + r("x") + "</w:p>";
    Path file = Docx.of(item).styles(style).numbering(numbering).write(folder.resolve("l.docx"));
    assertThat(DocumentImporter.create().read(file).clauses().get(0).text()).isEqualTo("x");
  }

  @Test
  void deepNestingIsRefused() {
    int depth = 10_000;
    String deep = "<w:sdt>".repeat(depth) + "</w:sdt>".repeat(depth);
    refused(Docx.of(deep)).hasMessageContaining("nested deeper");
    refused(Docx.of("<w:p>" + deep + "</w:p>")).hasMessageContaining("nested deeper");
  }

  @Test
  void aTruncatedZipIsRefusedAtEveryLength() throws IOException {
    Path whole = Docx.of(heading(1, "1\tScope"), p("Text.")).write(folder.resolve("whole.docx"));
    byte[] bytes = Files.readAllBytes(whole);
    for (int length = 0; length < bytes.length; length += 7) {
      refused(Files.write(folder.resolve("cut.docx"), Arrays.copyOf(bytes, length)));
    }
  }

  @Test
  void aFlippedByteGivesAnErrorOrTheSameText() throws IOException {
    Path whole = Docx.of(heading(1, "1\tScope"), p("Text.")).write(folder.resolve("whole.docx"));
    byte[] bytes = Files.readAllBytes(whole);
    String right = DocumentImporter.create().read(whole).clauses().get(0).text();
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 200; i++) {
      byte[] flipped = bytes.clone();
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
      Path file = Files.write(folder.resolve("flipped.docx"), flipped);
      try {
        // a wrong checksum is noticed at the end of a part, so nothing was passed on
        assertThat(DocumentImporter.create().read(file).clauses().get(0).text()).isEqualTo(right);
      } catch (InvalidDataException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(50);
  }

  @Test
  void aFileIsWhatItsNameSays() throws IOException {
    refused(file("old.docx", "\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1"))
        .hasMessageContaining("old .doc");
    refused(file("text.docx", "%PDF-1.7")).hasMessageContaining("begin with '%PDF-1.7'");
    refused(file("text.pdf", "no PDF")).hasMessageContaining("not a PDF");
    refused(file("zip.html", "PK\u0003\u0004\u0000\u0000")).hasMessageContaining("binary");
    refused(file("latin.md", "caf\u00e9")).hasMessageContaining("UTF-8");
    refused(file("lines.jsonl", "no JSON")).hasMessageContaining("line 1");
    refused(file("image.png", "x")).hasMessageContaining("the name ends in none of");
    refused(folder.resolve("absent.docx")).hasMessageContaining("no such file");
  }

  @Test
  void deepMarkupIsBounded() throws IOException {
    int depth = 20_000;
    Path html = file("deep.html", "<div>".repeat(depth) + "text");
    assertThat(DocumentImporter.create().read(html).clauses().get(0).text()).isEqualTo("text");
    Path quotes = file("deep.md", ">".repeat(depth) + " text");
    assertThat(DocumentImporter.create().read(quotes).clauses()).isNotEmpty();
    Path emphasis = file("stars.md", "*a ".repeat(depth) + "[".repeat(depth));
    assertThat(DocumentImporter.create().read(emphasis).clauses()).isNotEmpty();
    Path items = file("items.html", "<ol>" + "<li>a".repeat(depth));
    assertThat(DocumentImporter.create().read(items).clauses().get(0).text()).startsWith("1. a");
    Path spans =
        file(
            "spans.html",
            "<table><tr>" + "<td colspan=1000 rowspan=65534>x".repeat(100) + "</table>");
    assertThat(DocumentImporter.create().read(spans).clauses()).isNotEmpty();
  }

  @Test
  void endlessLinesAndTablesAreBounded() throws IOException {
    Path line = file("line.html", "<p>" + "x".repeat(1_500_000) + "<p>" + "y z".repeat(100_000));
    assertThat(DocumentImporter.create().read(line).clauses())
        .allMatch(c -> c.text().length() < 20_000);
    String covered = "<td colspan=64 rowspan=60000>x".repeat(1_000);
    refused(file("rows.html", "<table><tr>" + covered + "<tr>".repeat(200)))
        .hasMessageContaining("more than 100000000 characters");
  }
}
