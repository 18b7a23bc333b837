package io.telecomllm.knowledge.documents;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/** What is usual in a document's lines. */
final class PdfStatistics {
  private static final float DEFAULT_SPACING = 1.2f; // times the size, as typesetters have it

  private PdfStatistics() {}

  /** Returns the size of most characters, in points, to a tenth. */
  static float commonSize(List<PdfLine> lines) {
    return common(lines, line -> Math.round(10 * line.size())) / 10f;
  }

  /** Returns the direction of most characters, in degrees. */
  static int commonDirection(List<PdfLine> lines) {
    return common(lines, line -> Math.round(line.direction()));
  }

  private static int common(List<PdfLine> lines, ToIntFunction<PdfLine> value) {
    Map<Integer, Integer> characters = new TreeMap<>();
    lines.forEach(l -> characters.merge(value.applyAsInt(l), l.text().length(), Integer::sum));
    return characters.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(0);
  }

  /** Returns whether most characters are bold. */
  static boolean isMostlyBold(List<PdfLine> lines) {
    long bold = lines.stream().filter(PdfLine::bold).mapToLong(l -> l.text().length()).sum();
    return 2 * bold > lines.stream().mapToLong(l -> l.text().length()).sum();
  }

  /** Returns the usual distance from a line of this size to the next, in points. */
  static float spacing(List<PdfLine> lines, float size) {
    List<Float> distances = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      PdfLine before = lines.get(i - 1);
      PdfLine line = lines.get(i);
      float distance = line.y() - before.y();
      if (line.page() == before.page() && distance > 0 && distance < 3 * size) {
        distances.add(distance);
      }
    }
    Collections.sort(distances);
    // paragraphs of one line may be most of them, so a low decile, not the middle
    return distances.isEmpty() ? DEFAULT_SPACING * size : distances.get(distances.size() / 10);
  }
}
