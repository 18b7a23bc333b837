package io.telecomllm.inference.evaluation;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.data.Choices;
import io.telecomllm.data.NoKnowledgeHeuristic;
import io.telecomllm.data.Question;
import io.telecomllm.inference.Abstained;
import io.telecomllm.inference.Answer;
import io.telecomllm.inference.calibration.Abstention;
import io.telecomllm.inference.calibration.AbstentionReason;
import io.telecomllm.inference.calibration.CalibratedAnswer;
import io.telecomllm.inference.calibration.Calibration;
import io.telecomllm.inference.calibration.CalibrationQuestion;
import io.telecomllm.inference.calibration.Evidence;
import io.telecomllm.inference.statistics.Figures;
import io.telecomllm.inference.statistics.Forecast;
import io.telecomllm.inference.statistics.GradedAnswer;
import io.telecomllm.inference.statistics.QuestionReadings;
import java.util.Optional;

/**
 * A question whose answer is known, and what a model chooses. Immutable.
 *
 * @param question the question
 * @param choice the chosen option and how sure it is
 * @param evidence the numbers that the confidence follows from
 * @param abstained why the choice is not given as the answer; empty if it is
 */
public record Outcome(
    Question question,
    CalibratedAnswer choice,
    Evidence evidence,
    Optional<AbstentionReason> abstained) {
  /** Checks that there is a probability for each option. */
  public Outcome {
    requireNonNull(abstained, "abstained is null");
    int options = question.options().size();
    abstained.ifPresent(reason -> reason.checkOptions(options));
    int probabilities = choice.probabilities().values().size();
    checkArgument(
        probabilities == options && evidence.probabilities().values().size() == probabilities,
        "%s probabilities for the %s options of %s",
        probabilities,
        options,
        question.id());
  }

  /** Creates the outcome of an answer. */
  public static Outcome of(Question question, Answer answer) {
    Optional<AbstentionReason> abstained =
        answer instanceof Abstained left ? Optional.of(left.reason()) : Optional.empty();
    return new Outcome(question, answer.choice().calibrated(), answer.evidence(), abstained);
  }

  /** Returns what the same scores give with another calibration and rule. */
  Outcome with(Calibration calibration, Optional<Abstention> abstention) {
    CalibratedAnswer calibrated = calibration.calibrate(evidence);
    return new Outcome(
        question, calibrated, evidence, abstention.flatMap(rule -> rule.reason(calibrated)));
  }

  /** Returns whether the choice is correct, given or not. */
  public boolean right() {
    return choice.option() == question.answer();
  }

  /** Returns whether the choice is given as the answer. */
  public boolean given() {
    return abstained.isEmpty();
  }

  /** Returns the confidence, and whether the choice is correct. */
  public GradedAnswer graded() {
    return choice.graded(question.answer());
  }

  /** Returns the probabilities of the options, and which of them is right. */
  public Forecast forecast() {
    return choice.forecast(question.answer());
  }

  /** Returns what a calibration needs to know. */
  public CalibrationQuestion calibrationQuestion() {
    return new CalibrationQuestion(evidence, question.answer());
  }

  /** Returns the readings of the question; empty if they are not known. */
  public Optional<QuestionReadings> readings() {
    return evidence.readings().isEmpty()
        ? Optional.empty()
        : Optional.of(new QuestionReadings(evidence.readings(), question.answer()));
  }

  /** Returns how the right option was chosen. */
  Choices choices() {
    return Choices.of(
        choice.probabilities().values().stream()
            .mapToDouble(p -> Math.log(Math.max(p, Figures.LEAST_PROBABILITY)))
            .toArray(),
        question.answer());
  }

  /** Returns whether {@link NoKnowledgeHeuristic} chooses the right option. */
  public boolean guessable() {
    return NoKnowledgeHeuristic.choose(question) == question.answer();
  }
}
