package io.telecomllm.training.sweep;

import java.util.Map;

/** A sweep as a page. */
final class SweepPage {
  private SweepPage() {}

  static String of(Sweep.Result result, Map<String, String> facts) {
    return result.table() + facts;
  }
}
