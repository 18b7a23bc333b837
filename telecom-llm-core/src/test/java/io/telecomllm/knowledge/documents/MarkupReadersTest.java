package io.telecomllm.knowledge.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.knowledge.documents.Omission.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTML and Markdown. */
class MarkupReadersTest {
  @TempDir Path folder;

  private Imported read(String name, String content) {
    try {
      return DocumentImporter.create().read(Files.writeString(folder.resolve(name), content));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String html(String content) {
    return read("own.html", content).clauses().get(0).text();
  }

  private String markdown(String content) {
    return read("own.md", content).clauses().get(0).text();
  }

  private List<String> clauses(String name, String content) {
    return read(name, content).clauses().stream()
        .map(c -> c.clause() + "|" + c.title() + "|" + c.text())
        .toList();
  }

  @Test
  void headingsOfHtml() {
    assertThat(
            clauses(
                "own.html",
                "<title>T</title><h1>5 Sessions</h1><h2>5.1&nbsp;General</h2><p>One\n two.<p>Three."
                    + "<h2>Notes</h2>Four.<h1>Annex A (normative): Keys</h1><div>Five.</div>"))
        .containsExactly(
            "5.1|Sessions: General|One two.\nThree.",
            "Notes|Sessions: Notes|Four.",
            "A|Annex A (normative): Keys|Five.");
  }

  @Test
  void blocksOfHtml() {
    assertThat(html("a <b>b</b>c<br>d<ul><li>e<li>f</ul><ol start=3><li>g<li>h</ol>"))
        .isEqualTo("a bc\nd\n- e\n- f\n3. g\n4. h");
    assertThat(html("<pre>x = 1\n  y = 2</pre>")).isEqualTo("x = 1\ny = 2");
    assertThat(html("10<sup>-5</sup> and 1<sup>st</sup>")).isEqualTo("10^-5 and 1st");
    assertThat(html("<dl><dt>AMF<dd>It ends NAS.</dl>")).isEqualTo("AMF\nIt ends NAS.");
  }

  @Test
  void tablesOfHtml() {
    assertThat(
            html(
                "<table><caption>Bands</caption><tr><th>Band<th colspan=2>Range"
                    + "<tr><td rowspan=2>n1<td>1920<td>1980<tr><td>2110<td>2170</table>"))
        .isEqualTo("| Bands |\n| Band | Range | |\n| n1 | 1920 | 1980 |\n| n1 | 2110 | 2170 |");
    assertThat(
            html("<table><tr><td>a<table><tr><td>b<td>c<tr><td>d<td>e</table><td><p>f<p>g</table>"))
        .isEqualTo("| a b, c; d, e | f g |");
  }

  @Test
  void whatIsNoTextOfHtmlIsLeftOut() {
    Imported imported =
        read(
            "own.html",
            "<nav>Menu</nav><script>alert(1)</script><style>p{}</style><div id=toc>1 Scope</div>"
                + "<p>Kept<del>gone</del><span hidden>no</span><img src='http://x/y.png'></p>");
    assertThat(imported.clauses().get(0).text()).isEqualTo("Kept");
    assertThat(imported.report().files().get(0).omissions())
        .extracting(Omission::reason)
        .containsExactlyInAnyOrder(
            Reason.NOT_CONTENT,
            Reason.CONTENTS,
            Reason.DELETED_TEXT,
            Reason.HIDDEN_TEXT,
            Reason.PICTURE);
  }

  @Test
  void theCharacterSetIsTheDocuments() throws IOException {
    String page = "<meta charset=windows-1252><p>5 \u2013 10 \u00b5s";
    Path file = Files.writeString(folder.resolve("w.html"), page, Charset.forName("windows-1252"));
    assertThat(DocumentImporter.create().read(file).clauses().get(0).text())
        .isEqualTo("5 \u2013 10 \u00b5s");
    Files.writeString(file, "<p>\u2264 5", StandardCharsets.UTF_16);
    assertThat(DocumentImporter.create().read(file).clauses().get(0).text()).isEqualTo("\u2264 5");
  }

  @Test
  void headingsOfMarkdown() {
    assertThat(
            clauses(
                "own.md",
                "---\ntitle: x\n---\n# Runbook\n\nFirst *line*\nsecond line.\n\n## 2.1 Restart\n\n"
                    + "Call `reset_amf` at [the site](http://x).\n\nNotes\n-----\nText."))
        .containsExactly(
            "Runbook|Runbook|First line second line.",
            "2.1|Restart|Call reset_amf at the site.",
            "Notes|Notes|Text.");
  }

  @Test
  void blocksOfMarkdown() {
    assertThat(markdown("| a | b |\n|---|---|\n| 1 | `x|y` |\n")).startsWith("| a | b |\n| 1 | ");
    assertThat(markdown("```\nif (a)\n  b # no heading\n```\n"))
        .isEqualTo("if (a)\nb # no heading");
    assertThat(markdown("1. one\n2. two\n   - three\n")).isEqualTo("1. one\n2. two\n- three");
    assertThat(markdown("a snake_case_name and 2 * 3 * 4 &lt; 5"))
        .isEqualTo("a snake_case_name and 2 * 3 * 4 < 5");
  }
}
