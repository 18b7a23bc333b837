package io.telecomllm.examples.peers;

import io.telecomllm.InvalidDataException;
import io.telecomllm.data.Accuracy;
import io.telecomllm.examples.Cli;
import io.telecomllm.examples.ProcessMemory;
import io.telecomllm.export.Export;
import io.telecomllm.files.AtomicFiles;
import io.telecomllm.json.JsonRecords;
import io.telecomllm.json.JsonText;
import io.telecomllm.lora.Deltas;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.peft.PeftFolder;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import io.telecomllm.quantization.QuantizationConfig;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Scope;
import io.telecomllm.tokenizer.Tokenizer;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.batching.StepBatch;
import io.telecomllm.training.optimizer.AdamW;
import io.telecomllm.training.optimizer.LearningRate;
import io.telecomllm.training.run.Optimization;
import io.telecomllm.training.settings.OptimizerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Trains on exactly what {@code hf_qlora_train.py} (transformers, PEFT, bitsandbytes) trained on,
 * from the same base and the same first adapter, and compares the two loss curves. The last line is
 * JSON.
 */
@CommandLine.Command(name = "CurveComparison", mixinStandardHelpOptions = true)
public final class CurveComparison implements Callable<Integer> {
  private static final double RATE = 2e-4;
  private static final double WARM_UP = 0.05;
  private static final double WEIGHT_DECAY = 0.01;
  private static final double MAX_NORM = 1.0;
  private static final int STRETCH = 10;

  @Option(names = "--peer", required = true, description = "folder that the peer's script wrote")
  private Path peer = Path.of("peer");

  @Option(names = "--questions", required = true, description = "TeleQnA.zip")
  private Path questions = Path.of("TeleQnA.zip");

  @Option(names = "--steps", description = "only the first steps, without accuracy")
  private Optional<Integer> most = Optional.empty();

  @Option(names = "--svg", description = "file to draw both curves to")
  private Optional<Path> svg = Optional.empty();

  /** Runs the comparison. */
  public static void main(String[] args) {
    Cli.run(new CurveComparison(), args);
  }

  @Override
  public Integer call() {
    PeerRun run = PeerRun.read(peer);
    Map<String, PeerQuestion> byId = PeerQuestion.read(questions);
    Map<String, Object> json = new LinkedHashMap<>();
    try (Tokenizer tokenizer = Tokenizer.load(peer.resolve("base"));
        LanguageModel packed = base();
        LanguageModel model = packed.trading(packed.config().layers(), 0);
        LoraAdapter adapter = PeftFolder.load(peer.resolve("adapter-initial"), model)) {
      PeerPrompt prompt = new PeerPrompt(tokenizer);
      requireSameTokens(prompt, run, byId);
      List<PeerQuestion> evaluated =
          most.isPresent()
              ? List.of()
              : run.evaluated().stream().map(id -> require(byId, id)).toList();
      Accuracy before = prompt.accuracy(model, Deltas.none(), evaluated);
      List<Double> ours = train(model, adapter, run, json);
      Accuracy after = accuracy(prompt, model, adapter, evaluated);
      json.put("peakGiB", ProcessMemory.peakGiB());
      if (!evaluated.isEmpty()) {
        int all = run.evaluated().size();
        put(json, "accuracyBefore", before, peers(run.accuracyBefore(), all));
        put(json, "accuracyAfter", after, peers(run.accuracyAfter(), all));
      }
      LossCurves curves = LossCurves.of(STRETCH, ours, run.losses());
      json.put("meanDifference", curves.meanDifference());
      json.put("largestDifference", curves.largestDifference());
      svg.ifPresent(
          file ->
              AtomicFiles.write(
                  file,
                  curves
                      .svg("telecom-llm", "transformers + PEFT + bitsandbytes")
                      .getBytes(StandardCharsets.UTF_8)));
    }
    System.out.println(JsonText.line(JsonRecords.object(json)));
    return 0;
  }

