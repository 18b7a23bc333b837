package io.telecomllm.training.tracking;

import io.telecomllm.text.Quoted;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A metric, parameter or tag on its way.
 *
 * @param kind which of them
 * @param key its name
 * @param text of a parameter or tag
 * @param number of a metric
 * @param timestamp of a metric, milliseconds since 1970
 * @param step of a metric
 */
record MlflowValue(Kind kind, String key, String text, double number, long timestamp, long step) {
  // the limits of MLflow's older servers; newer ones take more
  private static final int MOST_OF_PARAMETER = 500;
  private static final int MOST_OF_TAG = 5000;

  /** In the order of sending. */
  enum Kind {
    PARAMETER("params", 100),
    METRIC("metrics", 1000),
    TAG("tags", 100);

    private final String array;
    private final int most;

    Kind(String array, int most) {
      this.array = array;
      this.most = most;
    }

    /** Its field in a log-batch. */
    String array() {
      return array;
    }

    /** How many a log-batch may hold. */
    int most() {
      return most;
    }
  }

  static MlflowValue metric(String key, double value, long step) {
    return new MlflowValue(Kind.METRIC, key, "", value, System.currentTimeMillis(), step);
  }

  static MlflowValue parameter(String key, String value) {
    return new MlflowValue(Kind.PARAMETER, key, Quoted.cut(value, MOST_OF_PARAMETER), 0, 0, 0);
  }

  static MlflowValue tag(String key, String value) {
    return new MlflowValue(Kind.TAG, key, Quoted.cut(value, MOST_OF_TAG), 0, 0, 0);
  }

  /** The value as MLflow's JSON has it. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("key", key);
    if (kind != Kind.METRIC) {
      json.put("value", text);
      return json;
    }
    // the JSON of protocol buffers has words for what JSON has not
    json.put("value", Double.isFinite(number) ? (Object) number : Double.toString(number));
    json.put("timestamp", timestamp);
    json.put("step", step);
    return json;
  }
}
