package io.telecomllm.training.run;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.hash.Hashing;
import io.telecomllm.Internal;
import io.telecomllm.data.Question;
import io.telecomllm.data.Refutations;
import io.telecomllm.grounding.Knowledge;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.training.settings.TrainingConfig;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/**
 * What a run is told about its questions from outside. Owns none of it.
 *
 * @param knowledge the source of the references before a question; empty for none
 * @param answering says whether a clause answers a question; empty if that is not known
 * @param refutations says how far options are refuted; empty if that is not known
 * @param unreasoned the ids of the questions whose reasons are not learnt
 */
@Internal
public record Sources(
    Optional<Knowledge> knowledge,
    Optional<BiPredicate<Question, Clause>> answering,
    Optional<Checked> refutations,
    Set<String> unreasoned) {
  /** No sources. */
  public static final Sources NONE =
      new Sources(Optional.empty(), Optional.empty(), Optional.empty(), Set.of());

  /**
   * Checks that the settings have the sources that they need.
   *
   * @throws IllegalArgumentException naming what is missing
   */
  public void check(TrainingConfig config) {
    checkArgument(
        config.retrieval().none() || knowledge.isPresent(),
        "distractorShare is %s and closedBookShare %s, but there is no knowledge base: set"
            + " knowledge(...)",
        config.retrieval().distractorShare(),
        config.retrieval().closedBookShare());
    checkArgument(
        config.retrieval().distractorShare() == 0 || answering.isPresent(),
        "distractorShare is %s, but it is not known which clauses answer a question: set"
            + " answering(...)",
        config.retrieval().distractorShare());
  }

  /**
   * Refutations with what tells them from others.
   *
   * @param id any text; a resumed run must have the same
   */
  public record Checked(String id, Refutations refutations) {
    /** Returns the part that an adapter's lineage keeps. */
    Named named() {
      return new Named(id);
    }
  }

  /** The name of refutations in a lineage. */
  record Named(String id) {}

  /** The number of questions in a lineage, and a SHA-256 over their ids. */
  record Unreasoned(int questions, String sha256) {}

  /** Returns the part that an adapter's lineage keeps of the questions without reasons. */
  Unreasoned unreasonedDigest() {
    String all = unreasoned.stream().sorted().collect(Collectors.joining("\u0000"));
    return new Unreasoned(
        unreasoned.size(), Hashing.sha256().hashString(all, StandardCharsets.UTF_8).toString());
  }
}
