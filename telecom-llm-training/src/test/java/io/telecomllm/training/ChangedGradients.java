package io.telecomllm.training;

import io.telecomllm.data.Choices;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.Parameter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.gradients.ArrayGradients;
import io.telecomllm.training.gradients.LocalGradients;
import io.telecomllm.training.gradients.LossAndGradients;
import io.telecomllm.training.gradients.ParameterArrays;
import io.telecomllm.training.objective.Loss;
import io.telecomllm.training.objective.Objective;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Opens the process's own gradients, changed on their way.
 *
 * @param seen is given each batch before it is computed
 * @param change is given the number of the call, from 1, and what was computed
 * @param evaluation changes the losses of evaluations
 */
record ChangedGradients(
    Consumer<StepBatch> seen,
    BiFunction<Integer, LossAndGradients, LossAndGradients> change,
    UnaryOperator<Double> evaluation)
    implements ArrayGradients.Opener {
  ChangedGradients(BiFunction<Integer, LossAndGradients, LossAndGradients> change) {
    this(batch -> {}, change, loss -> loss);
  }

  @Override
  public ArrayGradients open(LanguageModel model, LoraAdapter adapter, Objective objective) {
    return new ArrayGradients() {
      private final LoraAdapter scratch = LoraAdapter.create(adapter.config(), model, 0);
      private final LocalGradients local = new LocalGradients(model, scratch, objective);
      private int calls;

      @Override
      public List<Parameter> parameters() {
        return adapter.parameters();
      }

      @Override
      public LossAndGradients gradients(ParameterArrays values, StepBatch batch) {
        seen.accept(batch);
        calls++;
        return change.apply(calls, local.gradients(values, batch));
      }

      @Override
      public Loss loss(ParameterArrays values, StepBatch batch) {
        Loss loss = local.loss(values, batch);
        double changed = evaluation.apply(loss.value());
        // the choice's loss changes as much
        Choices c = loss.choices();
        return new Loss(
            changed,
            new Choices(c.questions(), c.right(), c.loss() + changed - loss.value(), c.chance()));
      }

      @Override
      public void close() {
        scratch.close();
      }
    };
  }
}
