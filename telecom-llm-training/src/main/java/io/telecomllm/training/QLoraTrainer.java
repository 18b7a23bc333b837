package io.telecomllm.training;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.InvalidDataException;
import io.telecomllm.data.EpochOrder;
import io.telecomllm.data.OptionShuffle;
import io.telecomllm.data.Question;
import io.telecomllm.data.Split;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.knowledge.Query;
import io.telecomllm.lineage.AdapterFolder;
import io.telecomllm.lineage.Lineage;
import io.telecomllm.lineage.Probe;
import io.telecomllm.lora.LoraAdapter;
import io.telecomllm.lora.LoraConfig;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.ChatTemplate;
import io.telecomllm.prompt.Passage;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.prompt.RenderedQuestion;
import io.telecomllm.prompt.Tokenizer;
import io.telecomllm.training.TrainingListener.EvaluationRecord;
import io.telecomllm.training.TrainingListener.RunRecord;
import io.telecomllm.training.TrainingListener.StepRecord;
import io.telecomllm.training.TrainingReport.Ending;
import io.telecomllm.training.batching.Example;
import io.telecomllm.training.batching.PackedBatch;
import io.telecomllm.training.loss.Window;
import io.telecomllm.training.optimizer.LearningRate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Fine-tunes an adapter on multiple-choice questions by QLoRA (Dettmers et al. 2023): the model's
 * weights stay frozen, packed to 4 bits, and only the adapter learns; the loss covers the answer,
 * never the prompt.
 *
 * <pre>{@code
 * LoraAdapter adapter = QLoraTrainer.on(model).lora(LoraConfig.defaults()).epochs(3).train(split);
 * }</pre>
 *
 * <p>Immutable: each setting returns a changed copy.
 */
public final class QLoraTrainer {
  /** Validation questions computed at a time. */
  private static final int EVALUATION_BATCH = 8;

  private final LanguageModel model;
  private final LoraConfig lora;
  private final TrainingConfig config;
  private final TrainingListener listener;
  private final Cancellation cancellation;
  private final Optional<QuestionPrompt> prompt;
  private final Function<Question, List<Passage>> passages;

  private QLoraTrainer(
      LanguageModel model,
      LoraConfig lora,
      TrainingConfig config,
      TrainingListener listener,
      Cancellation cancellation,
      Optional<QuestionPrompt> prompt,
      Function<Question, List<Passage>> passages) {
    this.model = model;
    this.lora = lora;
    this.config = config;
    this.listener = listener;
    this.cancellation = cancellation;
    this.prompt = prompt;
    this.passages = passages;
  }

  /**
   * The adapter, what the run did, and where the adapter comes from. The caller closes it, and with
   * it the adapter.
   */
  public record Result(LoraAdapter adapter, TrainingReport report, Lineage lineage)
      implements AutoCloseable {
    /**
     * Writes a PEFT folder with its {@code lineage.json}; the base is named after its own folder.
     * The lineage holds four questions of the split word for word: mind who gets the folder.
     */
    public void save(Path folder) {
      AdapterFolder.save(folder, adapter, lineage);
    }

    /**
     * The same with another name for the base.
     *
     * @param baseModel PEFT's {@code base_model_name_or_path}
     */
    public void save(Path folder, String baseModel) {
      AdapterFolder.save(folder, adapter, lineage.withBaseName(baseModel));
    }

    /** Frees the adapter; a second call does nothing. */
    @Override
    public void close() {
      adapter.close();
    }
  }

  /** Trains adapters of this model with the recipe's settings. */
  public static QLoraTrainer on(LanguageModel model) {
    return new QLoraTrainer(
        model,
        LoraConfig.defaults(),
        TrainingConfig.defaults(),
        TrainingListener.NONE,
        new Cancellation(),
        Optional.empty(),
        question -> List.of());
  }

  /** What the adapter changes. */
  public QLoraTrainer lora(LoraConfig value) {
    return new QLoraTrainer(model, value, config, listener, cancellation, prompt, passages);
  }