  /**
   * Loads the base as the peer has it: the peer rounds every weight to bf16 before bitsandbytes
   * packs it, which changes some codes.
   */
  private LanguageModel base() {
    try {
      Path rounded = Files.createTempDirectory("telecom-llm-base");
      try {
        try (LanguageModel dense =
            ModelLoader.of(peer.resolve("base")).dense().computeType(DataType.BFLOAT16).load()) {
          Export.of(dense).type(DataType.BFLOAT16).folder(rounded);
        }
        return ModelLoader.of(rounded)
            .quantization(QuantizationConfig.nf4())
            .computeType(DataType.BFLOAT16)
            .load();
      } finally {
        try (Stream<Path> files = Files.list(rounded)) {
          for (Path file : files.toList()) {
            Files.delete(file);
          }
        }
        Files.delete(rounded);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PeerQuestion require(Map<String, PeerQuestion> byId, String id) {
    PeerQuestion question = byId.get(id);
    if (question == null) {
      throw new InvalidDataException("order.json: " + id + " is not a question of the data set");
    }
    return question;
  }

  private static void requireSameTokens(
      PeerPrompt prompt, PeerRun run, Map<String, PeerQuestion> byId) {
    for (List<PeerRun.Row> step : run.steps()) {
      for (PeerRun.Row row : step) {
        prompt.requireSame(require(byId, row.id()), row);
      }
    }
  }

  private List<Double> train(
      LanguageModel model, LoraAdapter adapter, PeerRun run, Map<String, Object> json) {
    int total = run.steps().size();
    int steps = Math.min(most.orElse(total), total);
    LearningRate rate = LearningRate.cosine(RATE, Math.max(1, (int) (WARM_UP * total)), total);
    List<Double> losses = new ArrayList<>();
    int tokens = 0;
    long start = System.nanoTime();
    try (Optimization optimization =
        Optimization.of(
            model,
            adapter,
            new OptimizerConfig(RATE, AdamW.Settings.eightBit(WEIGHT_DECAY), MAX_NORM, 1))) {
      for (int step = 0; step < steps; step++) {
        List<PeerRun.Row> rows = run.steps().get(step);
        StepBatch window =
            new StepBatch(
                List.of(PackedBatch.of(rows.stream().map(PeerRun.Row::example).toList())));
        losses.add(optimization.step(window, rate.at(step)).loss());
        tokens += window.tokens();
        if (losses.size() % STRETCH == 0) {
          print(losses, run, tokens / seconds(start));
        }
      }
    }
    json.put("steps", steps);
    json.put("losses", losses);
    json.put("seconds", seconds(start));
    json.put("tokensPerSecond", tokens / seconds(start));
    return losses;
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static void print(List<Double> losses, PeerRun run, double tokensPerSecond) {
    int steps = losses.size();
    LossCurves last =
        LossCurves.of(
            STRETCH,
            losses.subList(steps - STRETCH, steps),
            run.losses().subList(steps - STRETCH, steps));
    System.out.printf(
        "step %d: loss %.4f, the peer's %.4f, difference %.2f %%, %.0f tokens/s%n",
        steps,
        last.ours().get(0),
        last.peers().get(0),
        100 * last.meanDifference(),
        tokensPerSecond);
  }

  private static Accuracy accuracy(
      PeerPrompt prompt, LanguageModel model, LoraAdapter adapter, List<PeerQuestion> evaluated) {
    try (Scope scope = Scope.open(model.device())) {
      return prompt.accuracy(model, adapter.deltas(model.computeType(), scope), evaluated);
    }
  }

  private static Accuracy peers(double accuracy, int count) {
    return new Accuracy((int) Math.round(accuracy * count), count);
  }

  private static void put(Map<String, Object> json, String name, Accuracy ours, Accuracy peers) {
    json.put(name, ours.value());
    json.put(name + "Interval", List.of(ours.low(), ours.high()));
    json.put(name + "OfPeer", peers.value());
    System.out.printf("%s: %s, the peer's %s%n", name, ours, peers);
  }
}
