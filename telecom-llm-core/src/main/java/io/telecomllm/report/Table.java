package io.telecomllm.report;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Builds a table of a page row by row; every text is escaped. For one thread. */
@Internal
public final class Table {
  private final List<Column> columns;
  private final StringBuilder rows = new StringBuilder();

  /**
   * A column of the table.
   *
   * @param heading its heading, which may be empty
   * @param style the class of its cells, such as {@code n} for numbers or {@code warn}; may be
   *     empty
   */
  private record Column(String heading, String style) {}

  private Table(List<Column> columns) {
    this.columns = columns;
  }

  /** Creates a table without columns. */
  public static Table empty() {
    return new Table(new ArrayList<>());
  }

  /** Adds a column of numbers, which are aligned to the right. */
  public Table numbers(String heading) {
    return column(heading, "n");
  }

  /** Adds a column of texts. */
  public Table texts(String heading) {
    return column(heading, "");
  }

  /** Adds a column of warnings. */
  public Table warnings(String heading) {
    return column(heading, "warn");
  }

  private Table column(String heading, String style) {
    checkArgument(rows.isEmpty(), "the column %s comes after a row", heading);
    columns.add(new Column(heading, style));
    return this;
  }

  /** Adds a row with a cell for each column. */
  public Table row(List<String> cells) {
    return row(cells, false);
  }

  /** Adds a row with a cell for each column; it stands out if it is the best. */
  public Table row(List<String> cells, boolean best) {
    checkArgument(
        cells.size() == columns.size(), "%s cells for %s columns", cells.size(), columns.size());
    rows.append(best ? "<tr class=\"best\">" : "<tr>");
    for (int i = 0; i < cells.size(); i++) {
      rows.append(cell("td", columns.get(i).style, cells.get(i)));
    }
    rows.append("</tr>\n");
    return this;
  }

  /** Returns the table as HTML. */
  public String html() {
    StringBuilder html = new StringBuilder("<table>\n<tr>");
    // headings are not warnings
    columns.forEach(c -> html.append(cell("th", c.style.equals("n") ? "n" : "", c.heading)));
    return html.append("</tr>\n").append(rows).append("</table>\n").toString();
  }

  /** Returns the table as HTML that scrolls sideways if the page is too narrow for it. */
  public String scrollingHtml() {
    return "<div class=\"scroll\">" + html().stripTrailing() + "</div>\n";
  }

  private static String cell(String tag, String style, String text) {
    String opening = style.isEmpty() ? tag : tag + " class=\"" + style + "\"";
    return "<" + opening + ">" + Html.escape(text) + "</" + tag + ">";
  }

  /** Returns a table of names and values as HTML. */
  public static String of(Map<String, String> values) {
    StringBuilder table = new StringBuilder("<table class=\"rows\">\n");
    values.forEach(
        (name, value) ->
            table
                .append("<tr><th scope=\"row\">")
                .append(breakable(name))
                .append("</th><td>")
                .append(Html.escape(value))
                .append("</td></tr>\n"));
    return table.append("</table>\n").toString();
  }

  /** Escapes a name and lets it break between its words, not within one. */
  private static String breakable(String name) {
    return Html.escape(name).replaceAll("(?<=[._])(?=[a-z0-9])", "<wbr/>");
  }
}
