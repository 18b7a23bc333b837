package io.telecomllm.examples.guide;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.rag.content.retriever.ContentRetriever;
import io.telecomllm.data.Question;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.inference.Answer;
import io.telecomllm.inference.Answered;
import io.telecomllm.inference.Answerers;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.langchain4j.KnowledgeRetriever;
import io.telecomllm.inference.langchain4j.TelecomChatModel;
import io.telecomllm.inference.langchain4j.TelecomStreamingChatModel;
import io.telecomllm.knowledge.Citation;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.knowledge.KnowledgeBaseWriter;
import io.telecomllm.knowledge.Lexicon;
import io.telecomllm.knowledge.Passage;
import io.telecomllm.knowledge.Query;
import io.telecomllm.knowledge.ReferenceFollower;
import io.telecomllm.knowledge.References;
import io.telecomllm.knowledge.Retriever;
import io.telecomllm.model.LanguageModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Code of docs/guide/answer-questions.md. */
final class AnswerQuestions {
  private AnswerQuestions() {}

  static void answer(LanguageModel model) {
    try (KnowledgeBase clauses = KnowledgeBase.read(Path.of("clauses.jsonl"));
        TelecomAnswerer answerer =
            TelecomAnswerer.on(model).adapter(Path.of("adapter")).knowledge(clauses).build()) {
      Answer answer =
          answerer.answer(
              "Which function ends NAS signalling? [3GPP Release 18]",
              List.of("AMF", "UPF", "SMF"));
      for (int i = 0; i < answer.options().size(); i++) {
        System.out.printf(
            "%5.1f %% %s%n", 100 * answer.probabilities().get(i), answer.options().get(i));
      }
      if (answer instanceof Answered given) {
        System.out.println(given.text());
        for (Citation citation : given.citations()) {
          System.out.printf("\"%s\" [%s]%n", citation.quotation(), citation.clause().id());
        }
      }
    }
  }

  static KnowledgeBase indexed() {
    KnowledgeBase.index(Path.of("clauses.jsonl"), Path.of("index"));
    return KnowledgeBase.open(Path.of("index"));
  }

  static void changed(List<Clause> clauses) {
    try (KnowledgeBaseWriter writer = KnowledgeBaseWriter.open(Path.of("index"))) {
      writer.putAll(clauses);
      writer.removeDocument("TS 23.501", "17.9.0");
      String id = writer.commit();
      System.out.println(writer.report() + " in " + id);
    }
  }

  static List<Object> ways(KnowledgeBase base) {
    List<Passage> passages = base.search(Query.of("paging", 3).release("18").series("38"));
    Clause clause = passages.get(0).clause();
    List<Clause> around = base.neighbours(clause, 2);
    Optional<Clause> above = base.parent(clause);
    List<Clause> below = base.children(clause);
    References named = base.references(clause);
    Retriever following = ReferenceFollower.of(base, 1);
    return List.of(around, above, below, named, following);
  }

  static KnowledgeBase glossary() {
    return KnowledgeBase.of(Lexicon.read(Path.of("glossary.jsonl")).clauses());
  }

  static List<Answer> concurrently(TelecomAnswerer answerer, List<Question> questions) {
    List<CompletableFuture<Answer>> pending =
        questions.stream().map(question -> answerer.answerAsync(question)).toList();
    return pending.stream().map(CompletableFuture::join).toList();
  }

  static Answer everyNight(LanguageModel model, Path monday, Path tuesday, Question question) {
    Answerers answerers = new Answerers();
    answerers.add("monday", TelecomAnswerer.on(model).adapter(monday).build());
    answerers.activate("monday");
    System.out.println(answerers.use(answerer -> answerer.answer(question)).confidence());
    answerers.add("tuesday", TelecomAnswerer.on(model).adapter(tuesday).build());
    answerers.activate("tuesday");
    answerers.remove("monday");
    return answerers.use(answerer -> answerer.answer(question));
  }

  static List<Object> withLangChain(TelecomAnswerer answerer, KnowledgeBase clauses) {
    ChatModel chat = TelecomChatModel.of(answerer).config(GenerationConfig.with(c -> c.seed(7)));
    String text = chat.chat("What does the AMF do?");
    StreamingChatModel streaming = TelecomStreamingChatModel.of(answerer);
    ContentRetriever retriever = KnowledgeRetriever.of(clauses, 5);
    return List.of(text, streaming, retriever);
  }
}
