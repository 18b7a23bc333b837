package io.telecomllm.prompt;

/** The speaker of a message. */
public enum Role {
  /** The instruction for the whole conversation. */
  SYSTEM("system"),
  /** The user. */
  USER("user"),
  /** The model. */
  ASSISTANT("assistant");

  private final String key;

  Role(String key) {
    this.key = key;
  }

  /** Returns the name of the role in templates and data sets. */
  public String key() {
    return key;
  }
}
