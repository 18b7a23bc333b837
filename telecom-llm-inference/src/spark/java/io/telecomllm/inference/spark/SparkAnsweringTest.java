package io.telecomllm.inference.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.telecomllm.data.Question;
import io.telecomllm.inference.Answer;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelSpec;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.testing.SampleQuestions;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.testing.spark.LocalSpark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Tuple2;

class SparkAnsweringTest {
  private static final List<Question> QUESTIONS = SampleQuestions.of(41);
  private static final List<Clause> CLAUSES =
      List.of(
          new Clause("TS 1", "", "", "1", "Term 3", "The term 3 is first 3. Others differ.", ""),
          new Clause("TS 1", "", "", "2", "Term 4", "The term 4 is second 4.", ""));

  @TempDir static Path folder;
  private static ModelSpec spec;
  private static List<Answer> bare;
  private static List<Answer> grounded;

  @BeforeAll
  static void answerAlone() throws IOException {
    TinyModel.write(folder, 512);
    spec =
        ModelSpec.of(folder.toString())
            .device(Device.cpu())
            .computeType(DataType.FLOAT32)
            .dense()
            .threads(1);
    try (LanguageModel model = spec.load();
        KnowledgeBase base = KnowledgeBase.of(CLAUSES);
        TelecomAnswerer alone = TelecomAnswerer.on(model).prompt(TinyModel.prompt()).build();
        TelecomAnswerer reader =
            TelecomAnswerer.on(model).prompt(TinyModel.prompt()).knowledge(base).build()) {
      bare = alone.answer(QUESTIONS);
      grounded = reader.answer(QUESTIONS);
    }
  }

  private static void assertEqual(List<Tuple2<Question, Answer>> found, List<Answer> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i)._1()).isEqualTo(QUESTIONS.get(i));
      Answer answer = found.get(i)._2();
      assertThat(answer.question()).isEqualTo(expected.get(i).question());
      assertThat(answer.option()).isEqualTo(expected.get(i).option());
      assertThat(answer.citations()).isEqualTo(expected.get(i).citations());
      assertThat(answer.passages()).isEqualTo(expected.get(i).passages());
      for (int option = 0; option < 3; option++) {
        assertThat(answer.probabilities().get(option))
            .isCloseTo(expected.get(i).probabilities().get(option), within(1e-6));
      }
    }
  }

  private static SparkAnswering plain() {
    return SparkAnswering.with(spec).settings(answerer -> answerer.prompt(TinyModel.prompt()));
  }

  private static SparkAnswering reading() {
    List<Clause> clauses = CLAUSES;
    return SparkAnswering.with(spec)
        .settings(a -> a.prompt(TinyModel.prompt()).knowledge(KnowledgeBase.of(clauses)))
        .atOnce(5);
  }

  @Test
  void threadsAnswerAsOneProcessDoes() {
    try (JavaSparkContext spark = LocalSpark.threads(2, 1)) {
      assertEqual(plain().answer(spark.parallelize(QUESTIONS, 3)).collect(), bare);
      // more partitions than questions: some are empty
      assertEqual(plain().answer(spark.parallelize(QUESTIONS, 50)).collect(), bare);
      assertEqual(reading().answer(spark.parallelize(QUESTIONS, 2)).collect(), grounded);
      assertThat(grounded).anyMatch(Answer::supported);
      Question first = QUESTIONS.get(0);
      Question endless =
          new Question("endless", "why ".repeat(200), first.options(), 0, "", first.category());
      assertThatThrownBy(() -> plain().answer(spark.parallelize(List.of(endless))).collect())
          .hasMessageContaining(
              "tokens without any reference, the context length of the model is 512");
    }
    assertThatThrownBy(() -> plain().atOnce(0)).hasMessage("atOnce is 0, must be 1 to 65536");
  }

  @Test
  void executorsAnswerAsOneProcessDoes() {
    try (JavaSparkContext spark = LocalSpark.executors(2)) {
      assertEqual(reading().answer(spark.parallelize(QUESTIONS, 4)).collect(), grounded);
      LocalSpark.processes().get(0).destroyForcibly();
      assertEqual(plain().answer(spark.parallelize(QUESTIONS, 4)).collect(), bare);
    }
  }
}
