package io.telecomllm.training.known;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.data.Question;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.scoring.OptionScorer;
import io.telecomllm.scoring.OptionScores;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.scoring.Scoring;
import io.telecomllm.testing.SampleQuestions;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.training.known.KnownQuestions.Known;
import io.telecomllm.training.known.KnownQuestions.Level;
import io.telecomllm.training.progress.Cancellation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnowledgeProbeTest {
  private static final List<Question> QUESTIONS = SampleQuestions.of(30);
  private static LanguageModel model;
  private static KnownQuestions found;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    model = TinyModel.load(512);
    found = KnowledgeProbe.on(model).prompt(TinyModel.prompt()).orders(3).ask(QUESTIONS);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void eachQuestionIsAskedInEveryRotation() {
    assertThat(found.model()).isEqualTo(Lineage.Base.of(model).fingerprint());
    assertThat(found.prompt()).isEqualTo(TinyModel.prompt().digest());
    assertThat(found.questions()).hasSize(30);
    try (Tokenizer tokenizer = Tokenizer.load(model.files());
        OptionScorer scorer =
            new PromptedModel(model, tokenizer, TinyModel.prompt())
                .scorer(Deltas.none(), Scoring.LABEL)) {
      for (int i = 0; i < QUESTIONS.size(); i++) {
        Question question = QUESTIONS.get(i);
        int right = 0;
        double probability = 0;
        for (int by = 0; by < 3; by++) {
          List<String> options = new ArrayList<>(question.options());
          java.util.Collections.rotate(options, by);
          OptionScores scores =
              scorer.score(TinyModel.prompt().ask(tokenizer, question.text(), options));
          int place = options.indexOf(question.answerText());
          right += scores.best() == place ? 1 : 0;
          probability += scores.probabilities().get(place) / 3;
        }
        Known known = found.questions().get(i);
        assertThat(known.id()).isEqualTo(question.id());
        assertThat(known.asked()).isEqualTo(3);
        assertThat(known.right()).as(question.id()).isEqualTo(right);
        assertThat(known.probability()).isCloseTo(probability, within(1e-4));
      }
    }
  }

  @Test
  void levelsFilterTheQuestions() {
    KnownQuestions some =
        new KnownQuestions(
            "m",
            "p",
            List.of(
                new Known("a", 3, 3, 0.9),
                new Known("b", 3, 1, 0.4),
                new Known("c", 3, 0, 0.1),
                new Known("d", 1, 0, 0.2)));
    assertThat(some.ids(Level.UNKNOWN)).containsExactlyInAnyOrder("c", "d");
    assertThat(some.ids(Level.KNOWN, Level.MAYBE)).containsExactlyInAnyOrder("a", "b");
    assertThat(some.ids()).isEmpty();
    assertThat(some.count(Level.UNKNOWN)).isEqualTo(2);
  }

  @Test
  void comesBackFromItsFileAsItWas() throws Exception {
    Path file = folder.resolve("known.jsonl");
    found.save(file);
    assertThat(KnownQuestions.read(file)).isEqualTo(found);
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(31);
    assertThat(lines.get(1)).startsWith("{\"id\":\"question 0\",\"asked\":3,\"right\":");
  }

  @Test
  void aDamagedFileIsNamed() throws Exception {
    Path file = folder.resolve("known.jsonl");
    for (String bad :
        List.of(
            "",
            "{}\n",
            "{\"model\":\"m\",\"prompt\":\"p\"}\n{\"id\":\"a\",\"asked\":1,\"right\":2,"
                + "\"probability\":0.5}\n",
            "{\"model\":\"m\",\"prompt\":\"p\"}\n{\"id\":\"a\",\"asked\":1,\"right\":1,"
                + "\"probability\":0.5}",
            "{\"model\":\"m\",\"prompt\":\"p\"}\n"
                + "{\"id\":\"a\",\"asked\":1,\"right\":1,\"probability\":0.5}\n".repeat(2))) {
      Files.writeString(file, bad);
      assertThatThrownBy(() -> KnownQuestions.read(file))
          .as(bad)
          .isInstanceOf(InvalidDataException.class)
          .hasMessageContaining("known.jsonl");
    }
  }

  @Test
  void aProbeShowsProgressAndCanBeCancelled() {
    List<Integer> heard = new ArrayList<>();
    Cancellation cancellation = new Cancellation();
    KnownQuestions part =
        KnowledgeProbe.on(model)
            .prompt(TinyModel.prompt())
            .orders(3)
            .cancellation(cancellation)
            .progress(
                done -> {
                  heard.add(done);
                  if (done == 8) {
                    cancellation.cancel();
                  }
                })
            .ask(QUESTIONS);
    assertThat(heard).containsExactly(4, 8);
    assertThat(part.questions()).isEqualTo(found.questions().subList(0, 8));
    assertThatThrownBy(() -> KnowledgeProbe.on(model).orders(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("orders is 0, must be 1 to 9");
  }

  @Test
  void aProbeGoesOnWhereItWas() {
    Path file = folder.resolve("probe.jsonl");
    Cancellation cancellation = new Cancellation();
    KnowledgeProbe probe =
        KnowledgeProbe.on(model).prompt(TinyModel.prompt()).orders(3).resumeFrom(file);
    KnownQuestions part =
        probe
            .cancellation(cancellation)
            .progress(done -> cancellation.cancel())
            .ask(QUESTIONS.subList(10, 30));
    assertThat(part.questions()).isEqualTo(found.questions().subList(10, 14));
    assertThat(KnownQuestions.read(file)).isEqualTo(part);
    // values that no model gives show that these are not asked again
    Known kept = new Known("question 11", 3, 2, 0.123);
    Known ofOneOrder = new Known("question 12", 1, 1, 1);
    part.with(List.of(kept, ofOneOrder)).save(file);
    KnownQuestions whole = probe.ask(QUESTIONS);
    assertThat(whole.questions()).hasSize(30);
    for (int i = 0; i < 30; i++) {
      assertThat(whole.questions().get(i)).isEqualTo(i == 11 ? kept : found.questions().get(i));
    }
    assertThat(KnownQuestions.read(file)).isEqualTo(whole);
    // what is in the file of other questions stays there
    assertThat(probe.ask(QUESTIONS.subList(0, 2)).questions()).hasSize(2);
    assertThat(KnownQuestions.read(file).questions()).hasSize(30);
  }

  @Test
  void aFileOfAnotherModelIsRefused() {
    Path file = folder.resolve("other.jsonl");
    new KnownQuestions("m", found.prompt(), List.of()).save(file);
    KnowledgeProbe probe =
        KnowledgeProbe.on(model).prompt(TinyModel.prompt()).orders(3).resumeFrom(file);
    assertThatThrownBy(() -> probe.ask(QUESTIONS))
        .isInstanceOf(IncompatibleException.class)
        .hasMessageContaining("other.jsonl: is of model m and prompt ");
  }
}
