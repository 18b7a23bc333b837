package io.telecomllm.lineage;

import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.Parameter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.SampleQuestions;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/** The tiny model, an adapter that changes it, and the lineage of that. */
final class Fixture {
  static final LoraConfig LORA = LoraConfig.builder().rank(4).alpha(8).build();

  private Fixture() {}

  static ModelLoader loader(Path base) {
    return ModelLoader.of(base).device(Device.cpu());
  }

  /** In fp32, dense. */
  static LanguageModel model(Path base) {
    return loader(base).computeType(DataType.FLOAT32).dense().load();
  }

  static List<Question> questions(int count) {
    return SampleQuestions.of(count);
  }

  /** An adapter that is no longer as it was created: its b are not zero. */
  static LoraAdapter adapter(LanguageModel model, double deviation, long seed) {
    LoraAdapter adapter = LoraAdapter.create(LORA, model, seed);
    try (Scope scope = Scope.open(Device.cpu())) {
      long next = seed;
      for (Parameter parameter : adapter.parameters()) {
        if (parameter.name().contains("lora_B")) {
          scope.operators().normalInPlace(parameter.value(), deviation, next++);
        }
      }
    }
    return adapter;
  }

  static Lineage lineage(LanguageModel model, LoraAdapter adapter) {
    QuestionPrompt prompt = TinyModel.prompt();
    List<Question> questions = questions(12);
    try (Tokenizer tokenizer = Tokenizer.load(model.files())) {
      PromptedModel prompted = new PromptedModel(model, tokenizer, prompt);
      return Lineage.of(prompted)
          .withData(Lineage.Data.of(new Split(questions.subList(0, 9), questions.subList(9, 12))))
          .withSettings("lora", LORA)
          .withMetrics(
              new Lineage.Metrics(
                  3,
                  1.5,
                  OptionalDouble.of(0.25),
                  List.of(new Lineage.Evaluation(3, 0.75)),
                  OptionalDouble.empty()))
          .withProbes(Probe.ask(questions, prompted, adapter));
    }
  }
}
