package io.telecomllm.knowledge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Clauses for the tests of this room. */
final class Corpus {
  /** Which key, in the source field of the clause that must come first, answers a query. */
  static final Map<String, String> KEY =
      Map.ofEntries(
          Map.entry("Nmfaf_3daDataManagement_Deregister", "nmfaf"),
          Map.entry("nmfaf_3dadatamanagement_deregister", "nmfaf"),
          Map.entry("the Deregister operation", "nmfaf"),
          Map.entry("3daDataManagement", "nmfaf"),
          Map.entry("38.331", "rrc"),
          Map.entry("TS 38.331", "rrc"),
          Map.entry("331", "rrc"),
          Map.entry("NG-RAN", "ran"),
          Map.entry("ng\u2011ran", "ran"),
          Map.entry("NG\u2013RANs", "ran"),
          Map.entry("5QI", "qos"),
          Map.entry("5qi values", "qos"),
          Map.entry("QI", "qos"),
          Map.entry("SMS", "sms"),
          Map.entry("sms", "sms"),
          Map.entry("umts", "umts"),
          Map.entry("UMTS", "umts"),
          Map.entry("HANDOVERS", "rrc"),
          Map.entry("handover", "rrc"));

  static final List<Clause> IDENTIFIERS =
      List.of(
          from("1", "nmfaf", "The consumer calls Nmfaf_3daDataManagement_Deregister to end it."),
          from("2", "nmfafother", "The consumer calls Nmfaf_3caDataManagement_Subscribe to begin."),
          from("3", "rrc", "See TS 38.331 for the messages of a handover."),
          from("4", "rlc", "See TS 38.322 for the segments and TS 36.133 for the measurements."),
          from("5", "ran", "The NG-RAN holds the base stations."),
          from("6", "eran", "The E-UTRAN holds the older ones; a RAN has many."),
          from("7", "qos", "A flow carries one 5QI."),
          from("8", "qci", "A bearer carries one QCI."),
          from("9", "sms", "SMS carries short texts."),
          from("10", "sm", "SM sets up the sessions."),
          from("11", "umts", "UMTS was the third generation."));

  private static final String[] VOCABULARY =
      ("beam bearer call carrier cell channel code core delay flow frame gain grid handover layer"
              + " link load loss node noise packet paging path phase power radio rate session slice"
              + " slot symbol timer tunnel NG-RAN AMF UPF 5QI TS 38.331 RRC_IDLE")
          .split(" ");

  private Corpus() {}

  static Clause clause(String number, String text) {
    return new Clause("TS 1", "", "", number, "", text, "");
  }

  /** Clauses of 3 to 60 words, rare ones at the vocabulary's end, the same for the same seed. */
  static List<Clause> random(int count, long seed) {
    Random random = new Random(seed);
    List<Clause> clauses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      clauses.add(
          new Clause(
              "TS " + random.nextInt(9),
              "",
              "",
              "c" + i,
              words(random, 1 + random.nextInt(4)),
              words(random, 3 + random.nextInt(58)),
              ""));
    }
    return clauses;
  }

  private static String words(Random random, int count) {
    StringBuilder words = new StringBuilder();
    for (int i = 0; i < count; i++) {
      double skewed = random.nextDouble() * random.nextDouble();
      words.append(i == 0 ? "" : " ").append(VOCABULARY[(int) (skewed * VOCABULARY.length)]);
    }
    return words.toString();
  }

  private static Clause from(String number, String key, String text) {
    return new Clause("TS 1", "", "", number, "", text, "|" + key + "|");
  }
}
