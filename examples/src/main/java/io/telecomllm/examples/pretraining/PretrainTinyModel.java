package io.telecomllm.examples.pretraining;

import io.telecomllm.TelecomLlmException;
import io.telecomllm.examples.Cli;
import io.telecomllm.export.Export;
import io.telecomllm.knowledge.Lexicon;
import io.telecomllm.knowledge.Term;
import io.telecomllm.tensor.DataType;
import io.telecomllm.tensor.Threads;
import io.telecomllm.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Trains the tiny model of the examples from nothing: a Phi-3 of 0.9 million weights that can match
 * words but knows nothing of options, answers or telecommunications. The same seed gives the same
 * weights, since it computes on one thread.
 */
@CommandLine.Command(name = "PretrainTinyModel", mixinStandardHelpOptions = true)
public final class PretrainTinyModel implements Callable<Integer> {
  private static final int VOCABULARY = 2048;

  @Option(names = "--output", required = true, description = "folder to write the model to")
  private Path output = Path.of("base");

  @Option(names = "--steps", defaultValue = "200", description = "optimizer steps")
  private int steps = 200;

  @Option(names = "--seed", defaultValue = "0", description = "seed of all random choices")
  private long seed;

  /** Runs the program. */
  public static void main(String[] args) {
    Cli.run(new PretrainTinyModel(), args);
  }

  @Override
  public Integer call() {
    Threads.use(1);
    List<Term> terms = glossary().terms();
    List<String> texts = terms.stream().map(PretrainTinyModel::text).toList();
    // every prompt repeats this word, so it gets its own token
    List<String> counted =
        Stream.concat(texts.stream(), Collections.nCopies(20, "option").stream()).toList();
    TokenizerFolder.write(output, BytePairTrainer.train(counted, VOCABULARY));
    try (Tokenizer tokenizer = Tokenizer.load(output);
        Pretraining pretraining = new Pretraining(tokenizer, terms, steps, seed)) {
      long start = System.nanoTime();
      System.out.printf("untrained: %s%n", pretraining.skill());
      while (pretraining.steps() < steps) {
        pretraining.step();
        if (pretraining.steps() % 25 == 0 || pretraining.steps() == steps) {
          System.out.printf(
              "%.0f s: %s%n", (System.nanoTime() - start) / 1e9, pretraining.progress());
        }
      }
      System.out.printf("trained: %s%n", pretraining.skill());
      Export.of(pretraining.model()).type(DataType.BFLOAT16).folder(output);
    }
    return 0;
  }

  static String text(Term term) {
    String name = term.expansion().isEmpty() ? "" : " (" + term.expansion() + ")";
    return term.term() + name + ": " + term.text();
  }

  private static Lexicon glossary() {
    String name = "/io/telecomllm/examples/glossary.jsonl";
    try (InputStream lines =
        Objects.requireNonNull(PretrainTinyModel.class.getResourceAsStream(name), name)) {
      return Lexicon.read(lines, name);
    } catch (IOException e) {
      throw new TelecomLlmException(name + ": cannot be read: " + e, e);
    }
  }
}
