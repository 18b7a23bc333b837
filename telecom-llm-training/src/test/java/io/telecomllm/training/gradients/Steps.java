package io.telecomllm.training.gradients;

import io.telecomllm.lora.Gradients;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.lora.Parameter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelSpec;
import io.telecomllm.prompt.EncodedAnswer;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.testing.SampleQuestions;
import io.telecomllm.testing.TinyModel;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.objective.Likelihood;
import io.telecomllm.training.optimizer.AdamW;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A tiny training: the same model, questions and optimizer, whatever the gradients come from. */
public final class Steps {
  /** What is trained. */
  public static final LoraConfig LORA = LoraConfig.builder().rank(4).alpha(8).build();

  private Steps() {}

  /** Losses of the steps, and the parameters after the last. */
  public record Outcome(List<Double> losses, ParameterArrays values) {}

  /** A tiny model on disk: one thread, so that sums have one order. */
  public static ModelSpec spec(Path folder) throws IOException {
    TinyModel.write(folder, 512);
    return ModelSpec.of(folder.toString())
        .device(Device.cpu())
        .computeType(DataType.FLOAT32)
        .dense()
        .threads(1);
  }

  /** That many examples. */
  public static List<Example> examples(LanguageModel model, int count) {
    try (Tokenizer tokenizer = Tokenizer.load(model.files())) {
      return SampleQuestions.of(count).stream()
          .map(
              q -> {
                EncodedAnswer rendered =
                    TinyModel.prompt()
                        .teach(tokenizer, q.text(), q.options(), List.of(), q.answer());
                return Example.of(rendered.promptIds(), rendered.answerIds());
              })
          .toList();
    }
  }

  /** Micro-batches of that size. */
  public static StepBatch window(List<Example> examples, int batch) {
    List<PackedBatch> batches = new ArrayList<>();
    for (int i = 0; i < examples.size(); i += batch) {
      batches.add(PackedBatch.of(examples.subList(i, Math.min(examples.size(), i + batch))));
    }
    return new StepBatch(batches);
  }

  /** One step a window. */
  public static Outcome train(
      LanguageModel model, ArrayGradients.Opener opener, List<StepBatch> windows) {
    List<Double> losses = new ArrayList<>();
    try (LoraAdapter adapter = LoraAdapter.create(LORA, model, 7);
        ArrayGradients source = opener.open(model, adapter, new Likelihood());
        Scope scope = Scope.open(model.device())) {
      List<Parameter> parameters = adapter.parameters();
      Gradients gradients = Gradients.zeros(parameters, scope);
      try (AdamW optimizer = new AdamW(parameters, AdamW.Settings.fp32(0.01), model.device())) {
        for (StepBatch window : windows) {
          gradients.clear(scope);
          LossAndGradients step = source.gradients(ParameterArrays.of(parameters, scope), window);
          step.gradients().addTo(gradients, 1, scope);
          gradients.clip(1, scope);
          optimizer.step(gradients, 1e-3);
          losses.add(step.loss().value());
        }
      }
      ParameterArrays values = ParameterArrays.of(parameters, scope);
      losses.add(source.loss(values, windows.get(0)).value());
      return new Outcome(losses, values);
    }
  }

  /** In this process, each window whole. */
  public static Outcome trainAlone(LanguageModel model, List<StepBatch> windows) {
    try (LoraAdapter scratch = LoraAdapter.create(LORA, model, 8)) {
      return train(
          model,
          (base, adapter, objective) -> new LocalGradients(base, scratch, objective),
          windows);
    }
  }
}
