package io.telecomllm.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.telecomllm.data.Category;
import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.grounding.Grounding;
import io.telecomllm.grounding.Knowledge;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.KnownTokens;
import io.telecomllm.scoring.OptionScorer;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.scoring.Scoring;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.SampleQuestions;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.training.progress.TrainingReport;
import io.telecomllm.training.progress.TrainingReport.CategoryAccuracy;
import io.telecomllm.training.settings.EvaluationConfig.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A run with a knowledge base is measured with references in the prompts. */
class GroundedRunTest {
  private static final int CONTEXT = 1024;
  private static final int REFERENCES = 2;
  private static final LoraConfig LORA = LoraConfig.builder().rank(4).alpha(8).build();

  private static KnowledgeBase base(int questions) {
    return KnowledgeBase.of(
        IntStream.range(0, questions)
            .mapToObj(
                i ->
                    new Clause(
                        "TS " + i,
                        "",
                        "",
                        "" + i,
                        "",
                        "term " + i + ": " + "zqx".repeat(i % 7) + " " + i * i,
                        ""))
            .toList());
  }

  private static int best(
      LanguageModel model, Deltas deltas, Optional<Knowledge> knowledge, Question question) {
    try (Tokenizer tokenizer = Tokenizer.load(model.files());
        OptionScorer scorer =
            new PromptedModel(model, tokenizer, TinyModel.prompt()).scorer(deltas, Scoring.LABEL)) {
      KnownTokens tokens = new KnownTokens(tokenizer, model.config().vocabularySize());
      Grounding grounding = new Grounding(TinyModel.prompt(), tokens, knowledge, CONTEXT);
      return scorer
          .score(
              grounding.ask(question.text(), question.options(), Scoring.LABEL::tokens).question())
          .best();
    }
  }

  private static int right(
      LanguageModel model, Deltas deltas, Optional<Knowledge> knowledge, List<Question> questions) {
    return (int)
        questions.stream().filter(q -> best(model, deltas, knowledge, q) == q.answer()).count();
  }

  /** Questions that the model answers in another way with references, which make it right. */
  private static List<Question> decidedByReferences(LanguageModel model, Knowledge knowledge) {
    List<Question> questions = new ArrayList<>();
    for (Question question : SampleQuestions.of(60)) {
      int with = best(model, Deltas.none(), Optional.of(knowledge), question);
      if (with != best(model, Deltas.none(), Optional.empty(), question)) {
        questions.add(
            new Question(
                question.id(), question.text(), question.options(), with, "", Category.LEXICON));
      }
    }
    return questions;
  }

  private static QLoraTrainer trainer(LanguageModel model, KnowledgeBase base) {
    return QLoraTrainer.on(model)
        .lora(LORA)
        .prompt(TinyModel.prompt())
        .knowledge(base, REFERENCES)
        .with(c -> c.epochs(4).batchSize(4).gradientAccumulation(1).learningRate(3e-2));
  }

  @Test
  void accuracyAndTheBestCheckpointAreMeasuredWithReferences() {
    try (LanguageModel model = TinyModel.load(CONTEXT);
        KnowledgeBase base = base(60)) {
      Knowledge knowledge = new Knowledge(base, REFERENCES);
      List<Question> asked = decidedByReferences(model, knowledge);
      assertThat(asked).hasSizeGreaterThanOrEqualTo(3);
      assertThat(right(model, Deltas.none(), Optional.empty(), asked)).isZero();
      try (QLoraTrainer.Result result =
          trainer(model, base)
              .with(c -> c.metricForBestModel(Metric.ACCURACY).loadBestModelAtEnd(true))
              .run(new Split(SampleQuestions.of(8), asked))) {
        TrainingReport report = result.report();
        CategoryAccuracy measured = report.accuracy().get(0);
        assertThat(report.accuracy()).hasSize(1);
        assertThat(measured.questions()).isEqualTo(asked.size());
        assertThat(measured.before()).isEqualTo(asked.size());
        assertThat(measured.after())
            .isEqualTo(adapted(model, result.adapter(), Optional.of(knowledge), asked));
        double highest =
            report.evaluations().stream()
                .mapToDouble(e -> e.accuracy().orElseThrow())
                .max()
                .orElseThrow();
        assertThat((double) measured.after() / asked.size()).isEqualTo(highest);
        assertThat(measured.after())
            .isNotEqualTo(adapted(model, result.adapter(), Optional.empty(), asked));
      }
    }
  }

  private static int adapted(
      LanguageModel model,
      LoraAdapter adapter,
      Optional<Knowledge> knowledge,
      List<Question> asked) {
    try (Scope scope = Scope.open(model.device())) {
      return right(model, adapter.deltas(model.computeType(), scope), knowledge, asked);
    }
  }

  @Test
  void lineageAndFactsNameTheKnowledgeBaseAndTheNumberOfReferences() {
    Split split = new Split(SampleQuestions.of(4), List.of());
    try (LanguageModel model = TinyModel.load(CONTEXT);
        KnowledgeBase base = base(4);
        KnowledgeBase other = base(5);
        QLoraTrainer.Result result = trainer(model, base).with(c -> c.maxSteps(1)).run(split)) {
      assertThat(base.id()).matches("[0-9a-f]{64}").isNotEqualTo(other.id());
      assertThat(result.lineage().knowledge())
          .contains(new Lineage.Knowledge(base.id(), REFERENCES));
      assertThat(result.lineage().facts()).containsEntry("knowledge", "2 of " + base.id());
      assertThat(trainer(model, base).knowledge(other, 3).lineage(split).facts())
          .containsEntry("knowledge", "3 of " + other.id());
      assertThat(QLoraTrainer.on(model).prompt(TinyModel.prompt()).lineage(split).facts())
          .containsEntry("knowledge", "none");
    }
  }
}
