package io.telecomllm.knowledge.documents;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Builds docx files from the XML of their bodies. */
final class Docx {
  private static final String TYPES =
      "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
  static final String W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
  private static final String NAMESPACES =
      " xmlns:w=\""
          + W
          + "\" xmlns:m=\"http://schemas.openxmlformats.org/officeDocument/2006/math\""
          + " xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\""
          + " xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\""
          + " xmlns:wps=\"http://schemas.microsoft.com/office/word/2010/wordprocessingShape\"";

  /** Styles as Word has them; H6, TT and annexes as 3GPP has them. */
  private static final String STYLES =
      Stream.of(
              "<w:style w:type='paragraph' w:default='1' w:styleId='Normal'><w:name w:val='Normal'/></w:style>",
              heading(1),
              heading(2),
              heading(3),
              heading(8),
              style("berschrift2", "heading 2", "Normal", "<w:outlineLvl w:val='1'/>"),
              style("Mine", "My heading", "Heading2", ""),
              style("TT", "TT", "Heading1", "<w:outlineLvl w:val='9'/>"),
              style("H6", "H6", "Heading3", "<w:outlineLvl w:val='9'/>"),
              style("TOC1", "toc 1", "Normal", ""),
              style("TF", "TF", "Normal", ""),
              style("Auto1", "Auto1", "Heading1", numbered(1, "")),
              style("Auto2", "Auto2", "Heading2", numbered(1, "<w:ilvl w:val='1'/>")),
              style("Auto3", "Auto3", "Heading3", numbered(1, "<w:ilvl w:val='2'/>")),
              style("Linked2", "Linked2", "Heading2", numbered(4, "")))
          .collect(Collectors.joining());

  private final Map<String, String> parts = new LinkedHashMap<>();
  private final StringBuilder relationships = new StringBuilder();

  private Docx() {}

  /** A document with these blocks. */
  static Docx of(String... blocks) {
    Docx docx = new Docx();
    docx.parts.put(
        "_rels/.rels",
        relationships(
            "<Relationship Id='a' Type='"
                + TYPES
                + "officeDocument' Target='word/document.xml'/>"));
    docx.parts.put(
        "word/document.xml", root("document", "<w:body>" + String.join("", blocks) + "</w:body>"));
    return docx.part("styles", root("styles", STYLES));
  }

  /** Sets a part that the document is related to. */
  Docx part(String kind, String xml) {
    if (parts.put("word/" + kind + ".xml", xml) == null) {
      relationships.append("<Relationship Id='").append(kind).append("' Type='").append(TYPES);
      relationships.append(kind).append("' Target='").append(kind).append(".xml'/>");
    }
    return this;
  }

  Docx styles(String more) {
    return part("styles", root("styles", STYLES + more));
  }

  Docx numbering(String xml) {
    return part("numbering", root("numbering", xml));
  }

  Docx footnote(int id, String text) {
    return part(
        "footnotes",
        root("footnotes", "<w:footnote w:id='" + id + "'>" + p(text) + "</w:footnote>"));
  }

  /** Sets any entry of the zip. */
  Docx entry(String name, String content) {
    parts.put(name, content);
    return this;
  }

  Docx without(String name) {
    parts.remove(name);
    return this;
  }

  Path write(Path file) {
    parts.putIfAbsent("word/_rels/document.xml.rels", relationships(relationships.toString()));
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, String> part : parts.entrySet()) {
        zip.putNextEntry(new ZipEntry(part.getKey()));
        zip.write(part.getValue().getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  static String root(String name, String content) {
    return "<?xml version='1.0' encoding='UTF-8'?><w:"
        + name
        + NAMESPACES
        + ">"
        + content
        + "</w:"
        + name
        + ">";
  }

  private static String relationships(String content) {
    return "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
        + content
        + "</Relationships>";
  }

  private static String heading(int level) {
    return style(
        "Heading" + level,
        "heading " + level,
        "Normal",
        "<w:outlineLvl w:val='" + (level - 1) + "'/>");
  }

  static String style(String id, String name, String basedOn, String properties) {
    return String.format(
        "<w:style w:type='paragraph' w:styleId='%s'><w:name w:val='%s'/><w:basedOn w:val='%s'/><w:pPr>%s</w:pPr></w:style>",
        id, name, basedOn, properties);
  }

  static String numbered(int id, String level) {
    return "<w:numPr>" + level + "<w:numId w:val='" + id + "'/></w:numPr>";
  }

  /** A definition of a numbering with this id and levels. */
  static String abstractNum(int id, String... levels) {
    return "<w:abstractNum w:abstractNumId='"
        + id
        + "'>"
        + String.join("", levels)
        + "</w:abstractNum>";
  }

  static String level(int level, String format, String text, String more) {
    return String.format(
        "<w:lvl w:ilvl='%d'><w:start w:val='1'/><w:numFmt w:val='%s'/>%s<w:lvlText w:val='%s'/></w:lvl>",
        level, format, more, text);
  }

  static String num(int id, int definition, String overrides) {
    return String.format(
        "<w:num w:numId='%d'><w:abstractNumId w:val='%d'/>%s</w:num>", id, definition, overrides);
  }

  /** A paragraph of text. */
  static String p(String text) {
    return "<w:p>" + r(text) + "</w:p>";
  }

  /** A paragraph of a style, from runs. */
  static String styled(String style, String... runs) {
    return "<w:p><w:pPr><w:pStyle w:val='"
        + style
        + "'/></w:pPr>"
        + String.join("", runs)
        + "</w:p>";
  }

  /** A paragraph of runs. */
  static String runs(String... runs) {
    return "<w:p>" + String.join("", runs) + "</w:p>";
  }

  /** A run; a tab in the text becomes the element. */
  static String r(String text) {
    String t = "<w:t xml:space='preserve'>";
    return "<w:r>" + t + text.replace("\t", "</w:t><w:tab/>" + t) + "</w:t></w:r>";
  }

  /** A run with this property. */
  static String r(String property, String text) {
    return "<w:r><w:rPr>" + property + "</w:rPr><w:t xml:space='preserve'>" + text + "</w:t></w:r>";
  }

  static String heading(int level, String text) {
    return styled("Heading" + level, r(text));
  }

  static String table(String... rows) {
    return "<w:tbl><w:tblPr/><w:tblGrid/>" + String.join("", rows) + "</w:tbl>";
  }

  static String row(String... cells) {
    return "<w:tr>" + String.join("", cells) + "</w:tr>";
  }

  static String cell(String properties, String... blocks) {
    return "<w:tc><w:tcPr>" + properties + "</w:tcPr>" + String.join("", blocks) + "</w:tc>";
  }

  static String cell(String text) {
    return cell("", p(text));
  }

  /** A field in Word's long form. */
  static String field(String instruction, String result) {
    return "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>"
        + instruction
        + "</w:instrText></w:r><w:r><w:fldChar w:fldCharType='separate'/></w:r>"
        + result
        + "<w:r><w:fldChar w:fldCharType='end'/></w:r>";
  }
}
