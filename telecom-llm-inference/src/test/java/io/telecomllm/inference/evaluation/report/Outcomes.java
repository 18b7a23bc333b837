package io.telecomllm.inference.evaluation.report;

import io.telecomllm.data.Category;
import io.telecomllm.data.Question;
import io.telecomllm.inference.calibration.CalibratedAnswer;
import io.telecomllm.inference.calibration.Evidence;
import io.telecomllm.inference.calibration.TemperatureCalibration;
import io.telecomllm.inference.calibration.ThresholdRule;
import io.telecomllm.inference.evaluation.Evaluation;
import io.telecomllm.inference.evaluation.Outcome;
import io.telecomllm.inference.evaluation.RemovedOption;
import io.telecomllm.inference.statistics.OptionProbabilities;
import io.telecomllm.inference.statistics.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** Outcomes as a model that is too sure of itself would give them, drawn by chance. */
final class Outcomes {
  private static final List<String> WORDS =
      List.of("AMF", "UPF", "handover", "of a session", "in the core", "beam", "slice", "no one");

  private static final List<Category> CATEGORIES = List.of(Category.values());

  private Outcomes() {}

  /** Returns an evaluation of a number of questions. */
  static Evaluation evaluation(int questions, long seed, double knowledge) {
    Random random = new Random(seed);
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < questions; i++) {
      outcomes.add(outcome(question(i), knowledge, random));
    }
    return new Evaluation(outcomes, 100);
  }

  /** Returns a question that depends on its number alone. */
  static Question question(int number) {
    Random random = new Random(number);
    List<String> options = new ArrayList<>();
    int count = 4 + random.nextInt(2);
    for (int i = 0; i < count; i++) {
      options.add(WORDS.get(random.nextInt(8)) + " " + WORDS.get(random.nextInt(8)) + " " + i);
    }
    Category category = CATEGORIES.get(random.nextInt(5));
    return new Question(
        "question " + number,
        "Which part of the network answers when a terminal asks for the slice of number "
            + number
            + "? [3GPP Release 18]",
        options,
        random.nextInt(count),
        "It is the part that holds the subscription, as clause 5." + number + " says.",
        category);
  }

  private static Outcome outcome(Question question, double knowledge, Random random) {
    double[] logits = new double[question.options().size()];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = random.nextGaussian() + (i == question.answer() ? knowledge : 0);
    }
    // too sure: the right temperature is 2 for a knowledge of 2
    OptionProbabilities own = softmax(logits, 4);
    Evidence evidence = Evidence.of(own).read(List.of(given(own), turned(own, random)));
    CalibratedAnswer choice = new TemperatureCalibration(2).calibrate(evidence);
    return new Outcome(question, choice, evidence, new ThresholdRule(0.4).reason(choice));
  }

  private static Reading given(OptionProbabilities own) {
    return new Reading(IntStream.range(0, own.values().size()).boxed().toList(), own);
  }

  /** The options from the last to the first, of which the model likes what comes first. */
  private static Reading turned(OptionProbabilities own, Random random) {
    int last = own.values().size() - 1;
    double[] logits = new double[last + 1];
    for (int place = 0; place <= last; place++) {
      logits[place] = Math.log(own.values().get(last - place)) - place * random.nextDouble();
    }
    return new Reading(
        IntStream.rangeClosed(0, last).map(place -> last - place).boxed().toList(),
        softmax(logits, 1));
  }

  static OptionProbabilities softmax(double[] logits, double factor) {
    double sum = 0;
    double[] shares = new double[logits.length];
    for (int i = 0; i < logits.length; i++) {
      shares[i] = Math.exp(factor * logits[i]);
      sum += shares[i];
    }
    for (int i = 0; i < logits.length; i++) {
      shares[i] /= sum;
    }
    return OptionProbabilities.of(shares);
  }

  /** Returns an outcome whose confidence is the model's own highest probability. */
  static Outcome of(Question question, double... probabilities) {
    OptionProbabilities own = OptionProbabilities.of(probabilities);
    return new Outcome(question, CalibratedAnswer.own(own), Evidence.of(own), Optional.empty());
  }

  /** Returns the questions without their right option, less sure than with it. */
  static List<RemovedOption> removed(Evaluation evaluation) {
    Random random = new Random(5);
    return evaluation.outcomes().stream()
        .map(
            outcome -> {
              double confidence = outcome.choice().confidence() * (0.5 + random.nextDouble() / 2);
              return new RemovedOption(outcome.question().id(), confidence, confidence >= 0.4);
            })
        .toList();
  }
}
