package io.telecomllm.inference.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.StorageException;
import io.telecomllm.data.Category;
import io.telecomllm.data.Question;
import io.telecomllm.inference.calibration.ConformalRule;
import io.telecomllm.inference.evaluation.Evaluation;
import io.telecomllm.inference.evaluation.Outcome;
import io.telecomllm.inference.statistics.Bootstrap;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The files of {@link EvaluationReport} and {@link ComparisonReport}. */
class ReportsTest {
  private static final String HOSTILE = "<script>alert('x')</script> & \"quoted\" \u0000\u001b[31m";
  private static final Bootstrap BOOTSTRAP = new Bootstrap(100, 0.95, 1);
  private static final int MANY = 300;

  @TempDir Path folder;

  /** A report and how it is called. */
  record Case(String name, EvaluationReport report) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static EvaluationReport many() {
    Evaluation evaluation = Outcomes.evaluation(MANY, 1, 2);
    return EvaluationReport.of(evaluation)
        .name("Phi-3")
        .bootstrap(BOOTSTRAP)
        .removed(Outcomes.removed(evaluation).subList(0, 200))
        .sets(new ConformalRule(0.8, 0.1))
        .outcomeLines(true);
  }

  private static Outcome hostile(int number) {
    Question question =
        new Question(
            HOSTILE + number, HOSTILE, List.of(HOSTILE, "b"), 1, HOSTILE, Category.LEXICON);
    return Outcomes.of(question, 0.9, 0.1);
  }

  static Stream<Case> cases() {
    Evaluation right =
        new Evaluation(
            List.of(Outcomes.of(Question.of("q", "?", List.of("aa", "b"), 0), 1, 0)),
            Double.POSITIVE_INFINITY);
    Evaluation hostile = new Evaluation(List.of(hostile(1), hostile(2)), 1);
    return Stream.of(
        new Case("many", many()),
        new Case("one-right", EvaluationReport.of(right).bootstrap(BOOTSTRAP).outcomeLines(true)),
        new Case("hostile", EvaluationReport.of(hostile).name(HOSTILE).bootstrap(BOOTSTRAP)));
  }

