package io.telecomllm.knowledge.documents;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes an equation of Office's mathematics (ECMA-376 part 1, 22.1) on one line, so that a
 * fraction does not become a product and a power no digit: {@code (a+b)/c}, {@code 10^-5}, {@code
 * x_i}.
 */
final class Formula {
  private static final Pattern ATOM = Pattern.compile("[-−+]?[\\p{L}\\p{N}.]*");

  private Formula() {}

  /** Returns the equation as text; empty if it holds none. */
  static String of(XmlElement e) {
    return switch (e.name()) {
      case "m:t", "w:t" -> e.text();
      case "m:f" -> group(e, "m:num") + "/" + group(e, "m:den");
      case "m:sSup" -> part(e, "m:e") + "^" + group(e, "m:sup");
      case "m:sSub" -> part(e, "m:e") + "_" + group(e, "m:sub");
      case "m:sSubSup" -> part(e, "m:e") + "_" + group(e, "m:sub") + "^" + group(e, "m:sup");
      case "m:rad" -> "√" + after("[", part(e, "m:deg"), "]") + "(" + part(e, "m:e") + ")";
      case "m:nary" ->
          valueOf(e, "m:naryPr", "m:chr", "∫")
              + after("_", group(e, "m:sub"), "")
              + after("^", group(e, "m:sup"), "")
              + " "
              + part(e, "m:e");
      case "m:d" ->
          valueOf(e, "m:dPr", "m:begChr", "(")
              + joined(e, "m:e", valueOf(e, "m:dPr", "m:sepChr", "|"))
              + valueOf(e, "m:dPr", "m:endChr", ")");
      case "m:func" -> part(e, "m:fName") + " " + part(e, "m:e");
      case "m:limLow" -> part(e, "m:e") + "_" + group(e, "m:lim");
      case "m:limUpp" -> part(e, "m:e") + "^" + group(e, "m:lim");
      case "m:m" -> "[" + joined(e, "m:mr", "; ") + "]";
      case "m:mr" -> joined(e, "m:e", ", ");
      case "m:eqArr" -> joined(e, "m:e", "; ");
      case "w:del", "w:moveFrom" -> "";
      default ->
          e.name().endsWith("Pr")
              ? ""
              : e.children().stream().map(Formula::of).collect(Collectors.joining());
    };
  }

  private static String part(XmlElement e, String name) {
    return e.child(name).map(Formula::of).orElse("").strip();
  }

  private static String group(XmlElement e, String name) {
    String text = part(e, name);
    return ATOM.matcher(text).matches() ? text : "(" + text + ")";
  }

  private static String joined(XmlElement e, String name, String separator) {
    List<String> parts = e.children(name).map(Formula::of).map(String::strip).toList();
    return String.join(separator, parts);
  }

  private static String after(String before, String text, String end) {
    return text.isEmpty() ? "" : before + text + end;
  }

  private static String valueOf(XmlElement e, String properties, String name, String otherwise) {
    return e.path(properties, name).map(c -> c.attribute("val")).orElse(otherwise);
  }
}
