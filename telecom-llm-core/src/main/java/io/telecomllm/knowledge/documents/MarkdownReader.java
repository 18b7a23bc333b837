package io.telecomllm.knowledge.documents;

import io.telecomllm.InvalidDataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/** Reads Markdown (CommonMark with tables) by turning it into HTML. */
final class MarkdownReader implements DocumentReader {
  private static final int MAX_OPEN_BLOCKS = 100;
  private static final int MAX_INLINE_NESTING = 100;
  private static final Pattern FRONT_MATTER =
      Pattern.compile(
          "\\A\\ufeff?---[ \\t]*\\R(?:(?!---)[^\\n]*\\n)*?(?:---|\\.\\.\\.)[ \\t]*(?:\\R|\\z)");

  @Override
  public void read(Path file, Outline outline) throws IOException {
    long size = Files.size(file);
    if (size > HtmlReader.MAX_BYTES) {
      throw new InvalidDataException(
          file + ": " + size + " bytes of Markdown, at most " + HtmlReader.MAX_BYTES + " are read");
    }
    String text = FRONT_MATTER.matcher(utf8(file)).replaceFirst("");
    List<TablesExtension> tables = List.of((TablesExtension) TablesExtension.create());
    Parser parser =
        Parser.builder()
            .extensions(tables)
            .maxOpenBlockParsers(MAX_OPEN_BLOCKS)
            .maxInlineNesting(MAX_INLINE_NESTING)
            .build();
    HtmlReader.write(
        HtmlRenderer.builder().extensions(tables).build().render(parser.parse(text)), outline);
  }

  private static String utf8(Path file) throws IOException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new InvalidDataException(file + ": expected Markdown in UTF-8, found other bytes", e);
    }
  }
}
