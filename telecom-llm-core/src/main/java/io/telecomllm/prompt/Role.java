package io.telecomllm.prompt;

/** Who speaks in a conversation. */
public enum Role {
  /** The standing instruction. */
  SYSTEM("system"),
  /** The one who asks. */
  USER("user"),
  /** The model. */
  ASSISTANT("assistant");

  private final String key;

  Role(String key) {
    this.key = key;
  }

  /** The name that templates and data sets write. */
  public String key() {
    return key;
  }
}
