#!/usr/bin/env bash
# One would guess: a PDF stream whose Filter names a filter twice (ISO 32000-1, 7.4.1: "an array of such
# names", applied one after the other) is decoded twice. A generator that compresses what was already
# compressed writes such files.
#
# What happens: PDFBox 3.0.8 warns "Removed duplicated filter entries", decodes once, and takes the still
# compressed bytes for the page's content. What text extraction then gives depends on these bytes: a page
# without text, as of a scan, or an error about the syntax of something that is not there. The same page
# with the filter once, or with two different ones, gives its text; pypdf 6.4.0 reads all three.
#
# Why it matters: an importer that takes a page without text for a scan says something untrue about it,
# and a knowledge base misses the page. Comparing the number of filters in the file tells the two apart.
#
# Needs JDK 17, Maven and Python 3. Installs PDFBox 3.0.8 and pypdf 6.4.0 in a temporary folder.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install -q "pypdf==6.4.0"

cat > make.py <<'PYTHON'
import binascii
import zlib

import pypdf


def pdf(name, filters, content):
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 100] /Contents 4 0 R"
        b" /Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Filter [%s] /Length %d >>\nstream\n%s\nendstream" % (filters, len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in places)
    out += b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table
    with open(name + ".pdf", "wb") as f:
        f.write(out)
    text = pypdf.PdfReader(name + ".pdf").pages[0].extract_text()
    print(f"pypdf, {name}: '{text.strip()}'")


print("pypdf", pypdf.__version__)
page = b"BT /F 12 Tf 10 50 Td (The timer T3512 is stopped) Tj ET"
once = zlib.compress(page)
pdf("once", b"/FlateDecode", once)
pdf("two different", b"/ASCIIHexDecode /FlateDecode", binascii.hexlify(once) + b">")
pdf("twice", b"/FlateDecode /FlateDecode", zlib.compress(once))
PYTHON
venv/bin/python make.py | tee seen.txt

cat > pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.pdfbox</groupId><artifactId>pdfbox</artifactId><version>3.0.8</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B -Dmaven.repo.local="$work/repository" dependency:build-classpath -Dmdep.outputFile=classpath.txt > maven.log 2>&1

cat > Ask.java <<'JAVA'
import java.io.File;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;

class Ask {
  public static void main(String[] arguments) throws Exception {
    System.out.println("PDFBox " + org.apache.pdfbox.util.Version.getVersion());
    for (String name : new String[] {"once", "two different", "twice"}) {
      try (PDDocument document = Loader.loadPDF(new File(name + ".pdf"))) {
        String text;
        try {
          text = new PDFTextStripper().getText(document);
        } catch (java.io.IOException e) {
          text = "";
        }
        boolean whole = text.strip().equals("The timer T3512 is stopped");
        System.out.println("PDFBox, " + name + ": " + (whole ? "the text" : "not the text"));
      }
    }
  }
}
JAVA
java -cp "$(cat classpath.txt)" Ask.java 2> errors.log | tee -a seen.txt
grep -o "Removed duplicated filter entries" errors.log | sort -u | tee -a seen.txt

cat > expected.txt <<'TEXT'
pypdf 6.4.0
pypdf, once: 'The timer T3512 is stopped'
pypdf, two different: 'The timer T3512 is stopped'
pypdf, twice: 'The timer T3512 is stopped'
PDFBox 3.0.8
PDFBox, once: the text
PDFBox, two different: the text
PDFBox, twice: not the text
Removed duplicated filter entries
TEXT
diff expected.txt seen.txt && echo "as described"
