package io.telecomllm.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void everyTextIsEscaped() {
    String html =
        Table.empty()
            .numbers("a<b")
            .warnings("kind")
            .texts("")
            .row(List.of("1", "\"x\"", "<script>"))
            .row(List.of("2", "y", "z"), true)
            .html();
    assertThat(html)
        .isEqualTo(
            "<table>\n<tr><th class=\"n\">a&lt;b</th><th>kind</th><th></th></tr>\n"
                + "<tr><td class=\"n\">1</td><td class=\"warn\">&quot;x&quot;</td>"
                + "<td>&lt;script&gt;</td></tr>\n"
                + "<tr class=\"best\"><td class=\"n\">2</td><td class=\"warn\">y</td>"
                + "<td>z</td></tr>\n</table>\n");
    assertThat(Table.of(Map.of("a.b", "<i>")))
        .contains("<th scope=\"row\">a.<wbr/>b</th><td>&lt;i&gt;</td>");
  }

  @Test
  void aRowHasACellForEachColumn() {
    Table table = Table.empty().texts("a");
    assertThatThrownBy(() -> table.row(List.of("x", "y"))).hasMessage("2 cells for 1 columns");
    assertThatThrownBy(() -> table.row(List.of("x")).texts("b"))
        .hasMessage("the column b comes after a row");
  }

  @Test
  void aChartIsAFileOfItsOwn() throws Exception {
    Curve curve = new Curve(new double[] {1, 2, 3}, new double[] {0.3, 0.2, 0.1});
    String svg =
        new Chart(760, 380, "loss", true)
            .band(curve, "a <b>")
            .line("line", curve, "c")
            .file("t & u");
    var document =
        javax.xml.parsers.DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(
                new java.io.ByteArrayInputStream(
                    svg.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    assertThat(document.getDocumentElement().getAttribute("xmlns"))
        .isEqualTo("http://www.w3.org/2000/svg");
    // two lines and their keys; the broad one has no marks
    assertThat(document.getElementsByTagName("path").getLength()).isEqualTo(4);
    assertThat(document.getElementsByTagName("circle").getLength()).isEqualTo(3);
    assertThat(svg).contains("t &amp; u", "a &lt;b&gt;", "prefers-color-scheme: dark");
    Curve nothing = new Curve(new double[] {1}, new double[] {Double.NaN});
    assertThatThrownBy(() -> new Chart(10, 10, "y", true).line("line", nothing).file("none"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("none: no finite value to draw");
  }
}
