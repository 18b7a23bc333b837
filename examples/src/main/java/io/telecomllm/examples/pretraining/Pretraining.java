package io.telecomllm.examples.pretraining;

import io.telecomllm.examples.pretraining.MatchingTask.Sample;
import io.telecomllm.knowledge.Term;
import io.telecomllm.lora.Deltas;
import io.telecomllm.model.Architecture;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.ModelConfig;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Device;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tensor.Tensor;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.gradients.InProcessGradients;
import io.telecomllm.training.objective.Likelihood;
import io.telecomllm.training.optimizer.AdamW;
import io.telecomllm.training.run.Optimization;
import io.telecomllm.training.run.Optimization.Part;
import io.telecomllm.training.settings.OptimizerConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Trains the tiny model step by step; the same seed gives the same weights. */
final class Pretraining implements AutoCloseable {
  private static final int BATCH = 32;
  private static final double RATE = 1e-3;
  private static final double FLAT = 0.8;
  private static final int WARMUP = 50;
  private static final int TEST = 128;

  /**
   * The weight of texts in the loss: they keep the embeddings of words distinct; a larger weight
   * would dominate the task.
   */
  private static final double TEXT_WEIGHT = 0.2;

  private final LanguageModel model;
  private final Optimization optimization;
  private final TaskTokens tokens;
  private final MatchingTask task;
  private final List<Example> texts;
  private final int total;
  private final SplittableRandom random;
  private final Curriculum curriculum = new Curriculum();
  private int done;
  private long rows;
  private double loss;
  private double right;

  Pretraining(Tokenizer tokenizer, List<Term> terms, int total, long seed) {
    this.total = total;
    this.random = new SplittableRandom(seed);
    this.tokens = TaskTokens.of(tokenizer, terms.stream().map(PretrainTinyModel::text).toList());
    this.task = new MatchingTask(tokens);
    this.texts = terms.stream().flatMap(term -> texts(tokenizer, term)).toList();
    // with a base of 1e6 the slow pairs hardly rotate within the context
    ModelConfig config =
        ModelConfig.builder(Architecture.PHI3)
            .hiddenSize(128)
            .intermediateSize(256)
            .layers(4)
            .heads(2, 2, 64)
            .vocabularySize(tokenizer.vocabularySize())
            .contextLength(512)
            .ropeTheta(1e6)
            .tiedEmbeddings(true)
            .build();
    this.model =
        ModelLoader.random(config, 0.02, seed)
            .dense()
            .computeType(DataType.FLOAT32)
            .device(Device.cpu())
            .load();
    CircuitInitialization.write(model, tokens, seed);
    this.optimization =
        new Optimization(
            model.network().parameters(),
            new InProcessGradients(model, (gradients, scope) -> Deltas.none(), new Likelihood()),
            new OptimizerConfig(RATE, new AdamW.Settings(0.9, 0.98, 1e-8, 0.01, false), 1, 1),
            model.device(),
            model.computeType());
  }

  /** Returns two examples of an entry: the text alone, and the text as the answer to its term. */
  private Stream<Example> texts(Tokenizer tokenizer, Term term) {
    int[] text = append(tokenizer.encode(PretrainTinyModel.text(term)), tokens.end());
    int[] asked =
        append(
            append(
                new int[] {tokens.system(), tokens.newline(), tokens.user(), tokens.newline()},
                tokenizer.encode(term.term())),
            tokens.end(),
            tokens.newline(),
            tokens.assistant(),
            tokens.newline());
    return Stream.of(Example.ofText(text), Example.ofText(append(asked, text)));
  }

  private static int[] append(int[] first, int... second) {
    return IntStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
  }

  LanguageModel model() {
    return model;
  }

  int steps() {
    return done;
  }

  /** Trains on exercises and, in every second step, on texts. */
  void step() {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      // half of them easier, so that what was learned first is not forgotten
      double share = random.nextDouble() < 0.5 ? Math.sqrt(random.nextDouble()) : 1;
      samples.add(task.draw(curriculum.hardness() * share, random));
    }
    StepBatch exercises = window(samples.stream().map(Sample::example).toList());
    double share = shareRight(exercises);
    List<Part> parts = new ArrayList<>(List.of(new Part(exercises, 1)));
    if (done % 2 == 0) {
      List<Example> some =
          IntStream.range(0, BATCH / 4)
              .mapToObj(i -> texts.get(random.nextInt(texts.size())))
              .toList();
      parts.add(new Part(window(some), TEXT_WEIGHT));
    }
    loss += optimization.step(parts, rate(done)).loss();
    rows += parts.stream().mapToLong(p -> p.step().rows()).sum();
    right += share;
    curriculum.learned(share);
    done++;
  }

  /** Returns the learning rate: it rises, stays, and falls to a twentieth in the last fifth. */
  private double rate(int step) {
    double progress = (double) step / total;
    double fall = progress < FLAT ? 1 : 1 - 0.95 * (progress - FLAT) / (1 - FLAT);
    return RATE * Math.min(1, (step + 1.0) / WARMUP) * fall;
  }

  private static StepBatch window(List<Example> examples) {
    return new StepBatch(List.of(PackedBatch.of(examples)));
  }

  /** Returns the share of exercises whose right label is the most probable of all tokens. */
  private double shareRight(StepBatch window) {
    int good = 0;
    for (PackedBatch batch : window.batches()) {
      try (Scope scope = Scope.open(model.device())) {
        Tensor logits =
            model.network().logits(batch.tokens(), null, Deltas.none(), batch.rows(), scope);
        float[] values = scope.operators().toFloats(logits);
        int size = model.config().vocabularySize();
        for (int i = 0; i < batch.labels().length; i++) {
          int from = i * size;
          int best =
              IntStream.range(0, size)
                  .reduce(0, (a, b) -> values[from + b] > values[from + a] ? b : a);
          good += best == batch.labels()[i] ? 1 : 0;
        }
      }
    }
    return (double) good / window.supervised();
  }

  /** Describes the share of fixed easy, medium and hard exercises that the model gets right. */
  String skill() {
    StringBuilder text = new StringBuilder();
    for (double hardness : new double[] {0, 0.5, 1}) {
      SplittableRandom same = new SplittableRandom(999);
      List<Sample> samples = Stream.generate(() -> task.draw(hardness, same)).limit(TEST).toList();
      double share = shareRight(window(samples.stream().map(Sample::example).toList()));
      double chance =
          samples.stream().mapToDouble(s -> 1.0 / s.labels().length).average().orElse(0);
      text.append(
          String.format(
              Locale.ROOT,
              "hardness %.1f: %.0f %% right (chance %.0f %%); ",
              hardness,
              100 * share,
              100 * chance));
    }
    return text.substring(0, text.length() - 2);
  }

  /** Describes the steps since the last call. */
  String progress() {
    int since = done % 25 == 0 ? 25 : done % 25;
    String text =
        String.format(
            Locale.ROOT,
            "step %d, %d tokens, hardness %.1f, loss %.3f, %.0f %% right",
            done,
            rows,
            curriculum.hardness(),
            loss / since,
            100 * right / since);
    loss = 0;
    right = 0;
    return text;
  }

  @Override
  public void close() {
    optimization.close();
    model.close();
  }
}
