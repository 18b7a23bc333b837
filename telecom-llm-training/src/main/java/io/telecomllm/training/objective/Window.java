package io.telecomllm.training.objective;

import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.Gradients;
import io.telecomllm.model.ForwardPass;
import io.telecomllm.model.Head;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.batching.RoundedBatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The micro-batches of one optimizer step. The loss is the mean over the supervised tokens of all
 * of them, so neither their number nor their sizes change it.
 *
 * @param batches at least one supervised token among them
 * @param noise of their training passes
 */
public record Window(List<PackedBatch> batches, TrainingNoise noise) {
  /** Without noise. */
  public Window(List<PackedBatch> batches) {
    this(batches, TrainingNoise.NONE);
  }

  /** Logits that live at a time: 32 MB in fp32. */
  private static final int LOGITS = 1 << 23;

  /** Rows of logits that live at a time: fewer would have the head's matrix read more often. */
  public static int chunk(int vocabulary) {
    return Math.max(32, LOGITS / vocabulary);
  }

  /** How many tokens are to be predicted. */
  public int supervised() {
    return batches.stream().mapToInt(b -> b.labels().length).sum();
  }

  /** How many rows are computed. */
  public int rows() {
    return batches.stream().mapToInt(b -> b.tokens().rows()).sum();
  }

  /** How many tokens the examples have, shared beginnings counted for each. */
  public int tokens() {
    return batches.stream().mapToInt(PackedBatch::unshared).sum();
  }

  /** The mean loss times {@code factor}; adds its gradients. */
  public double lossAndGradients(
      LanguageModel model, Deltas deltas, Gradients gradients, double factor, Scope owner) {
    float weight = (float) (factor / supervised());
    double loss = 0;
    for (int i = 0; i < batches.size(); i++) {
      try (Scope scope = owner.child()) {
        Operators ops = scope.operators();
        RoundedBatch rounded = rounded(batches.get(i), weight, model);
        ForwardPass pass =
            model.record(
                rounded.tokens(),
                deltas.withDropout(noise.dropout(i)),
                noise.embedding(i),
                rounded.rows(),
                scope);
        Operators.Pair result =
            crossEntropy(
                model.head(deltas), ops, pass.hidden(), rounded, noise.labelSmoothing(), gradients);
        loss += ops.toFloats(result.first())[0];
        pass.backward(result.second(), gradients);
      }
    }
    return loss;
  }

  /** The mean loss alone. */
  public double loss(LanguageModel model, Deltas deltas, Scope owner) {
    float weight = 1f / supervised();
    double loss = 0;
    for (PackedBatch batch : batches) {
      try (Scope scope = owner.child()) {
        Operators ops = scope.operators();
        RoundedBatch rounded = rounded(batch, weight, model);
        Tensor hidden = model.hidden(rounded.tokens(), null, deltas, rounded.rows(), scope);
        Tensor sum = crossEntropy(model.head(deltas), ops, hidden, rounded, 0, null).first();
        loss += ops.toFloats(sum)[0];
      }
    }
    return loss;
  }

  private static RoundedBatch rounded(PackedBatch batch, float weight, LanguageModel model) {
    return RoundedBatch.of(batch, weight, model.config().contextLength());
  }

  private static Operators.Pair crossEntropy(
      Head head,
      Operators ops,
      Tensor hidden,
      RoundedBatch batch,
      double smoothing,
      @Nullable Gradients gradients) {
    return head.crossEntropy(
        ops,
        hidden,
        ops.longs(batch.labels()),
        ops.floats(batch.weights(), batch.weights().length),
        chunk(head.weight().size(0)),
        smoothing,
        gradients);
  }
}
