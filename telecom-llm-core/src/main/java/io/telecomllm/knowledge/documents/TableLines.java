package io.telecomllm.knowledge.documents;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes a table as one line a row, {@code | a | b |}. So a row can be quoted as it stands, its
 * cells are told apart, and it is the form in which models have read most tables. A value that is
 * merged over several rows is in each of them; one that is merged over columns is followed by empty
 * cells, so that columns stay below their headings. A table of one column is plain lines.
 */
final class TableLines {
  /** What every row begins with. */
  static final String EDGE = "| ";

  /** The most columns that a cell covers; Word has 63 columns. */
  private static final int MAX_SPAN = 64;

  private final Outline outline;
  private final List<List<String>> rows = new ArrayList<>();
  private final Map<Integer, String> above = new HashMap<>();

  /**
   * A cell of a row.
   *
   * @param text one line
   * @param columns the number of columns that it covers
   * @param continues whether it continues the merged cell above it
   */
  record Cell(String text, int columns, boolean continues) {}

  /** Creates a table; what it holds is counted as text of the outline. */
  TableLines(Outline outline) {
    this.outline = outline;
  }

  void row(List<Cell> cells) {
    List<String> row = new ArrayList<>();
    for (Cell cell : cells) {
      int column = row.size();
      String text = cell.continues ? above.getOrDefault(column, cell.text) : cell.text;
      outline.count(text.length());
      above.put(column, text);
      row.add(text);
      for (int i = 1; i < Math.min(cell.columns, MAX_SPAN); i++) {
        row.add("");
      }
    }
    rows.add(row);
  }

  /** Returns the lines of the table; rows without text are left out. */
  List<String> lines() {
    boolean plain = rows.stream().allMatch(row -> row.size() <= 1);
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      List<String> filled = row.stream().filter(cell -> !cell.isBlank()).toList();
      if (plain) {
        lines.addAll(filled);
      } else if (filled.size() == 1) {
        lines.add(EDGE + filled.get(0) + " |");
      } else if (!filled.isEmpty()) {
        lines.add(EDGE + String.join(" | ", row) + " |");
      }
    }
    return lines;
  }

  /** Returns the table on one line, for one inside a cell: {@code a, b; c, d}. */
  String inline() {
    return rows.stream()
        .map(row -> String.join(", ", row.stream().filter(cell -> !cell.isBlank()).toList()))
        .filter(row -> !row.isEmpty())
        .collect(Collectors.joining("; "));
  }
}
