package io.telecomllm.knowledge.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.knowledge.documents.Omission.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.common.PDStream;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PdfReaderTest {
  @TempDir Path folder;

  private Imported read(Pdf pdf) {
    return DocumentImporter.create().read(pdf.write(folder.resolve("own.pdf")));
  }

  private String text(Pdf pdf) {
    return read(pdf).clauses().get(0).text();
  }

  @Test
  void headingsBySizeAndNumber() {
    Imported imported =
        read(
            new Pdf()
                .heading("1 Scope")
                .paragraph("This document describes the timers of the")
                .line("access network. See also clause 5.6.1")
                .line("5.6.1 of another document.")
                .heading("5.6.1 A heading")
                .paragraph("The timer is started."));
    assertThat(imported.clauses())
        .extracting(c -> c.clause() + "|" + c.title() + "|" + c.text() + "|" + c.source())
        .containsExactly(
            "1|Scope|This document describes the timers of the access network. See also clause"
                + " 5.6.1 5.6.1 of another document.|own.pdf, page 1",
            "5.6.1|A heading|The timer is started.|own.pdf, page 1");
  }

  @Test
  void plainHeadingsInTheirOrder() {
    Imported imported =
        read(
            new Pdf()
                .paragraph("1 Scope")
                .paragraph("This document describes timers and has")
                .line("2 Lines that begin with a number.")
                .paragraph("4 Bands are not a clause here.")
                .paragraph("1.1 General")
                .paragraph("A timer runs.")
                .paragraph("7 Later things")
                .paragraph("2 References")
                .paragraph("None."));
    assertThat(imported.clauses()).extracting(c -> c.clause()).containsExactly("1", "1.1", "2");
  }

  @Test
  void wrappedHeadingsAreJoined() {
    Pdf pdf = new Pdf().heading("5 Support of vertical").wrapped("and horizontal things");
    pdf.heading("5.1 General").paragraph("This text is longer than the headings above it, so that");
    assertThat(read(pdf.line("its size is that of most characters.")).clauses())
        .extracting(c -> c.clause() + " " + c.title())
        .containsExactly("5.1 Support of vertical and horizontal things: General");
  }

  @Test
  void runningHeadersAndFootersAreLeftOut() {
    Pdf pdf = new Pdf();
    for (int page = 1; page <= 6; page++) {
      if (page > 1) {
        pdf.page();
      }
      pdf.header("TS 99.001 version " + page % 2).footer("page " + page);
      pdf.line("This sentence number " + "abcdef".charAt(page - 1) + " goes on over the");
    }
    pdf.line("end of the page.");
    Imported imported = read(pdf);
    assertThat(imported.clauses()).hasSize(1);
    assertThat(imported.clauses().get(0).text())
        .doesNotContain("page 1", "version")
        .startsWith("This sentence number a goes on over the\nThis")
        .endsWith("goes on over the end of the page.");
    assertThat(imported.report().files().get(0).omissions())
        .extracting(o -> o.reason() + " " + o.count())
        .containsExactly("HEADER_OR_FOOTER 12");
  }

  @Test
  void aSentenceGoesOnOverThePage() {
    Pdf pdf = new Pdf().header("Head").line("The timer is started when the").page();
    assertThat(text(pdf.header("Head").line("request is sent.")))
        .isEqualTo("The timer is started when the request is sent.");
  }

  @Test
  void aStampAtTheSideIsNoText() {
    Imported imported = read(new Pdf().stamp("DRAFT 7").line("The timer is started here."));
    assertThat(imported.clauses()).hasSize(1);
    assertThat(imported.clauses().get(0).text()).isEqualTo("The timer is started here.");
  }

  @Test
  void ofLargeLinesInARowNoneIsLost() {
    Pdf pdf = new Pdf().heading("A large title").heading("Its second line").heading("Timers");
    pdf.paragraph("This text is longer than the lines above it, so that its size is that of");
    assertThat(read(pdf.line("most characters of the document.")).clauses())
        .extracting(c -> c.clause() + "|" + c.text().lines().findFirst().orElseThrow())
        .first()
        .isEqualTo("preamble|A large title");
  }

  @Test
  void hyphensAtTheEndsOfLines() {
    assertThat(text(new Pdf().line("This is inter-").line("working of networks.")))
        .isEqualTo("This is interworking of networks.");
    assertThat(text(new Pdf().line("A non-roaming case and a non-").line("roaming UE.")))
        .isEqualTo("A non-roaming case and a non-roaming UE.");
    assertThat(text(new Pdf().line("The S-").line("NSSAI is sent.")))
        .isEqualTo("The S-NSSAI is sent.");
    assertThat(text(new Pdf().line("From 5 -").line("10 of them.")))
        .isEqualTo("From 5 - 10 of them.");
  }

  @Test
  void raisedCharactersAreNoDigits() {
    float ten = Pdf.width("10");
    assertThat(text(new Pdf().line("10").raised(ten, "-5"))).isEqualTo("10^-5");
    float fifteen = Pdf.width("15 s");
    assertThat(text(new Pdf().line("15 s").raised(fifteen, "1"))).isEqualTo("15 s^1");
  }

  @Test
  void cellsOfATableAreToldApart() {
    Pdf pdf = new Pdf().line("Timer").right(120, "Value").line("T3512").right(120, "54 min");
    assertThat(text(pdf)).isEqualTo("Timer\tValue\nT3512\t54 min");
  }

  @Test
  void itemsAndNotesBeginParagraphs() {
    assertThat(text(new Pdf().line("There are:").line("- one").line("- two").line("NOTE: None.")))
        .isEqualTo("There are:\n- one\n- two\nNOTE: None.");
  }

  @Test
  void theTableOfContentsIsLeftOut() {
    Pdf pdf = new Pdf().line("1 Scope .......... 4").line("2 More ........... 5");
    Imported imported = read(pdf.page().heading("1 Scope").paragraph("Text."));
    assertThat(imported.clauses()).extracting(c -> c.clause()).containsExactly("1");
    assertThat(imported.report().files().get(0).omissions())
        .containsExactly(new Omission(Reason.CONTENTS, 2, List.of("page 1")));
  }

  @Test
  void theCoverNamesTheSpecification() {
    Pdf pdf = new Pdf().heading("ETSI TS 123 501 V18.4.0 (2024-01)").heading("5G; System");
    pdf.paragraph("(3GPP TS 23.501 version 18.4.0 Release 18)");
    Imported imported = read(pdf.page().heading("1 Scope").paragraph("Text."));
    assertThat(imported.clauses())
        .extracting(c -> c.edition())
        .containsExactly("TS 23.501#1 (18.4.0, Release 18)");
  }

  @Test
  void pagesWithoutTextAreNamed() {
    Imported imported = read(new Pdf().page().line("Text."));
    assertThat(imported.report().files().get(0).omissions())
        .containsExactly(new Omission(Reason.PAGE_WITHOUT_TEXT, 1, List.of("page 1")));
    Path scanned = new Pdf().page().write(folder.resolve("scan.pdf"));
    assertThatThrownBy(() -> DocumentImporter.create().read(scanned))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("none of its 2 pages has text; it is scanned");
  }

  @Test
  void aPageThatIsCompressedTwiceIsNotTakenForAScan() throws IOException {
    Pdf pdf = new Pdf().line("Text.").page().line("More.");
    PDPage page = pdf.document().getPage(0);
    PDStream twice = new PDStream(pdf.document());
    byte[] text = "BT ET".getBytes(StandardCharsets.US_ASCII);
    try (OutputStream raw = twice.getCOSObject().createRawOutputStream();
        OutputStream out = new DeflaterOutputStream(new DeflaterOutputStream(raw))) {
      out.write(text);
    }
    COSArray filters = new COSArray(List.of(COSName.FLATE_DECODE, COSName.FLATE_DECODE));
    twice.getCOSObject().setItem(COSName.FILTER, filters);
    page.setContents(twice);
    Path file = pdf.write(folder.resolve("twice.pdf"));
    assertThatThrownBy(() -> DocumentImporter.create().read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining(
            "twice.pdf: page 1 is compressed twice (FlateDecode FlateDecode), which PDFBox");
  }

  @Test
  void encryptedFilesAreRefused() throws IOException {
    Pdf pdf = new Pdf().line("Text.");
    pdf.document().protect(new StandardProtectionPolicy("owner", "user", new AccessPermission()));
    Path file = pdf.write(folder.resolve("locked.pdf"));
    assertThatThrownBy(() -> DocumentImporter.create().read(file))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("is encrypted");
  }

  @Test
  void damagedFilesGiveTypedErrorsOrText() throws IOException {
    Path whole = new Pdf().heading("1 Scope").paragraph("Text.").write(folder.resolve("whole.pdf"));
    byte[] bytes = Files.readAllBytes(whole);
    Random random = new Random(11);
    for (int i = 0; i < 100; i++) {
      byte[] damaged =
          Arrays.copyOf(bytes, i % 4 == 0 ? random.nextInt(bytes.length) : bytes.length);
      for (int j = 0; j < 3 && damaged.length > 0; j++) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Path file = Files.write(folder.resolve("damaged.pdf"), damaged);
      try {
        assertThat(DocumentImporter.create().read(file).report().files()).hasSize(1);
      } catch (InvalidDataException e) {
        assertThat(e).hasMessageContaining("damaged.pdf");
      }
    }
  }
}
