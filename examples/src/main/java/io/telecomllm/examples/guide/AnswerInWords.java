package io.telecomllm.examples.guide;

import io.telecomllm.generation.Conversation;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.generation.TextGenerator;
import io.telecomllm.generation.constraint.Constraint;
import io.telecomllm.inference.OpenAnswer;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.Message;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Code of docs/guide/answer-in-words.md. */
final class AnswerInWords {
  private AnswerInWords() {}

  static void ask(LanguageModel model, KnowledgeBase clauses) {
    try (TelecomAnswerer answerer = TelecomAnswerer.on(model).knowledge(clauses).build()) {
      OpenAnswer answer = answerer.ask("What does the AMF do?");
      System.out.println(answer.text());
      for (int number : answer.cited()) {
        System.out.println("[" + number + "] " + answer.references().get(number - 1).clause().id());
      }
    }
  }

  static OpenAnswer streamed(TelecomAnswerer answerer, List<Message> conversation) {
    return answerer.ask(
        conversation,
        GenerationConfig.with(c -> c.maxNewTokens(400).draftTokens(4)),
        token -> System.out.print(token.text()));
  }

  static CompletableFuture<String> asynchronously(TelecomAnswerer answerer, String question) {
    return answerer
        .askAsync(List.of(Message.user(question)), GenerationConfig.defaults())
        .thenApply(OpenAnswer::text)
        .orTimeout(30, TimeUnit.SECONDS);
  }

  static void converse(LanguageModel model) {
    try (TextGenerator generator = TextGenerator.on(model).build();
        Conversation conversation = generator.conversation(Message.system("Be brief."))) {
      System.out.println(conversation.say("What is a slice?"));
      System.out.println(conversation.say("And who selects it?"));
    }
  }

  static String severity(TextGenerator generator, String alarm) {
    Constraint severities = Constraint.options(List.of("critical", "major", "minor", "warning"));
    return generator
        .generate(
            List.of(Message.user("How severe is this alarm? " + alarm)),
            GenerationConfig.with(c -> c.constraint(severities)))
        .text();
  }

  /** Where an alarm comes from. */
  record Origin(String equipment, Optional<String> cell, boolean radio) {}

  static Origin origin(TextGenerator generator, String alarm) {
    return generator
        .generate(
            List.of(Message.user("Where does this alarm come from? " + alarm)),
            Origin.class,
            GenerationConfig.defaults())
        .value();
  }
}
