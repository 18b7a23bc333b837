package io.telecomllm.inference.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.generation.GeneratedToken;
import io.telecomllm.generation.Generation;
import io.telecomllm.generation.GenerationConfig;
import io.telecomllm.generation.GenerationListener;
import io.telecomllm.generation.TextGenerator;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.Message;
import io.telecomllm.testing.TinyModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SharedSlotsTest {
  private static final GenerationConfig CONFIG = GenerationConfig.with(c -> c.maxNewTokens(12));

  private static List<Integer> ids(Generation generation) {
    return generation.tokens().stream().map(GeneratedToken::id).toList();
  }

  /** Two conversations in turn: each turn begins with what its own last turn left. */
  @Test
  void aPromptThatGoesOnIsNotReadAgain() {
    SharedSlots[] slots = new SharedSlots[1];
    try (LanguageModel model = TinyModel.load(300);
        TextGenerator alone = TextGenerator.on(model).template(ChatTemplate.CHAT_ML).build();
        TextGenerator shared =
            TextGenerator.on(model)
                .template(ChatTemplate.CHAT_ML)
                .slots(pass -> slots[0] = new SharedSlots(model, pass, 3, 900))
                .build()) {
      List<List<Message>> talks = List.of(new ArrayList<>(), new ArrayList<>());
      int[] read = new int[2];
      for (int turn = 0; turn < 4; turn++) {
        for (int talk = 0; talk < 2; talk++) {
          List<Message> said = talks.get(talk);
          said.add(Message.user("talk " + talk + " turn " + turn));
          Generation found = shared.generate(said, CONFIG);
          assertThat(ids(found)).isEqualTo(ids(alone.generate(said, CONFIG)));
          // bytes that are no text are written differently in the next prompt
          assertThat(found.usage().cached()).isGreaterThanOrEqualTo(read[talk]);
          read[talk] = found.usage().prompt();
          said.add(Message.assistant(found.text()));
        }
      }
      slots[0].close();
    }
  }

  /**
   * Little room and prompts of all lengths: whoever waits gets in, and nobody's text is changed.
   */
  @Test
  void textsWaitForRoom() throws Exception {
    SharedSlots[] slots = new SharedSlots[1];
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (LanguageModel model = TinyModel.load(200);
        TextGenerator alone = TextGenerator.on(model).template(ChatTemplate.CHAT_ML).build();
        TextGenerator shared =
            TextGenerator.on(model)
                .template(ChatTemplate.CHAT_ML)
                .slots(pass -> slots[0] = new SharedSlots(model, pass, 4, 260))
                .build()) {
      Random random = new Random(5);
      List<List<Message>> prompts = new ArrayList<>();
      List<Future<Generation>> found = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        String text = ("abc" + i % 7).repeat(1 + random.nextInt(30));
        prompts.add(List.of(Message.user(text)));
        int own = i;
        found.add(
            threads.submit(
                () ->
                    shared.generate(
                        prompts.get(own), CONFIG, GenerationListener.NONE, () -> false)));
      }
      for (int i = 0; i < found.size(); i++) {
        assertThat(ids(found.get(i).get()))
            .as("text %s", i)
            .isEqualTo(ids(alone.generate(prompts.get(i), CONFIG)));
      }
      assertThat(found.stream().anyMatch(text -> cached(text) > 0)).isTrue();
      slots[0].close();
    } finally {
      threads.shutdownNow();
    }
  }

  /** Texts that are longer than the context, in slots that others take turns in. */
  @Test
  void contextsShiftInSharedSlots() throws Exception {
    GenerationConfig config = GenerationConfig.with(c -> c.maxNewTokens(150).contextShift(true));
    SharedSlots[] slots = new SharedSlots[1];
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (LanguageModel model = TinyModel.load(100);
        TextGenerator alone = TextGenerator.on(model).template(ChatTemplate.CHAT_ML).build();
        TextGenerator shared =
            TextGenerator.on(model)
                .template(ChatTemplate.CHAT_ML)
                .slots(pass -> slots[0] = new SharedSlots(model, pass, 3, 250))
                .build()) {
      List<List<Message>> prompts = new ArrayList<>();
      List<Future<Generation>> found = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        prompts.add(List.of(Message.system("Be brief."), Message.user("question " + i)));
        int own = i;
        found.add(threads.submit(() -> shared.generate(prompts.get(own), config)));
      }
      for (int i = 0; i < found.size(); i++) {
        assertThat(ids(found.get(i).get()))
            .as("text %s", i)
            .isEqualTo(ids(alone.generate(prompts.get(i), config)))
            .hasSizeGreaterThan(100);
      }
      slots[0].close();
    } finally {
      threads.shutdownNow();
    }
  }

  private static int cached(Future<Generation> text) {
    try {
      return text.get().usage().cached();
    } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
      throw new AssertionError(e);
    }
  }
}
