package io.telecomllm.inference.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import io.telecomllm.prompt.Message;
import io.telecomllm.prompt.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Turns LangChain4j's messages into a conversation that ends with a question. */
final class Messages {
  /** What comes before the question that is asked again. */
  static final String AGAIN = "That answer was not accepted. Answer again:\n\n";

  private Messages() {}

  /** Returns the conversation; see {@link TelecomChatModel} for the rules. */
  static List<Message> of(List<ChatMessage> messages) {
    List<Message> all = new ArrayList<>();
    String question = "";
    for (ChatMessage message : messages) {
      Message next = message(message);
      if (next.role() == Role.ASSISTANT) {
        askAgain(all, question);
      }
      if (next.role() == Role.USER) {
        question = next.content();
      }
      if (next.role() == Role.SYSTEM && all.size() == 1 && endsWith(all, Role.SYSTEM)) {
        next = Message.system(all.remove(0).content() + "\n\n" + next.content());
      }
      all.add(next);
    }
    askAgain(all, question);
    return all;
  }

  /**
   * Asks a question again if the last message is an answer. The whole question, since a knowledge
   * base is searched for the last message.
   */
  private static void askAgain(List<Message> all, String question) {
    if (endsWith(all, Role.ASSISTANT)) {
      all.add(Message.user(AGAIN + question));
    }
  }

  private static boolean endsWith(List<Message> all, Role role) {
    return !all.isEmpty() && all.get(all.size() - 1).role() == role;
  }

  private static Message message(ChatMessage message) {
    if (message instanceof SystemMessage system) {
      return Message.system(system.text());
    }
    if (message instanceof UserMessage user) {
      return Message.user(text(user));
    }
    if (message instanceof AiMessage ai) {
      return Message.assistant(text(ai));
    }
    throw new UnsupportedFeatureException(
        "a message of type " + message.type() + " is not supported");
  }

  private static String text(UserMessage user) {
    if (user.name() != null) {
      throw new UnsupportedFeatureException(
          "the name of a user is not supported, found '" + user.name() + "'");
    }
    return user.contents().stream().map(Messages::text).collect(Collectors.joining("\n"));
  }

  private static String text(Content content) {
    if (content instanceof TextContent text) {
      return text.text();
    }
    throw new UnsupportedFeatureException(
        "content of type " + content.type() + " in a message of the user is not supported");
  }

  private static String text(AiMessage ai) {
    if (ai.hasToolExecutionRequests()) {
      throw new UnsupportedFeatureException(
          "tool calls in a message of the AI are not supported, found '"
              + ai.toolExecutionRequests().get(0).name()
              + "'");
    }
    if (!ai.images().isEmpty() || !ai.audios().isEmpty()) {
      throw new UnsupportedFeatureException(
          "images and sound in a message of the AI are not supported");
    }
    return ai.text() == null ? "" : ai.text();
  }
}
