package io.telecomllm.knowledge.documents;

import io.telecomllm.InvalidDataException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads Word's docx (ECMA-376, transitional and strict) from its parts: the styles, the numbering,
 * the notes, and then the text, one paragraph or row at a time.
 */
final class WordReader implements DocumentReader {
  private interface PartReader {
    void read(XmlStream xml);
  }

  @Override
  public void read(Path file, Outline outline) throws IOException {
    try (OfficeZip zip = OfficeZip.open(file)) {
      WordStyles styles = new WordStyles(file.toString());
      WordNumbering numbering = new WordNumbering(styles);
      Map<String, XmlElement> notes = new HashMap<>();
      readPart(zip, "styles", styles::read);
      readPart(zip, "numbering", numbering::read);
      readPart(zip, "footnotes", xml -> readNotes(xml, "footnotes ", notes));
      readPart(zip, "endnotes", xml -> readNotes(xml, "endnotes ", notes));
      try (XmlStream xml = zip.open(zip.main())) {
        if (!xml.next() || !xml.isStart("w:document")) {
          throw new InvalidDataException(
              file + ": " + zip.main() + " is no text of Word; is it a spreadsheet or slides?");
        }
        new WordBody(outline, styles, numbering, notes).read(xml);
      }
    }
  }

  private static void readPart(OfficeZip zip, String kind, PartReader reader) throws IOException {
    Optional<String> part = zip.related(kind);
    if (part.isPresent()) {
      try (XmlStream xml = zip.open(part.get())) {
        reader.read(xml);
      }
    }
  }

  private static void readNotes(XmlStream xml, String kind, Map<String, XmlElement> notes) {
    while (xml.next()) {
      if (xml.isStart("w:footnote") || xml.isStart("w:endnote")) {
        XmlElement note = xml.element();
        notes.put(kind + note.attribute("id"), note);
      }
    }
  }
}
