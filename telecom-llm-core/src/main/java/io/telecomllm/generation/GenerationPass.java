package io.telecomllm.generation;

import io.telecomllm.DivergenceException;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.KvCache;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.tensor.Operators;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import java.util.Arrays;

/** Forward passes that write a text. */
final class GenerationPass {
  /**
   * The most tokens of a prompt in one pass: products run at full speed, and a cancellation waits
   * for no more than this.
   */
  private static final int PASS_TOKENS = 512;

  private final LanguageModel model;
  private final Deltas deltas;

  GenerationPass(LanguageModel model, Deltas deltas) {
    this.model = model;
    this.deltas = deltas;
  }

  /** Reads the next tokens of a text into sequence 0 of the cache and goes on with it. */
  void run(Decoding decoding, KvCache cache) {
    int[] next = decoding.next(PASS_TOKENS);
    int wanted = decoding.wanted(next);
    TokenBatch batch = TokenBatch.of(next);
    try (Scope work = Scope.open(model.device())) {
      if (wanted == 0) {
        model.network().hidden(batch, cache, deltas, new int[] {0}, work).close();
        decoding.advance(next, new float[0][], new double[0]);
        return;
      }
      int[] rows = new int[wanted];
      Arrays.setAll(rows, i -> next.length - wanted + i);
      Tensor logits = model.network().logits(batch, cache, deltas, rows, work);
      Operators ops = work.operators();
      float[] all = ops.toFloats(logits);
      float[] first = ops.toFloats(ops.narrow(ops.logSoftmax(logits), 1, 0, 1));
      int vocabulary = all.length / wanted;
      float[][] each = new float[wanted][];
      double[] logSums = new double[wanted];
      for (int i = 0; i < wanted; i++) {
        each[i] = Arrays.copyOfRange(all, i * vocabulary, (i + 1) * vocabulary);
        logSums[i] = (double) each[i][0] - first[i];
        requireFinite(logSums[i]);
      }
      decoding.advance(next, each, logSums);
      // guesses that were wrong
      cache.truncate(decoding.read());
    }
  }

  private void requireFinite(double logSum) {
    if (!Double.isFinite(logSum)) {
      String name = model.path().map(Object::toString).orElse("the model");
      throw new DivergenceException(name + ": the logits of the next token are not finite");
    }
  }
}
