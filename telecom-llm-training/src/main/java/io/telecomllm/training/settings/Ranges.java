package io.telecomllm.training.settings;

import static com.google.common.base.Preconditions.checkArgument;

/** Checks settings; a message names the setting, its value and the range. */
final class Ranges {
  private Ranges() {}

  static void check(String setting, int value, int min, int max) {
    checkArgument(
        value >= min && value <= max, "%s is %s, must be %s to %s", setting, value, min, max);
  }

  static void check(String setting, double value, long min, long max) {
    // written so that NaN fails
    checkArgument(
        value >= min && value <= max, "%s is %s, must be %s to %s", setting, value, min, max);
  }

  static void checkPositive(String setting, double value, long max) {
    checkArgument(
        value > 0 && value <= max, "%s is %s, must be over 0 and at most %s", setting, value, max);
  }
}
