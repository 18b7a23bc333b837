package io.telecomllm.prompt;

/** How an answer to a question is written. */
public enum AnswerStyle {
  /** The answer is {@code option k: text}. */
  NUMBER_AND_TEXT(
      "You are an expert in 3GPP standards and telecommunications. Choose the one option that"
          + " answers the question and reply with its number and its text."),
  /** The answer is {@code option k} alone. */
  NUMBER(
      "You are an expert in 3GPP standards and telecommunications. Choose the one option that"
          + " answers the question and reply with its number alone."),
  /** The answer is {@code option k: text}, and in training the reason on a line of its own. */
  NUMBER_TEXT_AND_REASON(
      "You are an expert in 3GPP standards and telecommunications. Choose the one option that"
          + " answers the question and reply with its number, its text and the reason.");

  private final String instruction;

  AnswerStyle(String instruction) {
    this.instruction = instruction;
  }

  /** Returns the instruction that asks for this style, unless a program sets another one. */
  public String instruction() {
    return instruction;
  }

  /** Returns the answer for option {@code number}, counted from 1. */
  String answer(int number, String text) {
    return this == NUMBER ? label(number) : label(number) + ": " + text;
  }

  /** Returns the label of an option, counted from 1. */
  static String label(int number) {
    return "option " + number;
  }
}
