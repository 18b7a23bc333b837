package io.telecomllm.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.Comparators;
import io.telecomllm.IncompatibleException;
import io.telecomllm.data.Question;
import io.telecomllm.inference.Abstained.Candidate;
import io.telecomllm.inference.audit.AuditEntry;
import io.telecomllm.inference.audit.AuditLog;
import io.telecomllm.inference.audit.AuditRecord;
import io.telecomllm.inference.calibration.AbstentionReason;
import io.telecomllm.inference.calibration.CalibratedAnswer;
import io.telecomllm.inference.calibration.ConformalRule;
import io.telecomllm.inference.calibration.Evidence;
import io.telecomllm.inference.calibration.LogisticCalibration;
import io.telecomllm.inference.calibration.LogisticCalibration.Feature;
import io.telecomllm.inference.calibration.PositionPrior;
import io.telecomllm.inference.calibration.SavedCalibration;
import io.telecomllm.inference.calibration.TargetAccuracyRule;
import io.telecomllm.inference.calibration.TemperatureCalibration;
import io.telecomllm.inference.calibration.ThresholdRule;
import io.telecomllm.inference.statistics.OptionProbabilities;
import io.telecomllm.inference.statistics.Reading;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.scoring.Scoring;
import io.telecomllm.testing.TinyModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Confidences are calibrated, and questions left to a person. */
class CalibratedAnswersTest {
  private static final List<Question> QUESTIONS = TelecomAnswererTest.questions(40);
  private static final Clause CLAUSE =
      new Clause("TS 23.501", "", "18", "6.2.1", "AMF", "The AMF manages mobility.", "");
  private static LanguageModel model;

  @TempDir private Path folder;

