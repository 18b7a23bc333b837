package io.telecomllm.inference.langchain4j;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.listener.ChatModelErrorContext;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import dev.langchain4j.model.chat.request.ChatRequest;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.generation.TextGenerator;
import io.telecomllm.generation.constraint.Constraint;
import io.telecomllm.inference.AnswererBuilder;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.Message;
import io.telecomllm.prompt.OpenPrompt;
import io.telecomllm.testing.TinyModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** What the tests of this package have in common. */
final class LangChainFixture {
  static final String INSTRUCTION = "Answer.";
  static final Clause MOBILITY =
      new Clause(
          "TS 23.501", "18.1.0", "Release 18", "6.2.1", "AMF", "The AMF does mobility.", "a.docx");
  static final Clause SESSION =
      new Clause("TS 23.501", "", "", "6.2.2", "", "The SMF does the mobility of sessions.", "");

  private LangChainFixture() {}

  static AnswererBuilder answering(LanguageModel model) {
    return TelecomAnswerer.on(model)
        .prompt(TinyModel.prompt())
        .openPrompt(new OpenPrompt(ChatTemplate.CHAT_ML, INSTRUCTION));
  }

  static GenerationConfig tokens(int most) {
    return GenerationConfig.with(c -> c.maxNewTokens(most));
  }

  /** What the model writes in a conversation, without an answerer and without LangChain4j. */
  static String alone(LanguageModel model, GenerationConfig config, Message... messages) {
    try (TextGenerator generator = TextGenerator.on(model).template(ChatTemplate.CHAT_ML).build()) {
      return generator.generate(List.of(messages), config).text();
    }
  }

  static String alone(LanguageModel model, String question, GenerationConfig config) {
    return alone(model, config, Message.system(INSTRUCTION), Message.user(question));
  }

  static ChatRequest request(ChatMessage... messages) {
    return ChatRequest.builder().messages(messages).build();
  }

  static ChatRequest.Builder asking(String question) {
    return ChatRequest.builder().messages(UserMessage.from(question));
  }

  static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Notes what it is told. */
  static final class Noting implements ChatModelListener {
    final List<String> notes = Collections.synchronizedList(new ArrayList<>());
    private final String name;

    Noting(String name) {
      this.name = name;
    }

    @Override
    public void onRequest(ChatModelRequestContext context) {
      notes.add(name + " request " + context.chatRequest().maxOutputTokens());
    }

    @Override
    public void onResponse(ChatModelResponseContext context) {
      notes.add(name + " response " + context.chatResponse().aiMessage().text());
    }

    @Override
    public void onError(ChatModelErrorContext context) {
      notes.add(name + " error " + context.error().getMessage());
    }
  }

  /** Allows any text that does not end, and counts what it is asked: whether the model goes on. */
  static final class Endless implements Constraint, Constraint.State {
    final AtomicLong asked = new AtomicLong();
    private final Runnable before;

    /** Does something before each answer. */
    Endless(Runnable before) {
      this.before = before;
    }

    Endless() {
      this(() -> {});
    }

    @Override
    public State start() {
      return this;
    }

    @Override
    public State next(int octet) {
      before.run();
      asked.incrementAndGet();
      return this;
    }

    @Override
    public boolean complete() {
      return false;
    }
  }
}
