package io.telecomllm.inference.calibration;

import io.telecomllm.inference.calibration.LogisticCalibration.Feature;
import io.telecomllm.regression.LogisticRegression;
import io.telecomllm.regression.LogisticRegression.Scale;
import java.util.List;
import java.util.stream.IntStream;

/** Fits a logistic regression to the evidence of answered questions. */
final class LogisticFit {
  private LogisticFit() {}

  static LogisticCalibration of(
      List<CalibrationQuestion> questions, List<String> names, double penalty) {
    List<Feature> features = names.stream().map(name -> standardised(questions, name)).toList();
    double[][] rows = new double[questions.size()][names.size() + 1];
    boolean[] right = new boolean[questions.size()];
    for (int i = 0; i < rows.length; i++) {
      right[i] = questions.get(i).right();
      rows[i][0] = 1;
      for (int j = 0; j < names.size(); j++) {
        double value = questions.get(i).evidence().feature(names.get(j));
        rows[i][j + 1] = features.get(j).deviations(value);
      }
    }
    double[] weights = LogisticRegression.fit(rows, right, penalty);
    return new LogisticCalibration(
        weights[0],
        IntStream.range(0, names.size())
            .mapToObj(j -> weighted(features.get(j), weights[j + 1]))
            .toList());
  }

  private static Feature weighted(Feature feature, double weight) {
    return new Feature(feature.name(), feature.mean(), feature.scale(), weight);
  }

  private static Feature standardised(List<CalibrationQuestion> questions, String name) {
    Scale scale =
        Scale.of(questions.stream().mapToDouble(q -> q.evidence().feature(name)).toArray());
    return new Feature(name, scale.mean(), scale.deviation(), 0);
  }
}