  /** All settings of the run. */
  public QLoraTrainer config(TrainingConfig value) {
    return new QLoraTrainer(model, lora, value, listener, cancellation, prompt, passages);
  }

  /** Some settings of the run. */
  public QLoraTrainer with(UnaryOperator<TrainingConfig.Builder> change) {
    return config(change.apply(config.toBuilder()).build());
  }

  /** How often each question is seen. */
  public QLoraTrainer epochs(int value) {
    return with(builder -> builder.epochs(value));
  }

  /** Who hears of the run. */
  public QLoraTrainer listener(TrainingListener value) {
    return new QLoraTrainer(model, lora, config, value, cancellation, prompt, passages);
  }

  /** By what the run can be ended early. */
  public QLoraTrainer cancellation(Cancellation value) {
    return new QLoraTrainer(model, lora, config, listener, value, prompt, passages);
  }

  /** How a question is put; else by the checkpoint's own chat template. */
  public QLoraTrainer prompt(QuestionPrompt value) {
    return new QLoraTrainer(
        model, lora, config, listener, cancellation, Optional.of(value), passages);
  }

  /**
   * Puts the best passages of a knowledge base before each question, as an answerer on the same
   * base does.
   *
   * @param passages the most passages a question, 1 to 50
   */
  public QLoraTrainer knowledge(KnowledgeBase base, int passages) {
    checkArgument(passages >= 1 && passages <= 50, "passages is %s, must be 1 to 50", passages);
    return new QLoraTrainer(
        model,
        lora,
        config,
        listener,
        cancellation,
        prompt,
        question ->
            base.search(Query.ofQuestion(question.text(), passages)).stream()
                .map(io.telecomllm.knowledge.Passage::asData)
                .toList());
  }

  /** Trains a new adapter; see {@link #run}. */
  public LoraAdapter train(Split split) {
    return run(split).adapter();
  }

  /**
   * Trains a new adapter on the training questions; after each epoch the loss on the validation
   * questions is taken.
   *
   * @throws IllegalArgumentException if a target module does not exist
   * @throws InvalidDataException if no question fits the sequence length, or there is none
   * @throws io.telecomllm.TelecomLlmException naming the step, if the loss is not finite
   */
  public Result run(Split split) {
    try (Tokenizer tokenizer = Tokenizer.of(model)) {
      QuestionPrompt put = prompt.orElseGet(() -> QuestionPrompt.of(ChatTemplate.of(tokenizer)));
      return new Run(tokenizer, put, split).train();
    }
  }

  /** One run: what does not change while it goes on. */
  private final class Run {
    private final Tokenizer tokenizer;
    private final QuestionPrompt put;
    private final Split split;
    private final Lineage origin;
    private final List<Question> training;
    private final List<Example> validation;
    private final int skipped;
    private final List<StepRecord> steps = new ArrayList<>();
    private final List<EvaluationRecord> evaluations = new ArrayList<>();

    Run(Tokenizer tokenizer, QuestionPrompt put, Split split) {
      this.tokenizer = tokenizer;
      this.put = put;
      this.split = split;
      int limit = Math.min(config.maxSequenceLength(), model.config().contextLength());
      this.training =
          split.training().stream().filter(q -> example(q).ids().length <= limit).toList();
      this.validation =
          split.validation().stream()
              .map(this::example)
              .filter(example -> example.ids().length <= limit)
              .toList();
      this.skipped = split.training().size() - training.size();
      if (training.isEmpty()) {
        throw new InvalidDataException(
            "nothing to learn from: "
                + split.training().size()
                + " training questions, of which none fits "
                + limit
                + " tokens");
      }
      // before the first step: the model's files may be gone when the last one is done
      this.origin =
          Lineage.of(Lineage.Base.of(model), tokenizer, put)
              .withData(Lineage.Data.of(split))
              .withSettings("lora", lora)
              .withSettings("training", config);
    }

    private Example example(Question question) {
      RenderedQuestion rendered =
          put.render(
              tokenizer,
              question.text(),
              question.options(),
              passages.apply(question),
              question.answer());
      return Example.of(rendered.promptIds(), rendered.answerIds());
    }

