package io.telecomllm.knowledge;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.hash.Hashing;
import com.google.common.primitives.ImmutableDoubleArray;
import io.telecomllm.IncompatibleException;
import io.telecomllm.InvalidDataException;
import io.telecomllm.files.AtomicFiles;
import io.telecomllm.json.JsonRecords;
import io.telecomllm.json.JsonText;
import io.telecomllm.json.JsonView;
import io.telecomllm.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets a passage through only if it probably answers the question: no passage rather than a wrong
 * one, since passages that do not answer mislead a language model.
 *
 * <p>A logistic regression over what speaks for a passage (the share of the question's rare words
 * that it has, its cosine, its lead over the other passages) says how probable that is; weights and
 * threshold are fitted on questions whose clause is known. A fitted gate belongs to a way of
 * searching, not to the clauses: {@link #over} uses it on another base.
 *
 * <p>Immutable, and safe for use by several threads.
 */
public final class RelevanceGate implements Retriever {
  /** The number of passages that are compared, unless more are asked for. */
  static final int WINDOW = 10;

  private final PassageEvidence evidence;
  private final Fitted fitted;

  private RelevanceGate(PassageEvidence evidence, Fitted fitted) {
    this.evidence = evidence;
    this.fitted = fitted;
  }

  /**
   * A feature of a passage and what it says.
   *
   * @param mean its mean over the passages of the fit
   * @param deviation its standard deviation over these, or 1 if it was the same for all
   * @param weight what one standard deviation adds to the logit of the probability
   */
  record Feature(String name, double mean, double deviation, double weight) {
    Feature {
      checkArgument(Double.isFinite(mean), "mean of %s is %s, must be finite", name, mean);
      checkArgument(
          deviation > 0 && deviation < Double.POSITIVE_INFINITY,
          "deviation of %s is %s, must be over 0",
          name,
          deviation);
      checkArgument(Double.isFinite(weight), "weight of %s is %s, must be finite", name, weight);
    }
  }

  /** What a gate is made of, in the form in which it is saved; docs/formats.md describes it. */
  record Fitted(
      int format,
      String method,
      double intercept,
      List<Feature> features,
      double threshold,
      RelevanceFigures figures) {
    static final int FORMAT = 1;

    Fitted {
      features = List.copyOf(features);
      checkArgument(Double.isFinite(intercept), "intercept is %s, must be finite", intercept);
      checkArgument(
          threshold >= 0 && threshold <= 1, "threshold is %s, expected 0 to 1", threshold);
    }

    /** Returns how probable it is that a passage with these features answers, 0 to 1. */
    double probability(ImmutableDoubleArray values) {
      double logit = intercept;
      for (int i = 0; i < values.length(); i++) {
        Feature feature = features.get(i);
        logit += feature.weight() * (values.get(i) - feature.mean()) / feature.deviation();
      }
      return 1 / (1 + Math.exp(-logit));
    }
  }

  /**
   * Fits a gate: the lowest threshold whose precision is at least {@code precision} in
   * cross-validation.
   *
   * @param retriever a {@link KnowledgeBase}, {@link DenseRetriever} or {@link HybridRetriever}
   * @param examples at least 50 questions, with the clauses of its base that answer them
   * @param precision the share of relevant ones among the passages that pass, over 0.5 to 1; there
   *     are as many relevant ones as others among those it is measured on
   * @throws IllegalArgumentException if the search finds too few of the clauses, or no threshold
   *     reaches the precision
   */
  public static RelevanceGate fit(
      Retriever retriever, List<RelevanceExample> examples, double precision) {
    requireNonNull(retriever, "retriever is null");
    checkArgument(
        precision > 0.5 && precision <= 1, "precision is %s, expected over 0.5 to 1", precision);
    PassageEvidence evidence = PassageEvidence.of(retriever);
    return new RelevanceGate(evidence, GateFit.of(evidence, examples, precision));
  }

  /** Returns this gate over another retriever of the same kind, such as one on another base. */
  public RelevanceGate over(Retriever retriever) {
    PassageEvidence other = PassageEvidence.of(retriever);
    checkArgument(
        other.method().equals(fitted.method()),
        "the gate was fitted for another way of searching: another kind of retriever or encoder");
    return new RelevanceGate(other, fitted);
  }

  /** Returns how good it was on examples that its weights were not fitted on. */
  public RelevanceFigures figures() {
    return fitted.figures();
  }

  /** Returns the probability from which on a passage passes, 0 to 1. */
  public double threshold() {
    return fitted.threshold();
  }

  /**
   * Finds the passages that pass, in the order and with the scores of the retriever; none if none
   * of the best passages probably answers.
   */
  @Override
  public List<Passage> search(Query query) {
    requireNonNull(query, "query is null");
    Query window = query.limit(Math.max(WINDOW, query.limit()));
    PassageEvidence.Found search = evidence.search(window);
    List<Passage> found = search.passages();
    List<ImmutableDoubleArray> features = evidence.of(search);
    List<Passage> passed = new ArrayList<>();
    for (int i = 0; i < found.size() && passed.size() < query.limit(); i++) {
      if (fitted.probability(features.get(i)) >= fitted.threshold()) {
        passed.add(new Passage(found.get(i).clause(), found.get(i).score(), passed.size() + 1));
      }
    }
    return List.copyOf(passed);
  }

  /** Returns a digest of the retriever's id and of all that was fitted. */
  @Override
  public String id() {
    String all = evidence.retriever().id() + "\n" + JsonText.line(JsonRecords.of(fitted));
    return Hashing.sha256().hashString(all, StandardCharsets.UTF_8).toString();
  }

  /** Saves weights, threshold and figures as JSON; an older file of that name is replaced. */
  public void save(Path file) {
    requireNonNull(file, "file is null");
    AtomicFiles.write(file, JsonText.file(JsonRecords.of(fitted)));
  }

  /**
   * Loads a gate for a retriever.
   *
   * @throws InvalidDataException naming file and field, if it is no such file or damaged
   * @throws IncompatibleException if it was fitted for another way of searching
   */
  public static RelevanceGate load(Path file, Retriever retriever) {
    requireNonNull(file, "file is null");
    requireNonNull(retriever, "retriever is null");
    PassageEvidence evidence = PassageEvidence.of(retriever);
    JsonView json = StrictJson.read(file);
    json.integer("format", Fitted.FORMAT, Fitted.FORMAT);
    Fitted fitted = JsonRecords.read(json, Fitted.class);
    if (!fitted.method().equals(evidence.method())) {
      throw new IncompatibleException(
          file
              + ": the gate was fitted for another way of searching, "
              + fitted.method()
              + ", expected "
              + evidence.method());
    }
    List<String> names = fitted.features().stream().map(Feature::name).toList();
    if (!names.equals(evidence.names())) {
      throw new InvalidDataException(
          file + ", field features: expected " + evidence.names() + ", found " + names);
    }
    return new RelevanceGate(evidence, fitted);
  }
}
