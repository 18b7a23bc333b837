package io.telecomllm.export;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.data.Question;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.RopeScaling;
import io.telecomllm.model.TokenBatch;
import io.telecomllm.model.WeightType;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.prompt.RenderedQuestion;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.scoring.OptionScorer;
import io.telecomllm.scoring.OptionScores;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.scoring.Scoring;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.tokenizer.Vocabulary;
import io.telecomllm.weights.Encoding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Writes a model for other programs: as a Hugging Face folder that transformers reads, or as a GGUF
 * file that llama.cpp reads. Immutable; each setting returns a changed copy.
 *
 * <pre>{@code
 * Export.of(model).gguf(file, Encoding.Q8_0);
 * Export.of(model).merging(adapter).folder(folder);
 * }</pre>
 */
public final class Export {
  private final LanguageModel model;
  private final Optional<LoraAdapter> adapter;
  private final Optional<DataType> type;
  private final Optional<QuantizationConfig> packing;

  private Export(
      LanguageModel model,
      Optional<LoraAdapter> adapter,
      Optional<DataType> type,
      Optional<QuantizationConfig> packing) {
    this.model = model;
    this.adapter = adapter;
    this.type = type;
    this.packing = packing;
  }

  /** Writes this model as it is. */
  public static Export of(LanguageModel model) {
    requireNonNull(model, "model is null");
    return new Export(model, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * Merges an adapter into the weights before they are written. Linear layers become dense; the
   * result differs by rounding from the model with the adapter applied.
   */
  public Export merging(LoraAdapter value) {
    requireNonNull(value, "merging is null");
    return new Export(model, Optional.of(value), type, packing);
  }

  /**
   * Sets the type of dense weights in a folder: FLOAT32, BFLOAT16 or FLOAT16. The default is the
   * model's compute type; BFLOAT16 after merging.
   *
   * <p>A model in memory holds weights rounded to its compute type. To write another type, the
   * checkpoint that it was loaded from is read again, in fp32: the values are then those of the
   * checkpoint, rounded once.
   */
  public Export type(DataType value) {
    requireNonNull(value, "type is null");
    checkArgument(
        value == DataType.FLOAT32 || value == DataType.BFLOAT16 || value == DataType.FLOAT16,
        "weights are written as FLOAT32, BFLOAT16 or FLOAT16, not as %s",
        value);
    return new Export(model, adapter, Optional.of(value), packing);
  }

  /**
   * Packs the merged weights to 4 bits again. This loses more than rounding: much of a small update
   * can vanish; see {@link MergeReport}.
   *
   * @throws IllegalArgumentException without {@link #merging}: weights that are already packed stay
   *     packed
   */
  public Export packed(QuantizationConfig value) {
    requireNonNull(value, "packed is null");
    checkArgument(adapter.isPresent(), "packed is for merged weights: call merging first");
    return new Export(model, adapter, type, Optional.of(value));
  }

  /**
   * Writes a folder that {@link ModelLoader} and transformers read: config.json, safetensors (in
   * files of up to 5 GB), and the tokenizer's files if the model came with them. Packed linear
   * layers stay packed, in bitsandbytes' form.
   *
   * @throws io.telecomllm.TelecomLlmException naming the folder, if it cannot be written
   */
  public void folder(Path folder) {
    requireNonNull(folder, "folder is null");
    DataType written = type.orElse(adapter.isEmpty() ? model.computeType() : DataType.BFLOAT16);
    withWeights(written, exact -> write(exact, folder, written));
  }

  /** Hands over the model to write, merged if it is to be, as exact as the written type needs. */
  private void withWeights(DataType written, Consumer<LanguageModel> writing) {
    DataType held = model.computeType();
    Optional<Path> checkpoint =
        held == written || held == DataType.FLOAT32 ? Optional.empty() : model.checkpoint();
    if (checkpoint.isEmpty()) {
      withMerged(model, writing);
      return;
    }
    try (LanguageModel exact = inFloats(checkpoint.get())) {
      withMerged(exact, writing);
    }
  }

  private void withMerged(LanguageModel base, Consumer<LanguageModel> writing) {
    if (adapter.isEmpty()) {
      writing.accept(base);
      return;
    }
    try (LanguageModel merged =
        packing.isPresent()
            ? base.mergedAndPacked(adapter.get(), packing.get())
            : base.merged(adapter.get())) {
      writing.accept(merged);
    }
  }

  /** Loads the model from its checkpoint as it was loaded before, to compute in fp32. */
  private LanguageModel inFloats(Path checkpoint) {
    ModelLoader loader =
        ModelLoader.of(checkpoint).device(model.device()).computeType(DataType.FLOAT32);
    if (model.weightType() != WeightType.GGUF) {
      loader = model.network().packing().map(loader::quantization).orElseGet(loader::dense);
    }
    RopeScaling scaling = model.config().rope().scaling();
    boolean extended = !scaling.equals(ModelLoader.config(checkpoint).rope().scaling());
    return (extended ? loader.ropeScaling(scaling) : loader).load();
  }

  private static void write(LanguageModel model, Path folder, DataType type) {
    Optional<Path> from =
        model.path().map(p -> Files.isDirectory(p) ? p : p.toAbsolutePath().getParent());
    model
        .network()
        .read(
            (weights, workspace) ->
                new ModelFolder(weights, from, model.computeType(), type, model.device())
                    .write(folder, workspace));
  }

  /**
   * Writes a GGUF file, with the tokenizer that came with the model.
   *
   * @param encoding the encoding of the matrices: F32, F16, BF16, Q8_0 or Q4_0; norms and biases
   *     are F32
   * @throws IllegalArgumentException if the model was not loaded from files, so that it has no
   *     tokenizer
   * @throws io.telecomllm.UnsupportedModelException naming what GGUF files cannot express
   */
  public void gguf(Path file, Encoding encoding) {
    requireNonNull(file, "file is null");
    requireNonNull(encoding, "encoding is null");
    checkArgument(encoding.isWritten(), "GGUF files are not written in %s", encoding);
    Map<String, Object> tokenizer =
        Vocabulary.load(model.files()).metadata(model.config().vocabularySize());
    DataType written = encoding.dataType().orElse(DataType.FLOAT32);
    withWeights(written, exact -> write(exact, file, encoding, tokenizer));
  }

  private static void write(
      LanguageModel model, Path file, Encoding encoding, Map<String, Object> tokenizer) {
    String name = model.name().orElse("model");
    model
        .network()
        .read(
            (weights, workspace) ->
                GgufExport.write(file, name, weights, workspace, encoding, tokenizer));
  }

  /**
   * Writes the folder, loads it again and asks both models the questions, without references.
   *
   * @param questions the questions to ask; those that do not fit the context are left out
   * @throws IllegalArgumentException if no question fits, or without {@link #merging}
   */
  public MergeReport folder(
      Path folder, List<Question> questions, Tokenizer tokenizer, QuestionPrompt prompt) {
    requireNonNull(folder, "folder is null");
    requireNonNull(questions, "questions is null");
    requireNonNull(tokenizer, "tokenizer is null");
    requireNonNull(prompt, "prompt is null");
    LoraAdapter own =
        adapter.orElseThrow(
            () -> new IllegalArgumentException("nothing to compare: call merging first"));
    folder(folder);
    ModelLoader loader =
        ModelLoader.of(folder).device(model.device()).computeType(model.computeType());
    try (LanguageModel written = packing.isPresent() ? loader.load() : loader.dense().load();
        Scope scope = Scope.open(model.device())) {
      PromptedModel before = new PromptedModel(model, tokenizer, prompt);
      PromptedModel after = new PromptedModel(written, tokenizer, prompt);
      return compare(before, own.deltas(model.computeType(), scope), after, questions);
    }
  }

  private static MergeReport compare(
      PromptedModel before, Deltas deltas, PromptedModel after, List<Question> all) {
    try (OptionScorer scorer = before.scorer(deltas, Scoring.LABEL);
        OptionScorer merged = after.scorer(Deltas.none(), Scoring.LABEL)) {
      List<Question> questions = new ArrayList<>();
      List<RenderedQuestion> rendered = new ArrayList<>();
      for (Question question : all) {
        RenderedQuestion asked = before.ask(question);
        if (scorer.fits(asked)) {
          questions.add(question);
          rendered.add(asked);
        }
      }
      checkArgument(!questions.isEmpty(), "none of the %s questions fits the context", all.size());
      double largest = 0;
      for (RenderedQuestion asked : rendered) {
        float[] own = logits(before.model(), deltas, asked.promptIds());
        float[] other = logits(after.model(), Deltas.none(), asked.promptIds());
        largest = Math.max(largest, difference(own, other));
      }
      return new MergeReport(
          questions.size(),
          largest,
          accuracy(scorer.score(rendered), questions),
          accuracy(merged.score(rendered), questions));
    }
  }

  private static double accuracy(List<OptionScores> scores, List<Question> questions) {
    long right =
        IntStream.range(0, questions.size())
            .filter(i -> scores.get(i).best() == questions.get(i).answer())
            .count();
    return (double) right / questions.size();
  }

  /** Returns the logits after a prompt; (vocabulary). */
  private static float[] logits(LanguageModel model, Deltas deltas, int[] ids) {
    try (Scope work = Scope.open(model.device())) {
      return work.operators()
          .toFloats(
              model
                  .network()
                  .logits(TokenBatch.of(ids), null, deltas, new int[] {ids.length - 1}, work));
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