  private static Document parse(Path page) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(Files.readString(page))));
  }

  private static List<Element> elements(Document page, String name) {
    NodeList found = page.getElementsByTagName(name);
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
  }

  private static void assertAlone(Path file) throws Exception {
    Document page = parse(file);
    assertThat(elements(page, "h1")).hasSize(1);
    for (Element element : elements(page, "*")) {
      assertThat(element.getTagName()).isNotIn("script", "img", "link", "iframe", "a", "object");
      for (int i = 0; i < element.getAttributes().getLength(); i++) {
        assertThat(element.getAttributes().item(i).getNodeName())
            .isNotIn("src", "href", "style")
            .doesNotStartWith("on");
      }
    }
    assertThat(Files.readString(file))
        .doesNotContain("http:", "https:", "url(", "@import", "NaN", "Infinity");
    for (Element path : elements(page, "path")) {
      assertThat(path.getAttribute("d").replaceAll("M[-\\d. ]+h0|L[-\\d. ]+", "")).isEmpty();
    }
  }

  private static String text(Document page) {
    return page.getDocumentElement().getTextContent();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyPageIsWellFormedAndAlone(Case one) throws Exception {
    Path target = Path.of("target", "evaluation", one.name());
    one.report().write(target);
    assertAlone(target.resolve(EvaluationReport.PAGE));
    // strict: NaN and infinite numbers are refused
    JsonView json = StrictJson.read(target.resolve(EvaluationReport.JSON), 1 << 20);
    assertThat(json.integer("version", 1, 1)).isEqualTo(1);
    assertThat(Files.readString(target.resolve(EvaluationReport.JSON)))
        .doesNotContain("NaN", "Infinity");
  }

  @Test
  void theJsonHasAllFigures() {
    EvaluationFigures figures = many().write(folder);
    JsonView json = StrictJson.read(folder.resolve(EvaluationReport.JSON), 1 << 20);
    assertThat(json.string("name")).isEqualTo("Phi-3");
    assertThat(json.integer("questions", 0, MANY)).isEqualTo(MANY);
    assertThat(json.number("seconds")).isEqualTo(100);
    assertThat(json.object("bootstrap").integer("resamples", 1, 1000)).isEqualTo(100);
    assertThat(json.object("sets").number("quantile")).isEqualTo(0.8);
    assertThat(json.object("heuristic").integer("count", 0, MANY)).isEqualTo(MANY);
    assertGroup(json.object("all"), figures.all());
    assertGroup(json.object("beyondHeuristic"), figures.beyondHeuristic().orElseThrow());
    assertThat(json.object("byCategory").names()).hasSize(5);
    figures
        .byCategory()
        .forEach(
            (category, group) ->
                assertGroup(json.object("byCategory").object(category.name()), group));
    assertThat(json.object("removed").object("auroc").number("value"))
        .isEqualTo(figures.removed().orElseThrow().auroc().value());
    assertThat(json.object("removed").object("abstentions").number("high"))
        .isEqualTo(figures.removed().orElseThrow().abstentions().high());
    List<JsonView> outcomes = json.objects("outcomes");
    assertThat(outcomes).hasSize(MANY);
    Outcome outcome = many().evaluation().outcomes().get(7);
    assertThat(outcomes.get(7).string("id")).isEqualTo("question 7");
    assertThat(outcomes.get(7).string("category")).isEqualTo(outcome.question().category().name());
    assertThat(outcomes.get(7).integer("answer", 0, 8)).isEqualTo(outcome.question().answer());
    assertThat(outcomes.get(7).integer("chosen", 0, 8)).isEqualTo(outcome.choice().option());
    assertThat(outcomes.get(7).number("confidence")).isEqualTo(outcome.choice().confidence());
    assertThat(outcomes.get(7).bool("given")).isEqualTo(outcome.given());
  }

  private static void assertGroup(JsonView json, GroupFigures group) {
    assertThat(json.integer("questions", 1, MANY)).isEqualTo(group.questions());
    assertThat(json.integer("ties", 0, MANY)).isEqualTo(group.ties());
    JsonView estimates = json.object("estimates");
    assertThat(estimates.names()).hasSize(Figure.values().length);
    group
        .estimates()
        .forEach(
            (figure, estimate) -> {
              JsonView found = estimates.object(figure.name());
              assertThat(found.number("value")).isEqualTo(estimate.value());
              assertThat(found.number("low")).isEqualTo(estimate.low());
              assertThat(found.number("high")).isEqualTo(estimate.high());
              assertThat(found.number("level")).isEqualTo(0.95);
            });
  }

  @Test
  void outcomesAndOptionalPartsCanBeAbsent() {
    cases().toList().get(2).report().write(folder);
    JsonView json = StrictJson.read(folder.resolve(EvaluationReport.JSON), 1 << 20);
    assertThat(json.names()).contains("sets", "removed").doesNotContain("outcomes");
    assertThat(json.has("sets") || json.has("removed")).isFalse();
    assertThat(json.object("all").object("estimates").names()).doesNotContain("AUROC", "SET_SIZE");
  }

  @Test
  void thePageShowsTheFigures() throws Exception {
    EvaluationFigures figures = many().write(folder);
    Document page = parse(folder.resolve(EvaluationReport.PAGE));
    String text = text(page);
    assertThat(text)
        .contains("Evaluation of Phi-3", "Standards specifications", "Clopper and Pearson")
        .contains("200 questions were asked again without their right option")
        .contains("does not see that the knowledge base holds another release")
        .contains("Accuracy" + Shown.value(figures.all(), Figure.ACCURACY));
    for (Figure figure : Figure.values()) {
      assertThat(text).contains(figure.label(), Shown.interval(figures.all(), figure));
    }
    // two reliability diagrams, and the curve in two sizes
    assertThat(elements(page, "svg")).hasSize(4);
    long wrong = many().evaluation().outcomes().stream().filter(o -> !o.right()).count();
    assertThat(text).contains("The 20 surest of " + wrong + " wrong choices");
    many().mostConfidentlyWrong(0).write(folder);
    assertThat(text(parse(folder.resolve(EvaluationReport.PAGE))))
        .contains("Right and wrong")
        .doesNotContain("urest wrong", many().evaluation().outcomes().get(0).question().text());
  }

  @Test
  void theSurestWrongChoicesComeFirst() throws Exception {
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Question question = Question.of("q" + i, "Question " + i + "?", List.of("aa", "b"), i % 2);
      double confidence = 0.55 + i * 7 % 10 / 25.0;
      outcomes.add(Outcomes.of(question, confidence, 1 - confidence));
    }
    EvaluationReport.of(new Evaluation(outcomes, 1))
        .bootstrap(BOOTSTRAP)
        .mostConfidentlyWrong(3)
        .write(folder);
    Document page = parse(folder.resolve(EvaluationReport.PAGE));
    // wrong are the odd ones: 7, 1, 5, 9, 3 times 1 / 25 over 0.55
    assertThat(elements(page, "b").stream().map(Element::getTextContent))
        .containsExactly("Question 7?", "Question 1?", "Question 5?");
    assertThat(text(page)).contains("q7, Other, confidence 91.0 %, given as the answer");
    List<String> rows =
        elements(page, "tr").stream()
            .map(Element::getTextContent)
            .filter(row -> row.endsWith("right") || row.endsWith("chosen"))
            .limit(2)
            .toList();
    assertThat(rows).containsExactly("1. aa91.0 %91.0 %chosen", "2. b9.0 %9.0 %right");
  }

  @Test
  void placesAreCountedByHand() throws Exception {
    Question first = Question.of("q1", "?", List.of("a", "b", "cc"), 0);
    Question third = Question.of("q3", "?", List.of("a", "b", "cc"), 2);
    List<Outcome> outcomes =
        List.of(
            Outcomes.of(first, 0.8, 0.1, 0.1),
            Outcomes.of(first, 0.1, 0.1, 0.8),
            Outcomes.of(third, 0.1, 0.8, 0.1),
            Outcomes.of(third, 0.1, 0.1, 0.8));
    EvaluationReport.of(new Evaluation(outcomes, 1)).bootstrap(BOOTSTRAP).write(folder);
    List<String> rows =
        elements(parse(folder.resolve(EvaluationReport.PAGE)), "tr").stream()
            .map(row -> row.getTextContent())
            .toList();
    assertThat(rows)
        // questions, right and given, right and left, wrong and given, wrong and left, like the
        // heuristic
        .contains("All questions4" + "2" + "0" + "2" + "0" + "1")
        .containsSequence("11012", "20000", "30112", "all1124");
  }

  @Test
  void aHostileTextIsText() throws Exception {
    cases().toList().get(2).report().write(folder);
    Document page = parse(folder.resolve(EvaluationReport.PAGE));
    String shown = "<script>alert('x')</script> & \"quoted\" \ufffd\ufffd[31m";
    assertThat(elements(page, "title").get(0).getTextContent()).isEqualTo("Evaluation of " + shown);
    assertThat(elements(page, "b").get(0).getTextContent()).isEqualTo(shown);
    assertThat(text(page)).contains(shown + "1, Lexicon", "1. " + shown, "Explanation: " + shown);
    Evaluation hostile = new Evaluation(List.of(hostile(1)), 1);
    Evaluation right = new Evaluation(List.of(Outcomes.of(hostile(1).question(), 0.1, 0.9)), 1);
    Comparison comparison =
        Comparison.of(
            new Comparison.Named(HOSTILE, right),
            new Comparison.Named(HOSTILE, hostile),
            BOOTSTRAP);
    ComparisonReport.write(folder, comparison, Gate.defaults().judge(comparison));
    assertAlone(folder.resolve(ComparisonReport.PAGE));
    assertThat(text(parse(folder.resolve(ComparisonReport.PAGE))))
        .contains(shown + " compared with " + shown, shown + "1Lexicon" + shown);
  }

  @Test
  void theSameEvaluationGivesTheSameBytes() {
    many().write(folder.resolve("a/b"));
    many().write(folder.resolve("c"));
    for (String name : List.of(EvaluationReport.PAGE, EvaluationReport.JSON)) {
      assertThat(folder.resolve("a/b").resolve(name))
          .hasSameBinaryContentAs(folder.resolve("c").resolve(name));
    }
  }

  @Test
  void aComparisonIsWritten() throws Exception {
    Comparison comparison = Comparisons.of(250, 30, 5, BOOTSTRAP);
    Verdict verdict = Gate.defaults().mostLostInCategory(0.1).judge(comparison);
    Path target = Path.of("target", "evaluation", "comparison");
    ComparisonReport.write(target, comparison, verdict);
    assertAlone(target.resolve(ComparisonReport.PAGE));
    Document page = parse(target.resolve(ComparisonReport.PAGE));
    assertThat(text(page))
        .contains("tonight compared with yesterday", "Verdictfailed1 of 5 checks passed")
        .contains("98.0 → 88.0 %", "-10.0 points, of 250 questions", "30, 5")
        .contains("The first 20 of 30.")
        .contains("q19LexiconWhat is 19?a", "q245Standards specificationsWhat is 245?a")
        .doesNotContain("q20Lexicon")
        .contains(verdict.reasons());
    JsonView json = StrictJson.read(target.resolve(ComparisonReport.JSON), 1 << 20);
    assertThat(json.integer("version", 1, 1)).isEqualTo(1);
    assertThat(json.string("baseline")).isEqualTo("yesterday");
    assertThat(json.string("candidate")).isEqualTo("tonight");
    assertThat(json.bool("passed")).isFalse();
    assertThat(json.object("verdict").objects("checks")).hasSize(5);
    assertThat(json.object("verdict").number("visibleLoss"))
        .isEqualTo(comparison.all().visibleLoss());
    JsonView all = json.object("all");
    assertThat(all.integer("onlyBaseline", 0, 250)).isEqualTo(30);
    assertThat(all.number("pValue")).isEqualTo(comparison.all().pValue());
    assertThat(all.number("lossPValue")).isEqualTo(comparison.all().lossPValue());
    JsonView loss = all.object("figures").object("LOG_LOSS");
    assertThat(loss.number("candidate"))
        .isEqualTo(comparison.all().figure(Figure.LOG_LOSS).candidate());
    assertThat(loss.object("difference").number("pValue"))
        .isEqualTo(comparison.all().figure(Figure.LOG_LOSS).difference().pValue());
    assertThat(json.object("byCategory").names())
        .containsExactly("LEXICON", "STANDARDS_SPECIFICATIONS");
    assertThat(json.strings("lost")).hasSize(30).startsWith("q0");
    assertThat(json.strings("gained")).hasSize(5).endsWith("q249");
  }

  @Test
  void anEvaluationComparedWithItselfPasses() throws Exception {
    Comparison comparison = Comparisons.of(5, 0, 0, BOOTSTRAP);
    ComparisonReport.write(folder, comparison, Gate.defaults().judge(comparison));
    assertThat(text(parse(folder.resolve(ComparisonReport.PAGE))))
        .contains("Verdictpassed3 of 3 checks passed", "None.")
        .doesNotContain("NaN");
  }

  @Test
  void wrongValuesAreNamed() throws IOException {
    assertThatThrownBy(() -> many().mostConfidentlyWrong(-1))
        .hasMessage("mostConfidentlyWrong is -1, must be 0 to 1000");
    Path file = Files.createFile(folder.resolve("file")).resolve("below");
    assertThatThrownBy(() -> many().write(file))
        .isInstanceOf(StorageException.class)
        .hasMessageStartingWith(file + ": cannot be created as a folder: ");
  }
}
