package io.telecomllm.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.telecomllm.BusyException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.testing.ChildJvm;
import io.telecomllm.testing.Reliability;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that write a knowledge base are killed; what they had committed stays. */
@Timeout(300)
class KilledWriterTest {
  private static final int KILLS = 20;
  private static final int CLAUSES = 60;
  private static final int STATES = 12;

  @TempDir private Path temporary;

  /** The contents after a commit; a third of the clauses differ from those before. */
  private static List<Clause> state(int number) {
    List<Clause> clauses = new ArrayList<>();
    for (int i = 0; i < CLAUSES; i++) {
      int from = Math.floorMod(number - i % 3, STATES) / 3;
      Clause clause = Corpus.random(CLAUSES, from).get(i);
      clauses.add(new Clause("TS 1", "", "", clause.clause(), clause.title(), clause.text(), ""));
    }
    return clauses;
  }

  /** Commits one state after the other, telling the id of each. */
  static final class Child {
    /** So that a child whose parent died does not stay. */
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(60);

    private Child() {}

    public static void main(String[] args) {
      PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
      long start = System.nanoTime();
      try (KnowledgeBaseWriter writer = KnowledgeBaseWriter.open(Path.of(args[0]))) {
        out.println("open");
        int first = Integer.parseInt(args[1]);
        for (int i = first; System.nanoTime() - start < MOST_NANOS; i = (i + 1) % STATES) {
          writer.putAll(state(i));
          out.println(writer.commit());
        }
      }
    }
  }

  private Process child(Path folder, int state) throws IOException {
    return ChildJvm.of(Child.class, folder, state)
        .redirectError(temporary.resolve("errors.log").toFile())
        .start();
  }

  @Test
  void whatWasCommittedBeforeAKillStays() throws Exception {
    Path folder = temporary.toRealPath().resolve("base");
    List<KnowledgeBase> states = new ArrayList<>();
    for (int i = 0; i < STATES; i++) {
      states.add(KnowledgeBase.of(state(i)));
    }
    List<String> ids = states.stream().map(KnowledgeBase::id).toList();
    Random random = new Random(94);
    int state = -1;
    int commits = 0;
    try (Reliability survived = Reliability.of("kill -9 while writing a knowledge base")) {
      for (int kill = 0; kill < KILLS; kill++) {
        survived.begins();
        int told = state;
        Process child = child(folder, (state + 1) % STATES);
        try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
          assertThat(lines.readLine()).as(errors()).isEqualTo("open");
          // the first ones before anything was committed
          int before = kill < 3 ? 0 : random.nextInt(4);
          for (int i = 0; i < before; i++) {
            told = ids.indexOf(lines.readLine());
          }
          Thread.sleep(random.nextInt(60));
          child.toHandle().destroyForcibly();
          commits += before;
          for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            // the last one may be cut
            if (line.length() == ids.get(0).length()) {
              told = ids.indexOf(line);
              commits++;
            }
          }
        } finally {
          child.destroyForcibly().waitFor();
        }
        state = stateOf(folder, ids);
        // the last commit may have been cut off before it was told of
        assertThat(state).as("kill %s", kill).isIn(told, (told + 1) % STATES);
        if (state >= 0) {
          assertSame(folder, states.get(state));
        }
        survived.passed();
      }
      survived.note(commits + " commits");
      assertThat(commits).isGreaterThan(KILLS / 2);
    } finally {
      states.forEach(KnowledgeBase::close);
    }
  }

  private static int stateOf(Path folder, List<String> ids) {
    try (KnowledgeBase base = KnowledgeBase.open(folder)) {
      return ids.indexOf(base.id());
    } catch (InvalidDataException e) {
      assertThat(e).hasMessageStartingWith(folder + ": holds no index of clauses");
      return -1;
    }
  }

  private static void assertSame(Path folder, KnowledgeBase expected) {
    try (KnowledgeBase base = KnowledgeBase.open(folder)) {
      for (Clause query : Corpus.random(5, 30)) {
        assertThat(base.search(query.text(), CLAUSES))
            .isEqualTo(expected.search(query.text(), CLAUSES));
      }
    }
  }

  private String errors() throws IOException {
    return Files.readString(temporary.resolve("errors.log"));
  }

  @Test
  void anotherProcessIsKeptOut() throws Exception {
    Path folder = temporary.toRealPath().resolve("base");
    Process child = child(folder, 0);
    try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
      assertThat(lines.readLine()).as(errors()).isEqualTo("open");
      assertThatThrownBy(() -> KnowledgeBaseWriter.open(folder))
          .isInstanceOf(BusyException.class)
          .hasMessage(
              folder
                  + ": a knowledge base writer of another process has it open; close it or stop it");
    } finally {
      child.destroyForcibly().waitFor();
    }
    KnowledgeBaseWriter.open(folder).close();
  }
}
