package io.telecomllm.data.report;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.data.CleaningReport;
import io.telecomllm.data.Rejection;
import io.telecomllm.files.AtomicFiles;
import io.telecomllm.report.Chart;
import io.telecomllm.report.Curve;
import io.telecomllm.report.Html;
import io.telecomllm.report.Table;
import io.telecomllm.text.Quoted;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** Writes pages about questions: HTML that stands alone, the same bytes for the same figures. */
public final class DataPages {
  private static final int SHOWN = 500;
  private static final int BARS = 40;

  private DataPages() {}

  /**
   * Writes a page about the cleaning of a file. It shows all counts and the first 500 rejections
   * and flags each.
   *
   * @param name what the page calls the file
   * @throws io.telecomllm.StorageException naming the file, if the disk refuses
   */
  public static void write(CleaningReport report, String name, Path html) {
    requireNonNull(report, "report is null");
    requireNonNull(name, "name is null");
    requireNonNull(html, "html is null");
    String content =
        "<dl class=\"tiles\">\n"
            + Html.tile("entries", String.valueOf(report.entries()), "")
            + Html.tile("kept", String.valueOf(report.kept()), "")
            + Html.tile("rejected", String.valueOf(report.rejections().size()), "")
            + "</dl>\n"
            + Html.section("Rejected, by reason", () -> counts(report.byReason()))
            + Html.section("Kept, but remarkable", () -> counts(report.byKind()))
            + Html.section(
                first("Rejections", report.rejections().size()), () -> rejections(report))
            + Html.section(first("Flags", report.flags().size()), () -> flags(report));
    write(html, "Cleaning of " + Quoted.line(name), content);
  }

  private static String counts(Map<?, Integer> counts) {
    Table table = Table.empty().texts("what").numbers("questions");
    counts.forEach((what, n) -> table.row(List.of(words(what), String.valueOf(n))));
    return table.html();
  }

  private static String rejections(CleaningReport report) {
    Table table = Table.empty().texts("entry").texts("reason").texts("detail");
    for (Rejection one : report.rejections().stream().limit(SHOWN).toList()) {
      table.row(List.of(one.id(), words(one.reason()), one.detail()));
    }
    return table.scrollingHtml();
  }

  private static String flags(CleaningReport report) {
    Table table = Table.empty().texts("question").texts("what").texts("detail");
    for (CleaningReport.Flag flag : report.flags().stream().limit(SHOWN).toList()) {
      table.row(List.of(flag.id(), words(flag.kind()), flag.detail()));
    }
    return table.scrollingHtml();
  }

  private static String first(String heading, int size) {
    return size > SHOWN ? heading + " (the first " + SHOWN + " of " + size + ")" : heading;
  }

  private static String words(Object constant) {
    return constant.toString().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /**
   * Writes a page about the tokens of questions, with the distribution as a chart.
   *
   * @param limit a number of tokens, such as the longest sequence of a run; the page says how many
   *     questions have more
   * @param name what the page calls the questions
   * @throws io.telecomllm.StorageException naming the file, if the disk refuses
   */
  public static void write(TokenStatistics tokens, int limit, String name, Path html) {
    requireNonNull(tokens, "tokens is null");
    checkArgument(limit >= 1, "limit is %s, expected 1 or more", limit);
    requireNonNull(name, "name is null");
    requireNonNull(html, "html is null");
    Map<String, String> values = new LinkedHashMap<>();
    values.put("questions", String.valueOf(tokens.lengths().size()));
    values.put("tokens in all", String.valueOf(tokens.total()));
    values.put("fewest", String.valueOf(tokens.min()));
    values.put("mean", Html.number(tokens.mean()));
    values.put("median", String.valueOf(tokens.percentile(50)));
    values.put("95 % have at most", String.valueOf(tokens.percentile(95)));
    values.put("99 % have at most", String.valueOf(tokens.percentile(99)));
    values.put("most", String.valueOf(tokens.max()));
    values.put("more than " + limit, String.valueOf(tokens.over(limit)));
    String chart =
        Html.figures(
            (width, height) ->
                new Chart(width, height, "questions", true)
                    .over("tokens", "from", false)
                    .line("line", distribution(tokens))
                    .svg("number of questions by their number of tokens"));
    write(html, "Tokens of " + Quoted.line(name), Table.of(values) + chart);
  }

  /** Returns the number of questions in stretches of equal width, by where a stretch begins. */
  static Curve distribution(TokenStatistics tokens) {
    int width = Math.max(1, (tokens.max() - tokens.min()) / BARS + 1);
    int stretches = (tokens.max() - tokens.min()) / width + 1;
    double[] counts = new double[stretches];
    tokens.lengths().forEach(n -> counts[(n - tokens.min()) / width]++);
    double[] from =
        IntStream.range(0, stretches).mapToDouble(i -> tokens.min() + (double) i * width).toArray();
    return new Curve(from, counts);
  }

  private static void write(Path html, String title, String content) {
    AtomicFiles.write(html, Html.page(title, content).getBytes(StandardCharsets.UTF_8));
  }
}
