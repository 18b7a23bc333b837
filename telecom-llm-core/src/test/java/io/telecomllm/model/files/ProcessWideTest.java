package io.telecomllm.model.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProcessWideTest {
  private record Closing(String name, List<String> closed) implements AutoCloseable {
    @Override
    public void close() {
      closed.add(name);
      if (name.equals("stuck")) {
        throw new IllegalStateException("stuck");
      }
    }
  }

  @Test
  void makesOnceAndClosesTheLastFirst() {
    ProcessWide process = new ProcessWide();
    List<String> closed = new ArrayList<>();
    AtomicInteger made = new AtomicInteger();
    List<Closing> found =
        IntStream.range(0, 8)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () ->
                            process.find(
                                "answerer",
                                () -> {
                                  made.incrementAndGet();
                                  // a maker asks for what it needs
                                  process.find("model", () -> new Closing("model", closed));
                                  return new Closing("answerer", closed);
                                })))
            .map(CompletableFuture::join)
            .toList();
    assertThat(made.get()).isEqualTo(1);
    assertThat(found).allSatisfy(value -> assertThat(value).isSameAs(found.get(0)));
    process.close();
    process.close();
    assertThat(closed).containsExactly("answerer", "model");
    assertThatThrownBy(() -> process.find("model", () -> new Closing("again", closed)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the process is ending: no value is made for model");
  }

  @Test
  void aMakerThatFailsIsAskedAgainAndAStuckOneKeepsNoneOpen() {
    ProcessWide process = new ProcessWide();
    List<String> closed = new ArrayList<>();
    assertThatThrownBy(
            () ->
                process.find(
                    "model",
                    () -> {
                      throw new IllegalStateException("the disk is not there yet");
                    }))
        .hasMessage("the disk is not there yet");
    process.find("model", () -> new Closing("model", closed));
    process.find("other", () -> new Closing("stuck", closed));
    List<Throwable> seen = new ArrayList<>();
    Thread ending = new Thread(process::close);
    ending.setUncaughtExceptionHandler((thread, failure) -> seen.add(failure));
    ending.start();
    try {
      ending.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    assertThat(closed).containsExactly("stuck", "model");
    assertThat(seen).hasSize(1);
  }
}
