package io.telecomllm.inference.spark;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.Iterators;
import io.telecomllm.data.Question;
import io.telecomllm.inference.Answer;
import io.telecomllm.inference.AnswererBuilder;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.model.files.ModelSpec;
import io.telecomllm.model.files.ProcessWide;
import java.io.Serializable;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * Answers a data set of questions with Spark's executors, as a {@link TelecomAnswerer} does in one
 * process.
 *
 * <pre>{@code
 * JavaPairRDD<Question, Answer> answers =
 *     SparkAnswering.with(ModelSpec.of("/models/phi-3"))
 *         .settings(answerer -> answerer.adapter(Path.of("/models/adapter")).batchSize(16))
 *         .answer(questions);
 * }</pre>
 *
 * <p>An executor makes its answerer with the first question that it gets and keeps it until it
 * ends. Immutable; a copy with other settings makes executors keep another answerer, on the same
 * model.
 */
public final class SparkAnswering implements Serializable {
  /** The most questions that a task holds at a time. */
  public static final int MOST_AT_ONCE = 1 << 16;

  private final String id;
  private final ModelSpec model;
  private final Settings settings;
  private final int atOnce;

  /**
   * What is set of each executor's answerer. It travels to the executors, and is called there: what
   * it names (an adapter's folder, a knowledge base) must be found on their machines. What it opens
   * stays open until the executor ends.
   */
  @FunctionalInterface
  public interface Settings extends Serializable {
    /** Sets; returns the builder. */
    AnswererBuilder of(AnswererBuilder builder);
  }

  private SparkAnswering(ModelSpec model, Settings settings, int atOnce) {
    this.id = UUID.randomUUID().toString();
    this.model = model;
    this.settings = settings;
    this.atOnce = atOnce;
  }

  /** Answers with this model and the answerer's defaults. */
  public static SparkAnswering with(ModelSpec model) {
    return new SparkAnswering(model, builder -> builder, 256);
  }

  /** With other settings of the answerer, in place of those before. */
  public SparkAnswering settings(Settings value) {
    return new SparkAnswering(model, value, atOnce);
  }

  /** The most questions that a task reads before it answers them, 1 to 65536; else 256. */
  public SparkAnswering atOnce(int value) {
    checkArgument(
        value >= 1 && value <= MOST_AT_ONCE, "atOnce is %s, must be 1 to %s", value, MOST_AT_ONCE);
    return new SparkAnswering(model, settings, value);
  }

  /**
   * Each question with its answer, in the partitions and the order of the questions. As all of
   * Spark's transformations it computes nothing yet, and computes anew each time it is used: cache
   * or save what it gives. A question that does not fit the model's context fails its task, as
   * {@link TelecomAnswerer#answer(String, List)} would.
   */
  public JavaPairRDD<Question, Answer> answer(JavaRDD<Question> questions) {
    return questions.mapPartitionsToPair(this::answers, true);
  }

  /** What an executor keeps it under. */
  private record Key(String id) {}

  private Iterator<Tuple2<Question, Answer>> answers(Iterator<Question> questions) {
    if (!questions.hasNext()) {
      return Collections.emptyIterator();
    }
    TelecomAnswerer answerer =
        ProcessWide.get(new Key(id), () -> settings.of(TelecomAnswerer.on(model.shared())).build());
    return Iterators.concat(
        Iterators.transform(
            Iterators.partition(questions, atOnce), some -> answered(answerer, some).iterator()));
  }

  private static List<Tuple2<Question, Answer>> answered(
      TelecomAnswerer answerer, List<Question> questions) {
    List<Answer> answers = answerer.answer(questions);
    return IntStream.range(0, answers.size())
        .mapToObj(i -> new Tuple2<>(questions.get(i), answers.get(i)))
        .toList();
  }
}
