package io.telecomllm.examples.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class LossCurvesTest {
  @Test
  void comparesMeansOfWholeStretches() {
    LossCurves curves =
        LossCurves.of(2, List.of(1.0, 3.0, 4.0, 5.0, 9.0, 9.0), List.of(2.0, 3.0, 4.0, 6.0, 7.0));
    assertThat(curves.ours()).containsExactly(2.0, 4.5);
    assertThat(curves.peers()).containsExactly(2.5, 5.0);
    assertThat(curves.relativeDifferences()).containsExactly(0.2, 0.1);
    assertThat(curves.meanDifference()).isCloseTo(0.15, within(1e-12));
    assertThat(curves.largestDifference()).isEqualTo(0.2);
  }

  @Test
  void withoutAWholeStretchThereIsNoDifference() {
    LossCurves curves = LossCurves.of(10, List.of(1.0), List.of(1.0));
    assertThat(curves.ours()).isEmpty();
    assertThat(curves.meanDifference()).isNaN();
  }

  @Test
  void thePlotIsOneWellFormedFileWithBothCurves() throws Exception {
    LossCurves curves = LossCurves.of(1, List.of(0.4, 0.2, 0.1), List.of(0.42, 0.2, 0.1));
    String svg = curves.svg("ours & others", "theirs");
    var document =
        javax.xml.parsers.DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(
                new java.io.ByteArrayInputStream(
                    svg.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    assertThat(document.getElementsByTagName("path").getLength()).isEqualTo(4);
    assertThat(document.getElementsByTagName("circle").getLength()).isEqualTo(3);
    assertThat(svg)
        .contains("ours &amp; others")
        .contains("<title>ours &amp; others, step 0: 0.4000</title>")
        .contains("prefers-color-scheme: dark");
  }
}
