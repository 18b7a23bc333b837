package io.telecomllm.examples.guide;

import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.inference.Answer;
import io.telecomllm.inference.spark.SparkAnswering;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelSpec;
import io.telecomllm.training.QLoraTrainer;
import io.telecomllm.training.gradients.Replicas;
import io.telecomllm.training.spark.SparkGradients;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** Code of docs/guide/several-devices.md. */
final class SeveralDevices {
  private SeveralDevices() {}

  static QLoraTrainer.Result onTwoGpus(
      LanguageModel onFirstGpu, LanguageModel onSecondGpu, Split split) {
    return QLoraTrainer.on(onFirstGpu)
        .gradients(Replicas.on(List.of(onFirstGpu, onSecondGpu)))
        .run(split);
  }

  static QLoraTrainer.Result onSpark(JavaSparkContext spark, LanguageModel model, Split split) {
    return QLoraTrainer.on(model)
        .gradients(SparkGradients.on(spark, ModelSpec.of("/models/phi-3"), 4))
        .run(split);
  }

  static JavaPairRDD<Question, Answer> answers(JavaRDD<Question> questions) {
    return SparkAnswering.with(ModelSpec.of("/models/phi-3"))
        .settings(answerer -> answerer.adapter(Path.of("/models/adapter")).batchSize(16))
        .answer(questions);
  }
}