  @BeforeAll
  static void load() {
    model = TinyModel.load(1000);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static AnswererBuilder builder() {
    return TelecomAnswerer.on(model).prompt(TinyModel.prompt());
  }

  private static SavedCalibration saved(TelecomAnswerer answerer, double temperature) {
    return new SavedCalibration(
        Optional.empty(),
        new TemperatureCalibration(temperature),
        Optional.empty(),
        30,
        answerer.calibratedFor());
  }

  @Test
  void aCalibrationChangesConfidencesAndNoChoice() {
    try (TelecomAnswerer plain = builder().build()) {
      SavedCalibration cold = saved(plain, 0.2);
      cold.save(folder);
      try (TelecomAnswerer calibrated = builder().calibration(folder).build();
          TelecomAnswerer given = builder().calibration(cold).build()) {
        assertThat(plain.calibration()).isEmpty();
        assertThat(calibrated.calibration()).contains(cold);
        List<Answer> own = plain.answer(QUESTIONS);
        List<Answer> sure = calibrated.answer(QUESTIONS);
        assertThat(given.answer(QUESTIONS)).isEqualTo(sure);
        for (int i = 0; i < QUESTIONS.size(); i++) {
          assertThat(own.get(i)).isInstanceOf(Answered.class);
          assertThat(own.get(i).confidence())
              .isEqualTo(own.get(i).evidence().probabilities().highest());
          assertThat(sure.get(i).evidence()).isEqualTo(own.get(i).evidence());
          CalibratedAnswer expected = cold.calibration().calibrate(own.get(i).evidence());
          assertThat(sure.get(i).choice().calibrated()).isEqualTo(expected);
          assertThat(sure.get(i).confidence()).isGreaterThan(own.get(i).confidence());
          assertThat(sure.get(i).choice().option()).isEqualTo(own.get(i).choice().option());
        }
      }
    }
  }

  @Test
  void lowConfidencesAreLeftToAPerson() {
    try (TelecomAnswerer plain = builder().build()) {
      List<Answer> own = plain.answer(QUESTIONS);
      double middle =
          own.stream().mapToDouble(Answer::confidence).sorted().skip(20).findFirst().orElseThrow();
      try (TelecomAnswerer careful = builder().abstention(new ThresholdRule(middle)).build()) {
        List<Answer> found = careful.answer(QUESTIONS);
        int left = 0;
        for (int i = 0; i < QUESTIONS.size(); i++) {
          assertThat(found.get(i).choice()).isEqualTo(own.get(i).choice());
          if (own.get(i).confidence() >= middle) {
            assertThat(found.get(i)).isEqualTo(own.get(i));
            assertThat(found.get(i).given()).contains((Answered) own.get(i));
          } else {
            left++;
            Abstained abstained = (Abstained) found.get(i);
            assertThat(abstained.given()).isEmpty();
            assertThat(abstained.reason().kind()).isEqualTo(AbstentionReason.Kind.LOW_CONFIDENCE);
            assertThat(abstained.reason().text())
                .matches("the confidence 0\\.\\d{3} is under 0\\.\\d{3}");
            assertCandidates(abstained);
          }
        }
        assertThat(left).isEqualTo(20);
      }
    }
  }

  private static void assertCandidates(Abstained abstained) {
    List<Candidate> candidates = abstained.candidates();
    assertThat(candidates).hasSameSizeAs(abstained.options());
    assertThat(candidates.get(0).option()).isEqualTo(abstained.choice().option());
    assertThat(
            Comparators.isInOrder(
                candidates, Comparator.comparing(Candidate::probability).reversed()))
        .isTrue();
    for (Candidate candidate : candidates) {
      assertThat(candidate.text()).isEqualTo(abstained.options().get(candidate.option()));
      assertThat(candidate.probability())
          .isEqualTo(abstained.probabilities().get(candidate.option()));
    }
  }

  @Test
  void aConfidenceJustUnderTheThresholdReadsAsLess() {
    CalibratedAnswer answer =
        new CalibratedAnswer(0, 0.6999999, OptionProbabilities.of(0.6999999, 0.3000001));
    assertThat(new ThresholdRule(0.7).reason(answer).orElseThrow().text())
        .isEqualTo("the confidence 0.699 is under 0.700");
    assertThat(new ThresholdRule(1).reason(answer).orElseThrow().text())
        .isEqualTo("the confidence 0.699 is under 1.000");
  }

  @Test
  void aPriorOfOtherNumbersLeavesScoresAsTheyAre() {
    PositionPrior five = new PositionPrior(List.of(List.of(0.2, 0.2, 0.2, 0.2, 0.2)));
    PositionPrior least = new PositionPrior(List.of(List.of(Double.MIN_VALUE, 1.0)));
    List<String> options = List.of("a", "x".repeat(300));
    try (TelecomAnswerer plain = builder().scoring(Scoring.ANSWER).build();
        TelecomAnswerer other = builder().scoring(Scoring.ANSWER).prior(five).build();
        TelecomAnswerer extreme = builder().scoring(Scoring.ANSWER).prior(least).build()) {
      Answer expected = plain.answer("What?", options);
      assertThat(other.answer("What?", options)).isEqualTo(expected);
      assertThat(expected.probabilities().get(1)).isZero();
      assertThat(extreme.answer("What?", options).choice().option()).isZero();
    }
  }

  @Test
  void aCalibrationOfUnknownFeaturesIsRefusedAtOnce() {
    try (TelecomAnswerer plain = builder().build()) {
      SavedCalibration unknown =
          new SavedCalibration(
              Optional.empty(),
              new LogisticCalibration(0, List.of(new Feature("retreival", 0, 1, 1))),
              Optional.empty(),
              9,
              plain.calibratedFor());
      refused(
          builder().calibration(unknown),
          "needs the feature 'retreival', an answer has only [probability, margin, agreement,");
    }
  }

  @Test
  void optionsAreThoseOfTheCall() throws Exception {
    try (TelecomAnswerer plain = builder().build()) {
      List<String> options = new CopyOnWriteArrayList<>(List.of("a", "b", "c"));
      CompletableFuture<Answer> later = plain.answerAsync("What?", options);
      options.clear();
      assertThat(later.get().options()).containsExactly("a", "b", "c");
      assertThatThrownBy(() -> plain.answer("What?", Arrays.asList("a", null)))
          .isInstanceOf(NullPointerException.class)
          .hasMessage("an option is null");
    }
  }

  @Test
  void eachRuleSaysWhy() {
    Question question = QUESTIONS.get(0);
    int options = question.options().size();
    List<Integer> all = IntStream.range(0, options).boxed().toList();
    try (TelecomAnswerer none =
            builder()
                .abstention(new TargetAccuracyRule(OptionalDouble.empty(), 0.8, 0.95))
                .build();
        TelecomAnswerer any = builder().abstention(new ConformalRule(1, 0.1)).build();
        TelecomAnswerer no = builder().abstention(new ConformalRule(0, 0.1)).build()) {
      assertThat(((Abstained) none.answer(question)).reason())
          .isEqualTo(
              new AbstentionReason(
                  AbstentionReason.Kind.NO_THRESHOLD,
                  "no confidence was found from which an accuracy of 0.8 is certain",
                  all));
      assertThat(((Abstained) any.answer(question)).reason())
          .isEqualTo(
              new AbstentionReason(
                  AbstentionReason.Kind.SEVERAL_OPTIONS, options + " options may be right", all));
      Abstained without = (Abstained) no.answer(question);
      assertThat(without.reason())
          .isEqualTo(
              new AbstentionReason(
                  AbstentionReason.Kind.NO_OPTION, "no option is probable enough", List.of()));
      assertThat(without.candidates()).isEmpty();
    }
  }

  @Test
  void theRuleOfTheCalibrationIsUsedUnlessThereIsAnother() {
    try (TelecomAnswerer plain = builder().build()) {
      SavedCalibration never =
          new SavedCalibration(
              Optional.empty(),
              new TemperatureCalibration(1),
              Optional.of(new ThresholdRule(1)),
              30,
              plain.calibratedFor());
      try (TelecomAnswerer silent = builder().calibration(never).build();
          TelecomAnswerer other =
              builder().calibration(never).abstention(new ThresholdRule(0)).build()) {
        assertThat(silent.answer(QUESTIONS)).allMatch(a -> a instanceof Abstained);
        assertThat(other.answer(QUESTIONS)).allMatch(a -> a instanceof Answered);
        assertThat(silent.abstention()).contains(new ThresholdRule(1));
        assertThat(other.abstention()).contains(new ThresholdRule(0));
      }
    }
  }

  @Test
  void aCalibrationOfAnythingElseIsRefused() {
    try (TelecomAnswerer plain = builder().build();
        KnowledgeBase base = KnowledgeBase.of(List.of(CLAUSE))) {
      SavedCalibration saved = saved(plain, 2);
      refused(builder().permutations(2).calibration(saved), "the reading LABEL, most orders 1");
      refused(
          builder().knowledge(base).calibration(saved), "no knowledge, in use is the knowledge");
      refused(
          builder().prompt(TinyModel.prompt().withInstruction("Guess.")).calibration(saved),
          "the prompt ");
      saved.save(folder);
      refused(builder().permutations(2).calibration(folder), folder + "/calibration.json: ");
    }
  }

  private static void refused(AnswererBuilder builder, String difference) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(IncompatibleException.class)
        .hasMessageContaining(difference);
  }

