package io.telecomllm.knowledge.documents;

import io.telecomllm.knowledge.documents.WordStyles.Numbered;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Computes the numbers of headings and list items, which a Word document does not hold: ECMA-376
 * part 1, 17.9. Each label depends on the paragraphs before it, so every numbered paragraph is
 * passed here once, in order.
 */
final class WordNumbering {
  private static final int LEVELS = 9;
  private static final int UNSET = Integer.MIN_VALUE;
  private static final Pattern PLACEHOLDER = Pattern.compile("%([1-9])");

  /** What stands before an item of a list without numbers. */
  private static final String BULLET = "-";

  private final WordStyles styles;
  private final Map<Integer, Definition> definitions = new HashMap<>();
  private final Map<Integer, Instance> instances = new HashMap<>();

  WordNumbering(WordStyles styles) {
    this.styles = styles;
  }

  private record Level(
      int start, String format, String text, int restart, String style, boolean isLegal) {}

  private static final class Definition {
    final @Nullable Level[] levels = new Level[LEVELS];
    final int[] counts = new int[LEVELS];
    String styleLink = "";

    Definition() {
      Arrays.fill(counts, UNSET);
    }
  }

  private static final class Instance {
    final int definition;
    final @Nullable Level[] levels = new Level[LEVELS];
    final int[] starts = new int[LEVELS]; // until they are used

    Instance(int definition) {
      this.definition = definition;
      Arrays.fill(starts, UNSET);
    }
  }

  /** Reads {@code numbering.xml}. */
  void read(XmlStream xml) {
    while (xml.next()) {
      if (xml.isStart("w:abstractNum")) {
        XmlElement element = xml.element();
        Definition definition = new Definition();
        definition.styleLink = element.val("w:numStyleLink");
        element.children("w:lvl").forEach(lvl -> put(definition.levels, lvl));
        definitions.put(WordStyles.number(element.attribute("abstractNumId")), definition);
      } else if (xml.isStart("w:num")) {
        XmlElement element = xml.element();
        Instance instance = new Instance(WordStyles.number(element.val("w:abstractNumId")));
        element.children("w:lvlOverride").forEach(override -> override(instance, override));
        instances.put(WordStyles.number(element.attribute("numId")), instance);
      }
    }
  }

  private static void put(@Nullable Level[] levels, XmlElement lvl) {
    int index = WordStyles.number(lvl.attribute("ilvl"));
    if (index >= 0 && index < LEVELS) {
      levels[index] =
          new Level(
              Math.max(0, WordStyles.number(lvl.val("w:start"))),
              lvl.val("w:numFmt"),
              lvl.val("w:lvlText"),
              WordStyles.number(lvl.val("w:lvlRestart")),
              lvl.val("w:pStyle"),
              lvl.isOn("w:isLgl"));
    }
  }

  private static void override(Instance instance, XmlElement override) {
    int index = WordStyles.number(override.attribute("ilvl"));
    if (index >= 0 && index < LEVELS) {
      override.child("w:lvl").ifPresent(lvl -> put(instance.levels, lvl));
      int start = WordStyles.number(override.val("w:startOverride"));
      instance.starts[index] = start < 0 ? UNSET : start;
    }
  }

  /** Counts a paragraph; returns its label, such as {@code 5.6.1} or {@code -}, or empty. */
  String next(Numbered numbered) {
    Instance instance = instances.get(numbered.id());
    Definition definition = instance == null ? null : linked(instance);
    if (instance == null || definition == null) {
      return "";
    }
    int at = numbered.level() >= 0 ? numbered.level() : levelOf(numbered.style(), definition);
    if (at >= LEVELS) {
      return "";
    }
    count(instance, definition, at);
    Level level = level(instance, definition, at);
    return switch (level.format) {
      case "none" -> "";
      case "bullet" -> BULLET;
      default -> label(instance, definition, level);
    };
  }

  // a definition may be that of a style, which is elsewhere
  private @Nullable Definition linked(Instance instance) {
    Definition definition = definitions.get(instance.definition);
    for (int i = 0; i < LEVELS && definition != null && !definition.styleLink.isEmpty(); i++) {
      Optional<Numbered> target = styles.byStyle(definition.styleLink);
      Instance other = target.map(n -> instances.get(n.id())).orElse(null);
      definition = other == null ? null : definitions.get(other.definition);
    }
    return definition;
  }

  private static int levelOf(String style, Definition definition) {
    for (int i = 0; i < LEVELS; i++) {
      Level level = definition.levels[i];
      if (level != null && level.style.equals(style)) {
        return i;
      }
    }
    return 0;
  }

  private static Level level(Instance instance, Definition definition, int at) {
    Level own = instance.levels[at];
    Level level = own == null ? definition.levels[at] : own;
    return level == null ? new Level(0, "none", "", -1, "", false) : level;
  }

  private static void count(Instance instance, Definition definition, int at) {
    int[] counts = definition.counts;
    if (instance.starts[at] != UNSET) {
      counts[at] = instance.starts[at];
      instance.starts[at] = UNSET;
    } else {
      counts[at] = counts[at] == UNSET ? level(instance, definition, at).start : counts[at] + 1;
    }
    for (int deeper = at + 1; deeper < LEVELS; deeper++) {
      int restart = level(instance, definition, deeper).restart;
      if (restart < 0 || at < restart) {
        counts[deeper] = UNSET;
      }
    }
  }

  private static String label(Instance instance, Definition definition, Level level) {
    Matcher placeholder = PLACEHOLDER.matcher(level.text);
    StringBuilder label = new StringBuilder();
    while (placeholder.find()) {
      int at = Integer.parseInt(placeholder.group(1)) - 1;
      Level shown = level(instance, definition, at);
      int count = definition.counts[at] == UNSET ? shown.start : definition.counts[at];
      String format = level.isLegal ? "decimal" : shown.format;
      placeholder.appendReplacement(
          label, Matcher.quoteReplacement(CountFormats.format(count, format)));
    }
    return placeholder.appendTail(label).toString().strip();
  }
}
