package io.telecomllm.knowledge.documents;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Tells running headers, footers and page numbers from the text: they stand at the upper or lower
 * edge of many pages and differ at most in their numbers. What is written in another direction than
 * the page, such as a stamp at its side, belongs to the margin as well.
 */
final class PdfMargins {
  /** The most lines of a header or footer. */
  private static final int DEPTH = 3;

  /** On one page of this number at least: chapters and even pages have headers of their own. */
  private static final int SHARE = 4;

  private final List<PdfLine> body = new ArrayList<>();
  private final List<PdfLine> removed = new ArrayList<>();

  PdfMargins(List<List<PdfLine>> pages) {
    Map<String, Integer> upper = new HashMap<>();
    Map<String, Integer> lower = new HashMap<>();
    for (List<PdfLine> page : pages) {
      count(edge(page, true), upper);
      count(edge(page, false), lower);
    }
    int written = (int) pages.stream().filter(page -> !page.isEmpty()).count();
    int least = written <= 3 ? 2 : Math.max(3, written / SHARE);
    for (List<PdfLine> page : pages) {
      Set<PdfLine> margin = new HashSet<>();
      collect(edge(page, true), upper, least, margin);
      collect(edge(page, false), lower, least, margin);
      margin.addAll(turned(page));
      page.forEach(line -> (margin.contains(line) ? removed : body).add(line));
    }
  }

  private static List<PdfLine> turned(List<PdfLine> page) {
    int upright = PdfStatistics.commonDirection(page);
    List<PdfLine> turned = page.stream().filter(l -> Math.round(l.direction()) != upright).toList();
    // more than that is a table that was turned to fit
    boolean few = SHARE * characters(turned) < characters(page);
    return few ? turned : List.of();
  }

  private static int characters(List<PdfLine> lines) {
    return lines.stream().mapToInt(l -> l.text().length()).sum();
  }

  /** Returns the other lines, in order. */
  List<PdfLine> body() {
    return body;
  }

  /** Returns the headers and footers, in order. */
  List<PdfLine> removed() {
    return removed;
  }

  // from the edge inwards; never more than half a page
  private static List<PdfLine> edge(List<PdfLine> page, boolean upper) {
    Comparator<PdfLine> downwards = Comparator.comparing(PdfLine::y);
    return page.stream()
        .sorted(upper ? downwards : downwards.reversed())
        .limit(Math.min(DEPTH, page.size() / 2))
        .toList();
  }

  private static void count(List<PdfLine> edge, Map<String, Integer> counts) {
    edge.stream().map(PdfMargins::key).distinct().forEach(k -> counts.merge(k, 1, Integer::sum));
  }

  private static void collect(
      List<PdfLine> edge, Map<String, Integer> counts, int least, Set<PdfLine> margin) {
    for (PdfLine line : edge) {
      if (counts.getOrDefault(key(line), 0) < least) {
        return;
      }
      margin.add(line);
    }
  }

  private static String key(PdfLine line) {
    return line.text().toLowerCase(Locale.ROOT).replaceAll("\\d+", "#");
  }
}
