package io.telecomllm.examples.benchmarks;

import com.google.common.collect.Lists;
import com.google.gson.Gson;
import io.telecomllm.data.Question;
import io.telecomllm.data.TeleQnADataset;
import io.telecomllm.examples.Cli;
import io.telecomllm.inference.TelecomAnswerer;
import io.telecomllm.inference.calibration.Abstention;
import io.telecomllm.inference.calibration.Calibration;
import io.telecomllm.inference.calibration.ConformalRule;
import io.telecomllm.inference.calibration.Evidence;
import io.telecomllm.inference.calibration.LogisticCalibration;
import io.telecomllm.inference.calibration.LogisticCalibration.Feature;
import io.telecomllm.inference.calibration.TemperatureCalibration;
import io.telecomllm.inference.calibration.ThresholdRule;
import io.telecomllm.inference.evaluation.Evaluator;
import io.telecomllm.inference.statistics.OptionProbabilities;
import io.telecomllm.inference.statistics.Reading;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.model.files.ModelLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Measures what calibration and abstention add to an answer, and what an evaluation that keeps its
 * answers in a file adds to asking the same questions; both in the same run as the answers
 * themselves. The last line is JSON.
 */
@CommandLine.Command(name = "ConfidenceBenchmark", mixinStandardHelpOptions = true)
public final class ConfidenceBenchmark implements Callable<Integer> {
  private static final int ROUNDS = 200_000;
  private static final double NANOS_PER_MICRO = 1_000;

  @Option(names = "--model", required = true, description = "a folder or GGUF file")
  private Path file = Path.of("model.gguf");

  @Option(names = "--questions", required = true, description = "TeleQnA.zip")
  private Path questions = Path.of("TeleQnA.zip");

  @Option(names = "--count", defaultValue = "64", description = "questions to answer")
  private int count = 64;

  /** Runs the benchmark. */
  public static void main(String[] args) {
    Cli.run(new ConfidenceBenchmark(), args);
  }

  @Override
  public Integer call() throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("temperatureMicros", micros(new TemperatureCalibration(1.5), new ThresholdRule(0.6)));
    json.put(
        "logisticMicros",
        micros(
            new LogisticCalibration(
                0,
                List.of(
                    new Feature(Evidence.PROBABILITY, 0.6, 0.2, 1),
                    new Feature(Evidence.MARGIN, 0.4, 0.2, 1),
                    new Feature(Evidence.AGREEMENT, 0.8, 0.2, 1))),
            new ThresholdRule(0.6)));
    json.put(
        "conformalMicros", micros(new TemperatureCalibration(1.5), new ConformalRule(0.7, 0.1)));
    List<Question> asked =
        TeleQnADataset.read(questions).split(0.2, 3407).validation().subList(0, count);
    Path answers = Files.createTempDirectory("confidence").resolve("answers.jsonl");
    try (LanguageModel model = ModelLoader.of(file).forAnswering().load();
        TelecomAnswerer answerer = TelecomAnswerer.on(model).build()) {
      // the fingerprint of the model is computed once
      json.put("belongsTo", answerer.calibratedFor().model());
      Supplier<Object> alone =
          () ->
              Lists.partition(asked, answerer.batchSize()).stream().map(answerer::answer).toList();
      seconds(alone);
      double first = seconds(alone);
      double evaluated = seconds(() -> Evaluator.on(answerer).resumeFrom(answers).evaluate(asked));
      double second = seconds(alone);
      json.put("secondsPerQuestion", (first + second) / 2 / count);
      json.put("evaluationRate", (first + second) / 2 / evaluated);
    }
    System.out.println(new Gson().toJson(json));
    return 0;
  }

  private static double seconds(Supplier<Object> work) {
    long start = System.nanoTime();
    if (work.get().equals("")) {
      throw new IllegalStateException("no answers");
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private static double micros(Calibration calibration, Abstention rule) {
    double elapsed = 0;
    int left = 0;
    for (int round = -ROUNDS; round < ROUNDS; round++) {
      if (round == 0) {
        elapsed = System.nanoTime();
      }
      OptionProbabilities own =
          OptionProbabilities.of(0.1, 0.5 + round % 7 / 100.0, 0.2 - round % 7 / 100.0, 0.1, 0.1);
      Evidence evidence =
          Evidence.of(own)
              .read(List.of(new Reading(IntStream.range(0, 5).boxed().toList(), own)))
              .with(Evidence.RETRIEVAL, 3)
              .with(Evidence.SUPPORT, 1);
      left += rule.reason(calibration.calibrate(evidence)).isPresent() ? 1 : 0;
    }
    double micros = (System.nanoTime() - elapsed) / ROUNDS / NANOS_PER_MICRO;
    System.out.printf(
        "%s, %s: %.2f microseconds, %d left to a person%n", calibration, rule, micros, left);
    return micros;
  }
}
