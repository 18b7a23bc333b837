package io.telecomllm.prompt;

/** How an answer to a question is written. */
public enum AnswerStyle {
  /** {@code option k: text}. */
  NUMBER_AND_TEXT(
      "You are an expert in 3GPP standards and telecommunications. Choose the one option that answers"
          + " the question and reply with its number and its text."),
  /** {@code option k} alone. */
  NUMBER(
      "You are an expert in 3GPP standards and telecommunications. Choose the one option that answers"
          + " the question and reply with its number alone.");

  private final String instruction;

  AnswerStyle(String instruction) {
    this.instruction = instruction;
  }

  /** The instruction that asks for this style where the caller sets none. */
  public String instruction() {
    return instruction;
  }

  /** The answer for option {@code number}, counted from 1. */
  String answer(int number, String text) {
    return this == NUMBER ? label(number) : label(number) + ": " + text;
  }

  /** How an option is named, counted from 1. */
  static String label(int number) {
    return "option " + number;
  }
}
