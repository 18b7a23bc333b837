package io.telecomllm.export;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.data.Question;
import io.telecomllm.lineage.ProbeScorer;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.ModelLoader;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.prompt.RenderedQuestion;
import io.telecomllm.prompt.Tokenizer;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Scope;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Writes an adapter melted into its base as a model of its own, which transformers reads, and
 * measures what that changed. Immutable; each method returns a changed copy.
 */
public final class MergedExport {
  private final LanguageModel model;
  private final LoraAdapter adapter;
  private final DataType type;
  private final Optional<QuantizationConfig> packing;

  private MergedExport(
      LanguageModel model,
      LoraAdapter adapter,
      DataType type,
      Optional<QuantizationConfig> packing) {
    this.model = model;
    this.adapter = adapter;
    this.type = type;
    this.packing = packing;
  }

  /** Of that base and adapter, dense and in bf16 unless told otherwise. */
  public static MergedExport of(LanguageModel model, LoraAdapter adapter) {
    return new MergedExport(model, adapter, DataType.BFLOAT16, Optional.empty());
  }

  /** FLOAT32, BFLOAT16 or FLOAT16 for what is dense. */
  public MergedExport type(DataType value) {
    return new MergedExport(model, adapter, value, packing);
  }

  /** Packs the sums anew, which loses more than rounding does; see the report. */
  public MergedExport packed(QuantizationConfig value) {
    return new MergedExport(model, adapter, type, Optional.of(value));
  }

  /** Writes the folder. */
  public void write(Path folder) {
    try (LanguageModel merged =
        packing.isPresent()
            ? model.mergedAndPacked(adapter, packing.get())
            : model.merged(adapter)) {
      merged.save(folder, type);
    }
  }

  /**
   * Writes the folder, loads it again and asks both models the questions, put without passages.
   *
   * @param questions at least one; those that do not fit the context are left out
   * @throws IllegalArgumentException if none fits
   */
  public MergeReport write(
      Path folder, List<Question> questions, Tokenizer tokenizer, QuestionPrompt prompt) {
    write(folder);
    ModelLoader loader =
        LanguageModel.loader(folder).device(model.device()).computeType(model.computeType());
    try (LanguageModel written = packing.isPresent() ? loader.load() : loader.dense().load();
        Scope scope = Scope.open(model.device())) {
      Deltas deltas = adapter.deltas(model.computeType(), scope);
      ProbeScorer before = new ProbeScorer(model, deltas, tokenizer, prompt);
      ProbeScorer after = new ProbeScorer(written, Deltas.none(), tokenizer, prompt);
      int asked = 0;
      int rightBefore = 0;
      int rightAfter = 0;
      double largest = 0;
      for (Question question : questions) {
        if (before.fits(question.text(), question.options())) {
          asked++;
          rightBefore += before.isRight(question) ? 1 : 0;
          rightAfter += after.isRight(question) ? 1 : 0;
          largest =
              Math.max(largest, difference(logits(before, question), logits(after, question)));
        }
      }
      checkArgument(asked > 0, "none of the %s questions fits the context", questions.size());
      return new MergeReport(
          asked, largest, (double) rightBefore / asked, (double) rightAfter / asked);
    }
  }

  /** Of the whole vocabulary behind the prompt. */
  private static float[] logits(ProbeScorer scorer, Question question) {
    RenderedQuestion rendered =
        scorer.prompt().render(scorer.tokenizer(), question.text(), question.options());
    int[] ids = rendered.promptIds();
    try (Scope work = Scope.open(scorer.model().device())) {
      return work.operators()
          .toFloats(
              scorer
                  .model()
                  .logits(
                      TokenBatch.of(ids), null, scorer.deltas(), new int[] {ids.length - 1}, work));
    }
  }

  private static double difference(float[] a, float[] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs((double) a[i] - b[i]));
    }
    return largest;
  }
}
