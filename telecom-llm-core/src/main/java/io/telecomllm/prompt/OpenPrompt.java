package io.telecomllm.prompt;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The one renderer of open questions, which the model answers in its own words.
 *
 * <pre>
 * system:    the instruction; with references, how to use and cite them
 * user:      what was said before
 * assistant: ...
 * user:      Reference [1] TITLE: TEXT     (a line for each reference)
 *
 *            the question
 * </pre>
 *
 * <p>A conversation that begins with a system message has that instead of the instruction. Where
 * the template takes no system message, it begins the first message of the user. References are
 * untrusted text: line ends in them become spaces, so that none can forge another. Immutable.
 *
 * @param template the form of conversations of the model's family
 * @param instruction the content of the system message
 */
public record OpenPrompt(ChatTemplate template, String instruction) {
  private static final String INSTRUCTION =
      "You are an expert in telecommunications. Answer in a few sentences.";
  private static final String CITING =
      " Answer from the references, and cite each one that you use by its number, such as [1]. If"
          + " they do not answer the question, say so.";
  private static final Pattern LINE_ENDS = Pattern.compile("\\R+");

  /** Checks that there is an instruction. */
  public OpenPrompt {
    checkArgument(!instruction.isBlank(), "instruction: found a blank one");
  }

  /** Returns a prompt with the default instruction. */
  public static OpenPrompt of(ChatTemplate template) {
    return new OpenPrompt(template, INSTRUCTION);
  }

  /**
   * Returns the whole conversation up to the answer.
   *
   * @param messages what has been said, at least one message, the last by the user
   * @param references texts to answer the last message from, the best first
   */
  @Internal
  public List<Message> messages(List<Message> messages, List<Reference> references) {
    checkArgument(
        !messages.isEmpty() && messages.get(messages.size() - 1).role() == Role.USER,
        "the last message must be the user's");
    boolean own = messages.get(0).role() == Role.SYSTEM;
    String system =
        (own ? messages.get(0).content() : instruction) + (references.isEmpty() ? "" : CITING);
    List<Message> rest = new ArrayList<>(messages.subList(own ? 1 : 0, messages.size()));
    int last = rest.size() - 1;
    rest.set(last, Message.user(withReferences(rest.get(last).content(), references)));
    List<Message> all = new ArrayList<>();
    if (template.takesSystem()) {
      all.add(Message.system(system));
    } else {
      rest.set(0, new Message(rest.get(0).role(), system + "\n\n" + rest.get(0).content()));
    }
    all.addAll(rest);
    return all;
  }

  private static String withReferences(String question, List<Reference> references) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < references.size(); i++) {
      Reference reference = references.get(i);
      text.append("Reference [")
          .append(i + 1)
          .append("] ")
          .append(oneLine(reference.title()))
          .append(": ")
          .append(oneLine(reference.text()))
          .append('\n');
    }
    return text.append(references.isEmpty() ? "" : "\n").append(question).toString();
  }

  private static String oneLine(String text) {
    return LINE_ENDS.matcher(text).replaceAll(" ");
  }
}
