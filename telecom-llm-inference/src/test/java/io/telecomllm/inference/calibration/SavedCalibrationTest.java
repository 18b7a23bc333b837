package io.telecomllm.inference.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.StorageException;
import io.telecomllm.TelecomLlmException;
import io.telecomllm.inference.calibration.LogisticCalibration.Feature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SavedCalibrationTest {
  private static final CalibratedFor HERE =
      new CalibratedFor("a1", Optional.of("b2"), "c3", "e5", Optional.of("d4"));
  private static final LogisticCalibration LOGISTIC =
      new LogisticCalibration(
          -0.25,
          List.of(new Feature("probability", 0.1, 1 / 3.0, 2), new Feature("margin", -1, 1e-9, 0)));
  private static final Optional<PositionPrior> PRIOR =
      Optional.of(new PositionPrior(List.of(List.of(0.1 + 0.2, 0.7), List.of(0.25, 0.25, 0.5))));
  private static final SavedCalibration SAVED =
      new SavedCalibration(
          Optional.empty(), LOGISTIC, Optional.of(new ThresholdRule(0.8)), 300, HERE);

  @TempDir Path folder;

  private String text() throws IOException {
    return Files.readString(folder.resolve("calibration.json"));
  }

  private void write(String text) throws IOException {
    Files.writeString(folder.resolve("calibration.json"), text);
  }

  @Test
  void theFileIsReadBackEqual() {
    List<Calibration> calibrations = List.of(LOGISTIC, new TemperatureCalibration(0.1 + 0.2));
    List<Optional<Abstention>> rules =
        List.of(
            Optional.empty(),
            Optional.of(new ThresholdRule(0.8)),
            Optional.of(new TargetAccuracyRule(OptionalDouble.of(0.71), 0.9, 0.95)),
            Optional.of(new TargetAccuracyRule(OptionalDouble.empty(), 0.9, 0.95)),
            Optional.of(new ConformalRule(1 / 3.0, 0.1)));
    List<CalibratedFor> uses =
        List.of(HERE, new CalibratedFor("none", Optional.empty(), "p", "r", Optional.empty()));
    for (Calibration calibration : calibrations) {
      for (Optional<Abstention> rule : rules) {
        for (CalibratedFor use : uses) {
          for (Optional<PositionPrior> prior : List.of(Optional.<PositionPrior>empty(), PRIOR)) {
            SavedCalibration saved = new SavedCalibration(prior, calibration, rule, 17, use);
            saved.save(folder);
            assertThat(SavedCalibration.load(folder, use)).isEqualTo(saved);
          }
        }
      }
    }
  }

  @Test
  void theFileIsAsDescribed() throws IOException {
    SAVED.save(folder);
    assertThat(text())
        .isEqualTo(
            """
            {
              "version": 1,
              "belongsTo": {
                "model": "a1",
                "adapter": "b2",
                "prompt": "c3",
                "reading": "e5",
                "knowledge": "d4"
              },
              "questions": 300,
              "calibration": {
                "kind": "LogisticCalibration",
                "intercept": -0.25,
                "features": [
                  {
                    "name": "probability",
                    "mean": 0.1,
                    "scale": 0.3333333333333333,
                    "weight": 2.0
                  },
                  {
                    "name": "margin",
                    "mean": -1.0,
                    "scale": 1.0E-9,
                    "weight": 0.0
                  }
                ]
              },
              "abstention": {
                "kind": "ThresholdRule",
                "threshold": 0.8
              }
            }
            """);
    assertThat(folder).isDirectoryNotContaining(file -> !file.endsWith("calibration.json"));
  }

  @Test
  void aPriorStandsBeforeTheCalibration() throws IOException {
    new SavedCalibration(PRIOR, new TemperatureCalibration(2), Optional.empty(), 300, HERE)
        .save(folder);
    assertThat(text())
        .endsWith(
            """
              "questions": 300,
              "prior": {
                "shares": [
                  [
                    0.30000000000000004,
                    0.7
                  ],
                  [
                    0.25,
                    0.25,
                    0.5
                  ]
                ]
              },
              "calibration": {
                "kind": "TemperatureCalibration",
                "temperature": 2.0
              }
            }
            """);
  }

  @Test
  void damagedPriorsAreRefused() throws IOException {
    new SavedCalibration(PRIOR, LOGISTIC, Optional.empty(), 300, HERE).save(folder);
    String good = text();
    damaged(good, "\"shares\"", "\"values\"", "field prior.shares: missing");
    damaged(good, "0.7", "0.6", "field prior: probabilities are [0.30000000000000004, 0.6]");
    damaged(good, "0.7", "\"0.7\"", "field prior.shares[0][1]");
    damaged(good, "0.7", "null", "must be 0 to 1 and sum to 1");
    damaged(good, "0.5", "0.5, 0.0", "must be over 0");
    damaged(good, "\"shares\": [", "\"shares\": [[0.5, 0.5],", "priors of [2, 2, 3] options");
    String shares = good.substring(good.indexOf("\"shares\""), good.indexOf("\"calibration\""));
    damaged(good, shares, "\"shares\": []},", "there are no priors, expected at least one");
    damaged(good, shares, "\"shares\": 1},", "field prior.shares");
  }

  @Test
  void anotherUseIsRefusedNamingTheFirstDifference() {
    SAVED.save(folder);
    Optional<String> x = Optional.of("x");
    refused(new CalibratedFor("x", x, "x", "x", x), "the model a1, in use is the model x");
    refused(new CalibratedFor("a1", x, "x", "x", x), "the adapter b2, in use is the adapter x");
    refused(
        new CalibratedFor("a1", HERE.adapter(), "x", "x", x),
        "the prompt c3, in use is the prompt x");
    refused(
        new CalibratedFor("a1", HERE.adapter(), "c3", "x", x),
        "the reading e5, in use is the reading x");
    refused(
        new CalibratedFor("a1", HERE.adapter(), "c3", "e5", x),
        "the knowledge d4, in use is the knowledge x");
    refused(
        new CalibratedFor("a1", Optional.empty(), "c3", "e5", HERE.knowledge()),
        "the adapter b2, in use is no adapter");
    CalibratedFor without = new CalibratedFor("a1", HERE.adapter(), "c3", "e5", Optional.empty());
    new SavedCalibration(Optional.empty(), LOGISTIC, Optional.empty(), 1, without).save(folder);
    // what a text looks like is no matter
    refused(
        new CalibratedFor("a1", HERE.adapter(), "c3", "e5", Optional.of("none")),
        "no knowledge, in use is the knowledge none");
  }

  private void refused(CalibratedFor use, String difference) {
    assertThatThrownBy(() -> SavedCalibration.load(folder, use))
        .isInstanceOf(IncompatibleException.class)
        .hasMessage(
            folder.resolve("calibration.json") + ": the calibration was fitted with " + difference);
  }

  @Test
  void damagedFilesAreRefusedNamingTheField() throws IOException {
    SAVED.save(folder);
    String good = text();
    damaged(good, "\"version\": 1", "\"version\": 2", "field version: expected 1, which is all");
    damaged(good, "\"version\": 1", "\"version\": 0", "field version");
    damaged(good, "\"version\": 1,", "\"version\": 1, \"version\": 1,", "appears twice");
    damaged(good, "\"questions\": 300", "\"questions\": 0", "field questions");
    damaged(good, "\"questions\": 300,", "", "field questions: missing");
    damaged(
        good,
        "LogisticCalibration",
        "java.lang.Runtime",
        "field calibration.kind: expected one of [TemperatureCalibration, LogisticCalibration]");
    damaged(good, "ThresholdRule", "TemperatureCalibration", "field abstention.kind: expected one");
    damaged(good, "\"threshold\": 0.8", "\"threshold\": 1.8", "threshold is 1.8, must be 0 to 1");
    damaged(good, "\"threshold\": 0.8", "\"threshold\": null", "threshold is NaN");
    damaged(good, "\"intercept\": -0.25", "\"intercept\": \"Infinity\"", "intercept is Infinity");
    damaged(good, "\"scale\": 0.3", "\"scale\": -0.3", "scale of 'probability' is -0.33");
    damaged(good, "\"weight\": 2.0", "\"weight\": \"2\"", "features[0].weight");
    damaged(good, "\"margin\"", "\"probability\"", "a feature is twice");
    damaged(good, "\"model\": \"a1\"", "\"model\": \" \"", "model has 1 characters");
    damaged(good, "\"model\": \"a1\",", "", "field belongsTo.model: missing");
    damaged(good, "}\n}", "}", "not JSON");
    write("[]");
    assertThatThrownBy(() -> SavedCalibration.load(folder, HERE))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("expected a JSON object");
    Files.delete(folder.resolve("calibration.json"));
    assertThatThrownBy(() -> SavedCalibration.load(folder, HERE))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageEndingWith("calibration.json: no such file");
  }

  private void damaged(String good, String part, String other, String message) throws IOException {
    assertThat(good).contains(part);
    write(good.replace(part, other));
    assertThatThrownBy(() -> SavedCalibration.load(folder, HERE))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageStartingWith(folder.resolve("calibration.json").toString())
        .hasMessageContaining(message);
  }

  /** Files of earlier releases have no prior. */
  @Test
  void aFileWithoutAPriorIsRead() throws IOException {
    write(
        """
        {"version": 1, "belongsTo": {"model": "m", "prompt": "p", "reading": "r"}, "questions": 7,
         "calibration": {"kind": "TemperatureCalibration", "temperature": 1.5}}
        """);
    CalibratedFor use = new CalibratedFor("m", Optional.empty(), "p", "r", Optional.empty());
    assertThat(SavedCalibration.load(folder, use))
        .isEqualTo(
            new SavedCalibration(
                Optional.empty(), new TemperatureCalibration(1.5), Optional.empty(), 7, use));
  }

  @Test
  void fieldsOfLaterReleasesAreIgnored() throws IOException {
    SAVED.save(folder);
    write(text().replace("\"version\": 1,", "\"version\": 1, \"created\": [1, {}],"));
    assertThat(SavedCalibration.load(folder, HERE)).isEqualTo(SAVED);
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> SAVED.save(folder.resolve("none")))
        .isInstanceOf(StorageException.class)
        .isInstanceOf(TelecomLlmException.class)
        .hasMessageContaining("calibration.json");
  }

  @Test
  void wrongValuesAreNamed() {
    assertThatThrownBy(
            () -> new SavedCalibration(Optional.empty(), LOGISTIC, Optional.empty(), 0, HERE))
        .hasMessage("questions is 0, must be at least 1");
    assertThatThrownBy(() -> new CalibratedFor("m", Optional.of(""), "p", "r", Optional.empty()))
        .hasMessage("adapter has 0 characters, must be 1 to 500, not all blank");
    assertThatThrownBy(
            () -> new CalibratedFor("m".repeat(501), Optional.empty(), "p", "r", Optional.empty()))
        .hasMessageStartingWith("model has 501 characters");
  }
}
