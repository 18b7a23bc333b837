package io.telecomllm.prompt;

/** One turn of a conversation. */
public record Message(Role role, String content) {
  /** Creates a system message: the instruction for the whole conversation. */
  public static Message system(String content) {
    return new Message(Role.SYSTEM, content);
  }

  /** Creates a message of the user. */
  public static Message user(String content) {
    return new Message(Role.USER, content);
  }

  /** Creates a message of the model. */
  public static Message assistant(String content) {
    return new Message(Role.ASSISTANT, content);
  }
}
