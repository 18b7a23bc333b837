package io.telecomllm.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TokenizerLifeTest {
  private static final int THREADS = 8;
  private final ExecutorService pool = Executors.newFixedThreadPool(THREADS);
  private final Tokenizer tokenizer = Tokenizer.of(Tiny.byteLevel("smollm"));

  @AfterEach
  void stop() throws InterruptedException {
    tokenizer.close();
    pool.shutdownNow();
    assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  private static List<String> texts() {
    Random random = new Random(7);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      texts.add("option " + random.nextInt(1000) + ": \u00b5 <|end|> " + random.nextLong());
    }
    return texts;
  }

  @Test
  void refusesWorkOnceClosedAndClosesTwice() {
    int[] ids = tokenizer.encode("option 1");
    tokenizer.close();
    tokenizer.close();
    assertThatThrownBy(() -> tokenizer.encode("option 1"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the tokenizer of GGUF vocabulary is closed");
    assertThatThrownBy(() -> tokenizer.decode(ids)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> ChatTemplate.PHI_3.encode(tokenizer, List.of(Message.user("a")), true))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void refusesIdsThatCannotBe() {
    assertThatThrownBy(() -> tokenizer.decode(new int[] {3, -1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("id is -1, must be at least 0");
  }

  @Test
  void eightThreadsGetWhatOneGets() throws Exception {
    List<String> texts = texts();
    List<int[]> serial = texts.stream().map(tokenizer::encode).toList();
    List<Future<List<int[]>>> parallel = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      parallel.add(pool.submit(() -> texts.stream().map(tokenizer::encode).toList()));
    }
    for (Future<List<int[]>> one : parallel) {
      assertThat(one.get().toArray(int[][]::new)).isDeepEqualTo(serial.toArray(int[][]::new));
    }
  }

  @Test
  void closingUnderWayEndsInTheTypedErrorNeverInACrash() throws Exception {
    List<Future<Integer>> users = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      users.add(
          pool.submit(
              () -> {
                int done = 0;
                try {
                  while (!Thread.currentThread().isInterrupted()) {
                    done += tokenizer.decode(tokenizer.encode("option " + done)).length();
                  }
                } catch (IllegalStateException closed) {
                  assertThat(closed).hasMessageContaining("is closed");
                }
                return done;
              }));
    }
    TimeUnit.MILLISECONDS.sleep(100);
    tokenizer.close();
    for (Future<Integer> user : users) {
      assertThat(user.get(10, TimeUnit.SECONDS)).isPositive();
    }
  }
}
