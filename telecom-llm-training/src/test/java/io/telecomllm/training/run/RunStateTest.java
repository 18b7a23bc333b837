package io.telecomllm.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.InvalidDataException;
import io.telecomllm.data.Choices;
import io.telecomllm.json.StrictJson;
import io.telecomllm.tensor.DataType;
import io.telecomllm.training.progress.TrainingListener.Anomaly;
import io.telecomllm.training.progress.TrainingListener.AnomalyRecord;
import io.telecomllm.training.progress.TrainingListener.EvaluationRecord;
import io.telecomllm.training.progress.TrainingListener.StepRecord;
import io.telecomllm.training.progress.TrainingListener.WarningRecord;
import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunStateTest {
  private static RunState state() {
    RunState state = RunState.begin(DataType.FLOAT32);
    state.step = 7;
    state.microBatch = 4;
    state.steps.add(
        new StepRecord(
            11, 12, 0.5, 0.25, new Choices(8, 3, 1.25, 1.375), 1.5, 2e-4, 13, 14, 15, 0.25));
    state.evaluations.add(
        new EvaluationRecord(21, 22, Double.NaN, 0, Choices.NONE, OptionalDouble.empty(), false));
    state.evaluations.add(
        new EvaluationRecord(23, 24, 0.75, 0.5, Choices.NONE, OptionalDouble.of(0.5), true));
    state.anomalies.add(new AnomalyRecord(31, Anomaly.LOSS_SPIKE, "seen", true));
    state.warnings.add(new WarningRecord(33, "guessing"));
    state.before.add(new AnsweredCategory("Lexicon", 41, 42));
    return state;
  }

  private static RunState read(String json) {
    return RunState.of(StrictJson.parseObject("state.json", json.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void comesBackAsItWas() {
    RunState state = state();
    RunState back = read(state.toJson());
    assertThat(back.toJson()).isEqualTo(state.toJson());
    assertThat(back.steps).isEqualTo(state.steps);
    assertThat(back.evaluations).isEqualTo(state.evaluations);
    assertThat(back.anomalies).isEqualTo(state.anomalies);
    assertThat(back.warnings).isEqualTo(state.warnings);
    assertThat(back.before).isEqualTo(state.before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"step\":11 | \"step\":0 | steps[0].step",
        "\"epoch\":12 | \"epoch\":0 | steps[0].epoch",
        "\"questions\":13 | \"questions\":0 | steps[0].questions",
        "\"tokens\":14 | \"tokens\":0 | steps[0].tokens",
        "\"rows\":15 | \"rows\":-1 | steps[0].rows",
        "\"loss\":0.5, | \"loss\":null, | steps[0].loss",
        "\"penalty\":0.25 | \"penalty\":null | steps[0].penalty",
        "\"gradientNorm\":1.5 | \"gradientNorm\":null | steps[0].gradientNorm",
        "\"learningRate\":2.0E-4 | \"learningRate\":\"Infinity\" | steps[0].learningRate",
        "\"seconds\":0.25 | \"seconds\":null | steps[0].seconds",
        "\"step\":21 | \"step\":0 | evaluations[0].step",
        "\"epoch\":24 | \"epoch\":0 | evaluations[1].epoch",
        "\"step\":31 | \"step\":0 | anomalies[0].step",
        "\"step\":7 | \"step\":-1 | step",
        "\"microBatch\":4 | \"microBatch\":0 | microBatch",
        "\"questions\":41 | \"questions\":0 | before[0].questions",
      })
  void whatNoRunCanHaveIsDamage(String from, String to, String field) {
    String json = state().toJson();
    assertThat(json).contains(from);
    assertThatThrownBy(() -> read(json.replaceFirst(java.util.regex.Pattern.quote(from), to)))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith("state.json, field " + field + ": ");
  }
}
