package io.telecomllm.training.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.training.progress.LearningRateRange;
import io.telecomllm.training.progress.LearningRateRange.Point;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RangePageTest {
  private static final int STEPS = 31;

  /** From 1e-5 to 1e-2, falling fastest from the 16th point to the 17th: at 10^-3.5. */
  private static LearningRateRange range() {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      double loss = i < 16 ? 3 - 0.01 * i : 2 - 0.01 * i;
      points.add(new Point(1e-5 * Math.pow(1000, i / 30.0), loss, loss));
    }
    return new LearningRateRange(points);
  }

  @Test
  void equalFactorsAreEquallyWideAndTheSuggestionIsMarked(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("new").resolve("range.html");
    HtmlReport.write(file, range());
    String page = Files.readString(file);
    assertThat(page)
        .contains("<title>Learning-rate range test</title>", "<dd>3.16e-4</dd>", "<dd>31</dd>")
        .contains(">1e-5</text>", ">1e-4</text>", ">1e-3</text>", ">1e-2</text>")
        .contains(">learning rate</text>")
        .contains("<title>rate 1e-5: 3.000</title>");
    String svg = page.substring(page.indexOf("<svg"), page.indexOf("</svg>"));
    List<Double> places =
        Pattern.compile("<circle class=\"line\" cx=\"([\\d.]+)\"")
            .matcher(svg)
            .results()
            .map(found -> Double.parseDouble(found.group(1)))
            .toList();
    assertThat(places).hasSize(STEPS);
    double step = (places.get(30) - places.get(0)) / 30;
    for (int i = 0; i < STEPS; i++) {
      assertThat(places.get(i)).isEqualTo(places.get(0) + i * step, within(0.1));
    }
    List<MatchResult> marked =
        Pattern.compile("<circle class=\"point\" cx=\"([\\d.]+)\"").matcher(svg).results().toList();
    assertThat(marked).hasSize(1);
    assertThat(Double.parseDouble(marked.get(0).group(1))).isEqualTo(places.get(15));
  }

  @Test
  void aLossThatNeverFellHasNoSuggestion(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("range.html");
    HtmlReport.write(file, new LearningRateRange(range().points().subList(0, 2)));
    assertThat(Files.readString(file))
        .contains("none: the loss never fell")
        .doesNotContain("class=\"point\"");
  }
}
