package io.telecomllm.training.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.training.sweep.Trial.Ending;
import io.telecomllm.training.sweep.Trial.Evaluation;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SweepPageTest {
  private static final Sweep.Result RESULT =
      new Sweep.Result(
          List.of(
              trial(1, 1e-4, 4, Ending.COMPLETED, 2.0, 1.0),
              trial(2, 2e-4, 4, Ending.COMPLETED, 1.5, 0.5),
              trial(3, 4e-4, 4, Ending.DIVERGED, Double.NaN),
              trial(4, 1e-4, 8, Ending.PRUNED, 1.75),
              Trial.planned(5, 2e-4, 8, 16)));

  private static Trial trial(int number, double rate, int batch, Ending ending, double... losses) {
    List<Evaluation> evaluations =
        IntStream.range(0, losses.length)
            .mapToObj(i -> new Evaluation(10L * (i + 1), losses[i]))
            .toList();
    return new Trial(number, rate, batch, 16, 10L * losses.length, evaluations, ending);
  }

  private static long count(String text, String pattern) {
    return Pattern.compile(pattern).matcher(text).results().count();
  }

  @Test
  void theTableAndTheTilesNameTheBest() {
    String page = SweepPage.of(RESULT, Map.of("name", "<b>"));
    assertThat(page)
        .contains("<dt>Best learning rate</dt><dd>2e-4</dd>")
        .contains("with batch 4 and rank 16")
        .contains("2 completed, 1 pruned, 1 diverged, 1 unfinished")
        .contains("<tr class=\"best\"><td class=\"n\">2</td><td class=\"n\">2e-4</td>")
        .contains("<td>&lt;b&gt;</td>")
        .doesNotContain("<b>", "NaN", "<script", "http:", "https:");
    assertThat(count(page, "<tr class=\"best\">")).isEqualTo(1);
    for (Trial trial : RESULT.trials()) {
      for (String cell : SweepTable.row(trial, SweepTable.isBest(RESULT, trial))) {
        assertThat(page).contains(">" + cell + "</td>");
      }
    }
  }

  @Test
  void thePlotsShowEachTrialAtItsPlace() {
    String page = SweepPage.of(RESULT, Map.of());
    String broad = page.substring(page.indexOf("<figure"), page.indexOf("</figure>"));
    // 1e-4 and 2e-4 are the ends; the diverged one has no loss, so nothing is at 4e-4
    assertThat(broad).contains(">1e-4</text>", ">2e-4</text>").doesNotContain(">4e-4</text>");
    assertThat(broad).contains("<title>batch 4, rank 16, rate 1e-4: 1.000</title>");
    assertThat(broad)
        .containsPattern("<circle class=\"point\"[^>]*><title>batch 8, rank 16, rate 1e-4: 1.750<");
    assertThat(broad)
        .contains("<title>trial 2, rate 2e-4, batch 4, rank 16, rate 2e-4: 0.5000</title>");
    int second = page.indexOf("Loss over the questions seen");
    String curves = page.substring(second, page.indexOf("</figure>", second));
    assertThat(curves)
        .contains("<title>trial 2, rate 2e-4, batch 4, rank 16, after 80: 0.5000</title>")
        .contains("<title>trial 4, rate 1e-4, batch 8, rank 16, after 80: 1.750</title>")
        .doesNotContain("trial 5");
    // the same number of questions, the same place, whatever the batch
    assertThat(place(curves, "trial 4,[^<]*after 80"))
        .isEqualTo(place(curves, "trial 2,[^<]*after 80"));
  }

  private static String place(String svg, String title) {
    Matcher found = Pattern.compile("cx=\"([\\d.]+)\"[^>]*><title>" + title).matcher(svg);
    assertThat(found.find()).as(title).isTrue();
    return found.group(1);
  }

  @Test
  void aSweepThatHasNotBegunIsAPage() {
    String page =
        SweepPage.of(new Sweep.Result(List.of(Trial.planned(1, 1e-4, 4, 8))), Map.of("a", "b"));
    assertThat(page).contains("no trial is completed", "Nothing to draw", "1 unfinished");
  }
}