  @Test
  void evidenceHasTheNumbersThatAConfidenceCanFollowFrom() {
    try (KnowledgeBase base = KnowledgeBase.of(List.of(CLAUSE));
        TelecomAnswerer plain = builder().build();
        TelecomAnswerer grounded = builder().knowledge(base).permutations(3).build()) {
      Evidence bare = plain.answer(QUESTIONS.get(0)).evidence();
      assertThat(bare.features())
          .containsEntry(Evidence.RETRIEVAL, 0.0)
          .containsEntry(Evidence.SUPPORT, 0.0);
      assertThat(bare.feature(Evidence.AGREEMENT)).isOne();
      List<String> equal = List.of("The AMF", "The AMF.", "The AMF!");
      Answered cited =
          grounded.answer("Which function manages mobility?", equal).given().orElseThrow();
      assertThat(cited.supported()).isTrue();
      assertThat(cited.evidence().feature(Evidence.SUPPORT)).isOne();
      assertThat(cited.evidence().feature(Evidence.RETRIEVAL))
          .isEqualTo(cited.passages().get(0).score())
          .isPositive();
      List<Question> of3 = QUESTIONS.stream().filter(q -> q.options().size() >= 3).toList();
      // of three orders; the mean may choose what none of them does
      assertThat(grounded.answer(of3).stream().map(a -> agreement(a) * 3))
          .allMatch(thirds -> Math.abs(thirds - Math.rint(thirds)) < 1e-9)
          .anyMatch(thirds -> thirds < 3);
    }
  }

  private static double agreement(Answer answer) {
    return answer.evidence().feature(Evidence.AGREEMENT);
  }

  @Test
  void agreementIsTheShareOfOrdersThatChooseTheSame() {
    String text = "What does the function do in the network?";
    List<String> options = List.of("It routes", "It charges", "It pages", "It stores");
    try (TelecomAnswerer four = builder().permutations(4).build();
        TelecomAnswerer one = builder().build()) {
      Answer mean = four.answer(text, options);
      int same = 0;
      for (int by = 0; by < 4; by++) {
        List<String> turned = new ArrayList<>();
        for (int place = 0; place < 4; place++) {
          turned.add(options.get(Math.floorMod(place - by, 4)));
        }
        String chosen = one.answer(text, turned).choice().text();
        same += chosen.equals(mean.choice().text()) ? 1 : 0;
      }
      assertThat(agreement(mean)).isEqualTo(same / 4.0);
    }
  }

