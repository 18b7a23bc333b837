package io.telecomllm.training.tracking;

import io.telecomllm.text.Quoted;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A metric, parameter or tag to send.
 *
 * @param kind whether it is a metric, a parameter or a tag
 * @param key its name
 * @param text the value of a parameter or tag
 * @param number the value of a metric
 * @param timestamp the time of a metric, in milliseconds since 1970
 * @param step the step of a metric
 */
record MlflowValue(Kind kind, String key, String text, double number, long timestamp, long step) {
  // the limits of MLflow's older servers; newer ones take more
  private static final int MOST_OF_PARAMETER = 500;
  private static final int MOST_OF_TAG = 5000;

  /** The kinds of values, in the order in which they are sent. */
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

    /** Returns the field for this kind in a log-batch request. */
    String array() {
      return array;
    }

    /** Returns the most values of this kind in a log-batch request. */
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

  /** Returns the value as a JSON object for MLflow. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("key", key);
    if (kind != Kind.METRIC) {
      json.put("value", text);
      return json;
    }
    // protocol buffers write NaN and infinities as strings in JSON
    json.put("value", Double.isFinite(number) ? (Object) number : Double.toString(number));
    json.put("timestamp", timestamp);
    json.put("step", step);
    return json;
  }
}
