package io.telecomllm.training.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.StorageException;
import io.telecomllm.data.Choices;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.report.Html;
import io.telecomllm.training.progress.TrainingListener.Anomaly;
import io.telecomllm.training.progress.TrainingListener.AnomalyRecord;
import io.telecomllm.training.progress.TrainingListener.EvaluationRecord;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import io.telecomllm.training.progress.TrainingReport;
import io.telecomllm.training.progress.TrainingReport.CategoryAccuracy;
import io.telecomllm.training.progress.TrainingReport.Ending;
import io.telecomllm.training.settings.TrainingConfig;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class HtmlReportTest {
  private static final String HOSTILE = "<script>alert('x')</script> & \"quoted\" \u0000\u001b[31m";

  @TempDir Path folder;

  /** A report and how it is called. */
  record Case(String name, TrainingReport report, Optional<Lineage> lineage) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    List<EvaluationRecord> three =
        List.of(Runs.evaluation(100, 0.82), Runs.evaluation(200, 0.55), Runs.evaluation(300, 0.47));
    List<StepRecord> holes = new ArrayList<>(Runs.steps(300));
    holes.set(149, withLoss(holes.get(149), Double.NaN));
    holes.set(199, withLoss(holes.get(199), 9));
    return Stream.of(
        new Case(
            "three-steps",
            Runs.report(
                Runs.steps(3),
                List.of(Runs.evaluation(3, 1.4)),
                List.of(),
                categories(1),
                Ending.CANCELLED),
            Optional.empty()),
        new Case(
            "three-hundred",
            Runs.report(Runs.steps(300), three, List.of(), categories(5), Ending.COMPLETED),
            Optional.of(lineage("microsoft/Phi-3-mini-4k-instruct"))),
        new Case(
            "twenty-thousand",
            Runs.report(
                Runs.steps(20_000),
                IntStream.rangeClosed(1, 80)
                    .mapToObj(i -> Runs.evaluation(250L * i, 0.45 + 1.0 / i))
                    .toList(),
                List.of(),
                categories(12),
                Ending.STOPPED_EARLY),
            Optional.of(lineage("TinyLlama"))),
        new Case(
            "not-finite",
            Runs.report(
                holes,
                List.of(three.get(0), Runs.evaluation(200, Double.NaN), three.get(2)),
                List.of(
                    new AnomalyRecord(
                        150,
                        Anomaly.LOSS_NOT_FINITE,
                        "loss NaN, first in layers.3 " + HOSTILE,
                        true),
                    new AnomalyRecord(200, Anomaly.LOSS_SPIKE, "loss 9.0 after 0.46", true)),
                List.of(
                    new CategoryAccuracy(HOSTILE, 10, 0, 10),
                    new CategoryAccuracy("none", 0, 0, 0)),
                Ending.COMPLETED),
            Optional.of(lineage("<b>base</b> & 'co'"))),
        new Case(
            "nothing",
            Runs.report(List.of(), List.of(), List.of(), List.of(), Ending.CANCELLED),
            Optional.empty()),
        new Case(
            "no-number-is-finite",
            Runs.report(
                List.of(
                    new StepRecord(
                        1,
                        1,
                        Double.NaN,
                        0,
                        Choices.NONE,
                        Double.POSITIVE_INFINITY,
                        1e-4,
                        8,
                        100,
                        100,
                        0)),
                List.of(
                    new EvaluationRecord(
                        1, 1, Double.NaN, 0, Choices.NONE, OptionalDouble.empty(), false)),
                List.of(),
                List.of(),
                Ending.CANCELLED),
            Optional.empty()));
  }

  private static StepRecord withLoss(StepRecord s, double loss) {
    return new StepRecord(
        s.step(),
        s.epoch(),
        loss,
        0,
        s.choices(),
        s.gradientNorm(),
        s.learningRate(),
        8,
        1200,
        700,
        0.5);
  }

  private static List<CategoryAccuracy> categories(int count) {
    List<String> names =
        List.of(
            "Lexicon",
            "Research overview",
            "Research publications",
            "Standards overview",
            "Standards specifications");
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new CategoryAccuracy(
                    i < names.size() ? names.get(i) : "Another category, number " + (i + 1),
                    20 + 17 * i,
                    (20 + 17 * i) * (30 + i) / 100,
                    (20 + 17 * i) * (62 + 2 * i) / 100))
        .toList();
  }

  private static Lineage lineage(String name) {
    return new Lineage(
            Instant.parse("2026-01-31T12:00:00Z"),
            new Lineage.Base(name, "0123456789abcdef".repeat(4), "phi3", "NF4", "BFLOAT16"),
            "a".repeat(64),
            "b".repeat(64),
            Optional.of(new Lineage.Data("c".repeat(64), 9000, 1000)),
            Optional.empty(),
            Map.of(),
            Map.of("telecom-llm", "0.1.0", "java", "17.0.9"),
            Optional.empty(),
            List.of())
        .withSettings("training", TrainingConfig.defaults());
  }

  private Document page(Case one) throws Exception {
    Path file = Path.of("target", "tracking", "html", one.name() + ".html");
    HtmlReport.write(file, one.report(), one.lineage());
    return parse(Files.readString(file));
  }

  private static Document parse(String page) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(page)));
  }

  private static List<Element> elements(Document page, String name) {
    NodeList found = page.getElementsByTagName(name);
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyPageIsWellFormedAndAlone(Case one) throws Exception {
    Document page = page(one);
    assertThat(elements(page, "h1")).hasSize(1);
    for (Element element : elements(page, "*")) {
      assertThat(element.getTagName()).isNotIn("script", "img", "link", "iframe", "a", "object");
      for (int i = 0; i < element.getAttributes().getLength(); i++) {
        assertThat(element.getAttributes().item(i).getNodeName())
            .isNotIn("src", "href", "style")
            .doesNotStartWith("on");
      }
    }
    String text = Files.readString(Path.of("target", "tracking", "html", one.name() + ".html"));
    assertThat(text).doesNotContain("http:", "https:", "url(", "@import");
    assertThat(text.length()).isLessThan(400_000);
    for (Element path : elements(page, "path")) {
      assertThat(path.getAttribute("d").replaceAll("M[-\\d. ]+h0|L[-\\d. ]+", "")).isEmpty();
    }
  }

  @Test
  void longNamesOfSettingsBreakBetweenWords() throws IOException {
    Path file = folder.resolve("report.html");
    HtmlReport.write(file, Runs.report(3, Ending.COMPLETED), Optional.empty());
    assertThat(file)
        .content()
        .contains("<th scope=\"row\">evaluation.<wbr/>early_<wbr/>stopping_<wbr/>patience</th>");
  }

  @Test
  void thePageTellsTheRun() throws Exception {
    Document page = page(cases().toList().get(1));
    String text = page.getDocumentElement().getTextContent().replace('\u00a0', ' ');
    assertThat(text)
        .contains("Training of microsoft/Phi-3-mini-4k-instruct", "300", "completed")
        // 8 * 1200 tokens counted once a step: 1200 in half a second
        .contains("Tokens per second2,400in 2 min 30 s")
        .contains("Best evaluation loss0.4700")
        .contains("a guess has 1.386", "dashed: a guess, 1.386")
        .contains("55.0 %")
        .contains(
            "rank",
            "learning_rate",
            "2.0E-4",
            "179 of 270",
            "0123456789abcdef",
            "9000 to train on");
    // (20 + 37 + 54 + 71 + 88) = 270 questions; before 6+11+17+23+29, after 12+23+35+48+61
    assertThat(text)
        .contains("Accuracy before and after31.9 % → 66.3 %")
        .contains("95 % interval 26.6 to 37.6 % → 60.5 to 71.7 %, of 270 questions");
    // loss and share of the choice, both sizes of the loss, rate, norm; two bars for all and for
    // each
    // of five
    assertThat(elements(page, "svg")).hasSize(6 + 2 * 6);
    assertThat(
            elements(page, "circle").stream().filter(c -> c.getAttribute("class").equals("point")))
        .hasSize(12);
  }

  @Test
  void aHostileNameIsText() throws Exception {
    Document page = page(cases().toList().get(3));
    assertThat(elements(page, "b").get(1).getTextContent())
        .isEqualTo("<script>alert('x')</script> & \"quoted\" \ufffd\ufffd[31m");
    assertThat(elements(page, "title").get(0).getTextContent())
        .isEqualTo("Training of <b>base</b> & 'co'");
    assertThat(page.getDocumentElement().getTextContent())
        .contains("1 step has no finite loss and is not drawn.")
        .contains("1 evaluation has no finite loss and is not drawn.");
    // the line is broken at the hole
    assertThat(elements(page, "path").stream().map(p -> p.getAttribute("d")))
        .anyMatch(line -> line.chars().filter(c -> c == 'M').count() == 2);
  }

  @Property(tries = 300)
  void anyTextIsTheSameTextBehindTheMarkup(@ForAll String text) throws Exception {
    String clean =
        text.codePoints()
            .filter(c -> !Character.isISOControl(c) && c < 0xfffe && (c < 0xd800 || c > 0xdfff))
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    Document page = parse("<p title=\"" + Html.escape(clean) + "\">" + Html.escape(clean) + "</p>");
    assertThat(page.getDocumentElement().getTextContent()).isEqualTo(clean);
    assertThat(page.getDocumentElement().getAttribute("title")).isEqualTo(clean);
  }

  @Test
  void theSameReportGivesTheSameBytes() throws IOException {
    Case one = cases().toList().get(1);
    HtmlReport.write(folder.resolve("a/b/1.html"), one.report(), one.lineage());
    HtmlReport.write(folder.resolve("2.html"), one.report(), one.lineage());
    assertThat(folder.resolve("a/b/1.html")).hasSameBinaryContentAs(folder.resolve("2.html"));
  }

  @Test
  void aPlaceThatCannotBeWrittenIsTold() throws IOException {
    Path file = Files.createFile(folder.resolve("file")).resolve("report.html");
    assertThatThrownBy(
            () -> HtmlReport.write(file, Runs.report(3, Ending.COMPLETED), Optional.empty()))
        .isInstanceOf(StorageException.class)
        .hasMessageStartingWith(file.getParent() + ": cannot be created as a folder: ");
  }
}
