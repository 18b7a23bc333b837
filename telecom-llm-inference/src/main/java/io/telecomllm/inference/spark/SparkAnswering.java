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
 * Answers a data set of questions on Spark's executors, each with its own {@link TelecomAnswerer}.
 *
 * <pre>{@code
 * JavaPairRDD<Question, Answer> answers =
 *     SparkAnswering.with(ModelSpec.of("/models/phi-3"))
 *         .settings(answerer -> answerer.adapter(Path.of("/models/adapter")).batchSize(16))
 *         .answer(questions);
 * }</pre>
 *
 * <p>An executor creates its answerer when it gets its first question and keeps it until it ends.
 * Immutable; a copy with other settings has another answerer in each executor, on the same model.
 */
public final class SparkAnswering implements Serializable {
  /** The largest number of questions that a task may hold at a time. */
  public static final int MOST_AT_ONCE = 1 << 16;

  private final String id;
  private final ModelSpec model;
  private final Settings settings;
  private final int atOnce;

  /**
   * Sets each executor's answerer. It is serialised and called on the executors, so what it names
   * (an adapter's folder, a knowledge base) must exist on their machines. What it opens stays open
   * until the executor ends.
   */
  @FunctionalInterface
  public interface Settings extends Serializable {
    /** Changes settings and returns the builder. */
    AnswererBuilder of(AnswererBuilder builder);
  }

  private SparkAnswering(ModelSpec model, Settings settings, int atOnce) {
    this.id = UUID.randomUUID().toString();
    this.model = model;
    this.settings = settings;
    this.atOnce = atOnce;
  }

  /** Answers with this model and the default settings of an answerer. */
  public static SparkAnswering with(ModelSpec model) {
    return new SparkAnswering(model, builder -> builder, 256);
  }

  /** Returns a copy with these settings of the answerer, which replace earlier ones. */
  public SparkAnswering settings(Settings value) {
    return new SparkAnswering(model, value, atOnce);
  }

  /**
   * Returns a copy with the most questions that a task reads before it answers them, 1 to 65536;
   * the default is 256.
   */
  public SparkAnswering atOnce(int value) {
    checkArgument(
        value >= 1 && value <= MOST_AT_ONCE, "atOnce is %s, must be 1 to %s", value, MOST_AT_ONCE);
    return new SparkAnswering(model, settings, value);
  }

  /**
   * Returns each question with its answer, in the partitions and the order of the questions. Like
   * every transformation of Spark it computes nothing yet, and computes again each time the result
   * is used, so cache or save the result. A question that does not fit the model's context fails
   * its task.
   */
  public JavaPairRDD<Question, Answer> answer(JavaRDD<Question> questions) {
    return questions.mapPartitionsToPair(this::answers, true);
  }

  /** The key of an executor's answerer. */
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