    Result train() {
      LoraAdapter adapter = LoraAdapter.create(lora, model, config.seed());
      try (Optimization optimization =
          new Optimization(
              model,
              adapter.parameters(),
              (gradients, scope) -> adapter.deltas(model.computeType(), scope, gradients),
              config.optimizer().adamw(),
              config.optimizer().maxGradientNorm())) {
        boolean cancelled = train(optimization, adapter.trainableParameters());
        TrainingReport report =
            new TrainingReport(
                config,
                lora,
                steps,
                evaluations,
                List.of(),
                List.of(),
                skipped,
                cancelled ? Ending.CANCELLED : Ending.COMPLETED);
        return new Result(adapter, report, lineage(adapter, report));
      } catch (RuntimeException | Error e) {
        adapter.close();
        throw e;
      }
    }

    private Lineage lineage(LoraAdapter adapter, TrainingReport report) {
      List<Probe> unseen = Probe.ask(split.validation(), model, adapter, tokenizer, put);
      return origin
          .withMetrics(report.metrics())
          .withProbes(
              unseen.isEmpty() ? Probe.ask(training, model, adapter, tokenizer, put) : unseen);
    }

    /** Returns whether it was cancelled. */
    private boolean train(Optimization optimization, long parameters) {
      int batch = config.effectiveBatch();
      long stepsPerEpoch = ((long) training.size() + batch - 1) / batch;
      long total = stepsPerEpoch * config.epochs();
      if (config.maxSteps() > 0) {
        total = Math.min(total, config.maxSteps());
      }
      LearningRate schedule = config.schedule().rates(config.optimizer().learningRate(), total);
      listener.started(
          new RunRecord(total, 0, training.size(), skipped, parameters, config.batchSize()));
      for (int epoch = 1; steps.size() < total; epoch++) {
        int[] order = EpochOrder.order(training.size(), config.seed(), epoch);
        for (int from = 0; from < order.length && steps.size() < total; from += batch) {
          if (cancellation.requested()) {
            return true;
          }
          int to = Math.min(order.length, from + batch);
          step(optimization, epoch, order, from, to, schedule.at(steps.size()));
        }
        if (!validation.isEmpty()) {
          evaluate(optimization, epoch);
        }
      }
      return false;
    }

    private void step(
        Optimization optimization, int epoch, int[] order, int from, int to, double rate) {
      long start = System.nanoTime();
      List<Example> examples = new ArrayList<>();
      for (int i = from; i < to; i++) {
        Question question = training.get(order[i]);
        examples.add(
            example(
                config.shuffleOptions()
                    ? OptionShuffle.shuffle(question, config.seed(), epoch)
                    : question));
      }
      Window window = window(examples, config.batchSize());
      Optimization.Result result = optimization.step(window, rate);
      StepRecord step =
          new StepRecord(
              steps.size() + 1L,
              epoch,
              result.loss(),
              result.gradientNorm(),
              rate,
              examples.size(),
              window.tokens(),
              window.rows(),
              (System.nanoTime() - start) / 1e9);
      steps.add(step);
      listener.step(step);
    }

    private void evaluate(Optimization optimization, int epoch) {
      double loss = optimization.loss(window(validation, EVALUATION_BATCH));
      boolean best = evaluations.stream().allMatch(e -> e.loss() > loss);
      EvaluationRecord evaluation =
          new EvaluationRecord(steps.size(), epoch, loss, OptionalDouble.empty(), best);
      evaluations.add(evaluation);
      listener.evaluated(evaluation);
    }
  }

  private static Window window(List<Example> examples, int batchSize) {
    checkArgument(!examples.isEmpty(), "a window without examples");
    List<PackedBatch> batches = new ArrayList<>();
    for (int from = 0; from < examples.size(); from += batchSize) {
      batches.add(
          PackedBatch.of(examples.subList(from, Math.min(examples.size(), from + batchSize))));
    }
    return new Window(batches);
  }
}