  @Test
  void aRegressionSeesTheFeatures() {
    try (TelecomAnswerer plain = builder().permutations(4).build()) {
      LogisticCalibration onAgreement =
          new LogisticCalibration(0, List.of(new Feature(Evidence.AGREEMENT, 0.5, 0.25, 1)));
      SavedCalibration saved =
          new SavedCalibration(
              Optional.empty(), onAgreement, Optional.empty(), 9, plain.calibratedFor());
      try (TelecomAnswerer answerer = builder().permutations(4).calibration(saved).build()) {
        for (Answer answer : answerer.answer(QUESTIONS)) {
          double logit = (agreement(answer) - 0.5) / 0.25;
          assertThat(answer.confidence()).isEqualTo(1 / (1 + Math.exp(-logit)));
          assertThat(answer.probabilities()).isEqualTo(answer.evidence().probabilities().values());
        }
      }
    }
  }

  @Test
  void aPriorIsDividedOutOfEachReading() {
    PositionPrior prior =
        new PositionPrior(
            List.of(List.of(0.7, 0.1, 0.2), List.of(0.1, 0.2, 0.3, 0.4), List.of(0.25, 0.75)));
    for (int orders : List.of(1, 3)) {
      try (TelecomAnswerer plain = builder().permutations(orders).build();
          TelecomAnswerer debiased = builder().permutations(orders).prior(prior).build()) {
        assertThat(debiased.prior()).contains(prior);
        for (Question question : QUESTIONS) {
          Evidence own = plain.answer(question).evidence();
          Evidence found = debiased.answer(question).evidence();
          assertThat(found.readings()).hasSameSizeAs(own.readings());
          double[] means = new double[question.options().size()];
          for (Reading reading : found.readings()) {
            List<Double> each = prior.debias(reading.places()).values();
            for (int place = 0; place < means.length; place++) {
              means[reading.order().get(place)] += Math.log(each.get(place));
            }
          }
          double[] expected =
              Arrays.stream(means).map(m -> Math.exp(m / found.readings().size())).toArray();
          double sum = Arrays.stream(expected).sum();
          for (int option = 0; option < means.length; option++) {
            assertThat(found.probabilities().values().get(option))
                .isCloseTo(expected[option] / sum, within(1e-9));
          }
        }
        assertThat(debiased.answer(QUESTIONS).stream().map(a -> a.choice().option()))
            .isNotEqualTo(plain.answer(QUESTIONS).stream().map(a -> a.choice().option()).toList());
      }
    }
  }

  @Test
  void thePriorOfTheCalibrationIsUsed() {
    PositionPrior prior = new PositionPrior(List.of(List.of(0.7, 0.1, 0.2)));
    try (TelecomAnswerer debiased = builder().prior(prior).build()) {
      SavedCalibration saved =
          new SavedCalibration(
              Optional.of(prior),
              new TemperatureCalibration(1),
              Optional.empty(),
              9,
              debiased.calibratedFor());
      saved.save(folder);
      try (TelecomAnswerer loaded = builder().calibration(folder).build();
          TelecomAnswerer both = builder().prior(prior).calibration(saved).build()) {
        assertThat(loaded.prior()).contains(prior);
        assertThat(loaded.answer(QUESTIONS)).isEqualTo(both.answer(QUESTIONS));
      }
      AnswererBuilder other =
          builder().prior(new PositionPrior(List.of(List.of(0.5, 0.5)))).calibration(saved);
      assertThatThrownBy(other::build)
          .isInstanceOf(IncompatibleException.class)
          .hasMessageStartingWith("the calibration was fitted with PositionPrior[");
    }
  }

  @Test
  void recordsNameTheCalibrationAndHaveNoChoiceOfAnAbstention() {
    Path logs = folder.resolve("logs");
    try (TelecomAnswerer plain = builder().build();
        AuditLog log = AuditLog.open(logs)) {
      SavedCalibration saved = saved(plain, 2);
      try (TelecomAnswerer silent =
          builder().calibration(saved).abstention(new ThresholdRule(1)).audit(log).build()) {
        silent.answer(QUESTIONS.get(0));
        List<AuditRecord> records = new ArrayList<>();
        AuditLog.read(logs, records::add);
        AuditEntry entry = records.get(0).entry();
        assertThat(entry.setup().calibration()).contains(saved.digest());
        assertThat(entry.choice().orElseThrow().chosen()).isEmpty();
        assertThat(silent.replay().replay(records.get(0)).same()).isTrue();
        assertThat(plain.replay().replay(records.get(0)).difference().orElseThrow().what())
            .isEqualTo("calibration");
      }
    }
  }
}
