package io.telecomllm.lineage;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.Internal;
import io.telecomllm.data.Split;
import io.telecomllm.data.SplitManifest;
import io.telecomllm.json.JsonRecords;
import io.telecomllm.model.LanguageModel;
import io.telecomllm.prompt.QuestionPrompt;
import io.telecomllm.scoring.PromptedModel;
import io.telecomllm.tokenizer.Tokenizer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where an adapter comes from: what it was trained on and with, and how it answered then. It is the
 * file {@code lineage.json} next to the adapter, see {@link AdapterFolder}. Immutable.
 *
 * @param created when the adapter was made, to the second
 * @param base the base model
 * @param tokenizer {@link Tokenizer#digest}
 * @param prompt {@link QuestionPrompt#digest}
 * @param data the questions, if they are known
 * @param knowledge the source of the references in prompts; empty if there were none
 * @param settings the settings by what they set, such as {@code lora}: maps, lists, strings,
 *     booleans and numbers, as in JSON
 * @param versions the versions of the software, by name
 * @param metrics the result of the training, if it is known
 * @param probes questions with the adapted model's scores; loading asks them again
 */
public record Lineage(
    Instant created,
    Base base,
    String tokenizer,
    String prompt,
    Optional<Data> data,
    Optional<Knowledge> knowledge,
    Map<String, @Nullable Object> settings,
    Map<String, String> versions,
    Optional<Metrics> metrics,
    List<Probe> probes) {
  /** What {@link #isWord} accepts. */
  static final String A_WORD = "1 to 500 characters, none a control character";

  private static final Pattern WORD = Pattern.compile("[^\\p{Cntrl}\\p{Cf}\\u2028\\u2029]{1,500}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /** Checks the digests and copies the collections. */
  public Lineage {
    created = created.truncatedTo(ChronoUnit.SECONDS);
    checkDigest("tokenizer", tokenizer);
    checkDigest("prompt", prompt);
    settings = JsonRecords.object(settings);
    versions = Collections.unmodifiableMap(new LinkedHashMap<>(versions));
    probes = List.copyOf(probes);
  }

  /**
   * A base model.
   *
   * @param name the name for readers, such as {@code Phi-3-mini-4k-instruct}; PEFT's {@code
   *     base_model_name_or_path}
   * @param fingerprint 64 hexadecimal digits that identify the model
   * @param architecture {@code model_type}
   * @param weights how its linear layers were kept, the name of a {@link LanguageModel#weightType}
   * @param computeType the type that it computed in, such as {@code BFLOAT16}
   */
  public record Base(
      String name, String fingerprint, String architecture, String weights, String computeType) {
    /** Checks the fingerprint, and that the other texts are safe to show in errors. */
    public Base {
      checkDigest("fingerprint", fingerprint);
      for (String word : List.of(name, architecture, weights, computeType)) {
        checkArgument(isWord(word), "the base is described by '%s', must be %s", word, A_WORD);
      }
    }

    /**
     * Describes a loaded model, with {@link LanguageModel#name} as its name.
     *
     * <p>The fingerprint is a SHA-256 over the configuration's numbers and, for each tensor of the
     * checkpoint in the order of the names, its name, encoding, shape and bytes: all bytes up to 64
     * KiB, else four pieces of 16 KiB, at the beginning, at the end and evenly between. It is the
     * same on every device, in every compute type and however the weights are packed while they are
     * loaded. It differs for another fine-tuning and for another quantisation of the checkpoint. It
     * does not notice a change outside the pieces, such as a few rows of a large matrix. Random and
     * merged weights, which have no checkpoint, are hashed as they are in memory, rounded to
     * bfloat16.
     *
     * @throws io.telecomllm.InvalidDataException if its files are missing or damaged
     */
    public static Base of(LanguageModel model) {
      String name = model.name().orElse("random weights");
      return new Base(
          model.path().isPresent() && model.checkpoint().isEmpty() ? name + ", merged" : name,
          BaseFingerprint.of(model),
          model.config().architecture().modelType(),
          model.weightType().name(),
          model.computeType().name());
    }

    /** Returns a copy with this name. */
    public Base named(String newName) {
      return new Base(newName, fingerprint, architecture, weights, computeType);
    }
  }

  /**
   * The questions of a training run.
   *
   * @param sha256 {@link SplitManifest#sha256}
   * @param training the number of questions that were trained on
   * @param validation the number of questions that accuracy was measured on
   */
  public record Data(String sha256, int training, int validation) {
    /** Checks the digest. */
    public Data {
      checkDigest("sha256", sha256);
      checkArgument(
          training >= 0 && validation >= 0,
          "%s training and %s validation questions",
          training,
          validation);
    }

    /** Describes a split. */
    public static Data of(Split split) {
      return new Data(
          split.manifest().sha256(), split.training().size(), split.validation().size());
    }
  }

  /**
   * The knowledge base of the references in prompts.
   *
   * @param id {@code Retriever.id()}: 64 hexadecimal digits
   * @param references the most references in a prompt
   */
  public record Knowledge(String id, int references) {
    /** Checks the digest and the range. */
    public Knowledge {
      checkDigest("id", id);
      checkArgument(references >= 1, "references is %s, must be at least 1", references);
    }
  }

  /**
   * The result of a training run.
   *
   * @param steps optimizer steps
   * @param seconds the time that these steps took
   * @param finalLoss the mean loss of the last steps, if there were any
   * @param evaluations the losses on the validation questions, in the order of the steps
   * @param accuracy the share of validation questions answered correctly, 0 to 1, if it was
   *     measured
   */
  public record Metrics(
      long steps,
      double seconds,
      OptionalDouble finalLoss,
      List<Evaluation> evaluations,
      OptionalDouble accuracy) {
    /** Checks the ranges. */
    public Metrics {
      evaluations = List.copyOf(evaluations);
      checkArgument(steps >= 0, "steps is %s, must be at least 0", steps);
      checkArgument(
          seconds >= 0 && Double.isFinite(seconds), "seconds is %s, must be finite", seconds);
      finalLoss.ifPresent(
          loss -> checkArgument(Double.isFinite(loss), "finalLoss is %s, must be finite", loss));
      accuracy.ifPresent(
          share ->
              checkArgument(share >= 0 && share <= 1, "accuracy is %s, must be 0 to 1", share));
    }
  }

  /**
   * A loss on questions that are not trained on.
   *
   * @param step the optimizer step after which it was measured
   * @param loss the mean over the supervised tokens
   */
  public record Evaluation(long step, double loss) {
    /** Checks the ranges. */
    public Evaluation {
      checkArgument(step >= 0, "step is %s, must be at least 0", step);
      checkArgument(Double.isFinite(loss), "loss is %s, must be finite", loss);
    }
  }

  /**
   * Creates the lineage of an adapter that is made now, with the base, tokenizer, prompt and
   * versions.
   */
  @Internal
  public static Lineage of(PromptedModel prompted) {
    return new Lineage(
        Instant.now(),
        Base.of(prompted.model()),
        prompted.tokenizer().digest(),
        prompted.prompt().digest(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Versions.current(),
        Optional.empty(),
        List.of());
  }

  /** Returns a copy with this name for the base model. */
  public Lineage withBaseName(String name) {
    return new Lineage(
        created,
        base.named(name),
        tokenizer,
        prompt,
        data,
        knowledge,
        settings,
        versions,
        metrics,
        probes);
  }

  /** Returns a copy with these questions. */
  public Lineage withData(Data value) {
    return new Lineage(
        created,
        base,
        tokenizer,
        prompt,
        Optional.of(value),
        knowledge,
        settings,
        versions,
        metrics,
        probes);
  }

  /** Returns a copy with this knowledge base. */
  public Lineage withKnowledge(Knowledge value) {
    return new Lineage(
        created,
        base,
        tokenizer,
        prompt,
        data,
        Optional.of(value),
        settings,
        versions,
        metrics,
        probes);
  }

  /**
   * Returns a copy with more settings.
   *
   * @param name what they set, such as {@code lora}
   * @param value a record of numbers, texts, enums, collections and other such records
   */
  public Lineage withSettings(String name, Record value) {
    Map<String, @Nullable Object> more = new LinkedHashMap<>(settings);
    more.put(name, JsonRecords.of(value));
    return new Lineage(
        created, base, tokenizer, prompt, data, knowledge, more, versions, metrics, probes);
  }

  /**
   * Returns what a run's numbers depend on besides its settings, as texts by name: base, weights,
   * tokenizer, prompt, data and knowledge.
   */
  public Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("base", base.fingerprint());
    facts.put("weights", base.weights() + " in " + base.computeType());
    facts.put("tokenizer", tokenizer);
    facts.put("prompt", prompt);
    facts.put("data", data.map(Data::sha256).orElse(""));
    facts.put("knowledge", knowledge.map(k -> k.references() + " of " + k.id()).orElse("none"));
    return facts;
  }

  /** Returns a copy with these metrics. */
  public Lineage withMetrics(Metrics value) {
    return new Lineage(
        created,
        base,
        tokenizer,
        prompt,
        data,
        knowledge,
        settings,
        versions,
        Optional.of(value),
        probes);
  }

  /** Returns a copy with these probes, see {@link Probe#ask}. */
  public Lineage withProbes(List<Probe> value) {
    return new Lineage(
        created, base, tokenizer, prompt, data, knowledge, settings, versions, metrics, value);
  }

  static boolean isWord(String text) {
    return WORD.matcher(text).matches();
  }

  static boolean isDigest(String text) {
    return SHA256.matcher(text).matches();
  }

  private static void checkDigest(String field, String digest) {
    checkArgument(
        isDigest(digest), "%s is '%s', must be 64 hexadecimal digits in lower case", field, digest);
  }
}
