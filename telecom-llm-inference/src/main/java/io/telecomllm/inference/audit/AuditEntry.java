package io.telecomllm.inference.audit;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.base.CharMatcher;
import com.google.common.hash.Hashing;
import io.telecomllm.generation.FinishReason;
import io.telecomllm.generation.Generation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is recorded of an answer. Immutable. Digests are SHA-256 as 64 hexadecimal digits in lower
 * case.
 *
 * @param setup what answered
 * @param question the question; of a conversation, its last message
 * @param options the options offered, in their order; empty for a text
 * @param prompt the token ids that the model read
 * @param references the clauses in the prompt, best first
 * @param choice the answer to a multiple-choice question; empty for a text
 * @param written the answer in the model's own words; empty for a choice
 */
public record AuditEntry(
    Setup setup,
    Text question,
    List<Text> options,
    Prompt prompt,
    List<Reference> references,
    Optional<Choice> choice,
    Optional<Written> written) {
  private static final int DIGEST_DIGITS = 64;
  // a record has a dozen digests, which a regular expression would take microseconds to check
  private static final CharMatcher HEXADECIMAL =
      CharMatcher.inRange('0', '9').or(CharMatcher.inRange('a', 'f')).precomputed();

  /** Copies the lists, and checks that there is one kind of answer, with a score an option. */
  public AuditEntry {
    options = List.copyOf(options);
    references = List.copyOf(references);
    checkArgument(
        choice.isPresent() != written.isPresent(),
        "an entry has either a choice or a written text, found %s",
        choice.isPresent() ? "both" : "neither");
    int scores = choice.map(c -> c.scores().size()).orElse(0);
    checkArgument(scores == options.size(), "%s scores for %s options", scores, options.size());
  }

  /** Creates the entry of an answer to a multiple-choice question. */
  public static AuditEntry of(
      Setup setup,
      Text question,
      List<Text> options,
      Prompt prompt,
      List<Reference> references,
      Choice choice) {
    return new AuditEntry(
        setup, question, options, prompt, references, Optional.of(choice), Optional.empty());
  }

  /** Creates the entry of an answer in the model's own words. */
  public static AuditEntry of(
      Setup setup, Text question, Prompt prompt, List<Reference> references, Written written) {
    return new AuditEntry(
        setup, question, List.of(), prompt, references, Optional.empty(), Optional.of(written));
  }

  /** Returns {@code choice} or {@code text}. */
  public String kind() {
    return choice.isPresent() ? "choice" : "text";
  }

  /**
   * What answered.
   *
   * @param model the fingerprint of the base model
   * @param adapter the digest of the adapter; empty without one
   * @param template the name of the chat template
   * @param library the version of this library
   * @param calibration the digest of what calibrated the scores; empty if nothing did
   */
  public record Setup(
      String model,
      Optional<String> adapter,
      String template,
      String library,
      Optional<String> calibration) {
    /** Checks the digests. */
    public Setup {
      checkDigest("model", model);
      adapter.ifPresent(digest -> checkDigest("adapter", digest));
      calibration.ifPresent(digest -> checkDigest("calibration", digest));
    }
  }

  /**
   * A text, or what is kept of it.
   *
   * @param text the text as it is kept; empty if it is left out
   * @param sha256 the digest of the original text in UTF-8
   * @param form what became of the text
   */
  public record Text(Optional<String> text, String sha256, Form form) {
    /** Checks that a text is there exactly if its form has one. */
    public Text {
      checkDigest("sha256", sha256);
      checkArgument(
          text.isPresent() == (form == Form.KEPT || form == Form.REDACTED),
          "a text of form %s that is %s",
          form,
          text.isPresent() ? "there" : "left out");
    }

    /** What became of a text. */
    public enum Form {
      /** It is there as it was. */
      KEPT,
      /** It was changed before it was written. */
      REDACTED,
      /** It was left out. */
      DIGEST,
      /** It was left out since its redaction failed. */
      REDACTION_FAILED
    }

    /** Returns a text that is kept. */
    public static Text of(String text) {
      return new Text(Optional.of(text), digest(text), Form.KEPT);
    }

    /** Returns whether this was made of that text. */
    public boolean isOf(String other) {
      return sha256.equals(digest(other));
    }

    private static String digest(String text) {
      return Hashing.sha256().hashString(text, StandardCharsets.UTF_8).toString();
    }
  }

  /**
   * The token ids that a model read.
   *
   * @param tokens their number, at least 0
   * @param sha256 the digest of the ids, 4 bytes each, little endian
   * @param ids the ids; empty if they are left out
   */
  public record Prompt(int tokens, String sha256, Optional<List<Integer>> ids) {
    /** Copies the ids and checks their number. */
    public Prompt {
      ids = ids.map(List::copyOf);
      checkDigest("sha256", sha256);
      checkArgument(
          tokens >= 0 && ids.map(List::size).orElse(tokens) == tokens,
          "tokens is %s, must be the number of ids",
          tokens);
    }

    /** Returns a prompt whose ids are kept. */
    public static Prompt of(int... ids) {
      List<Integer> all = Arrays.stream(ids).boxed().toList();
      return new Prompt(ids.length, digest(ids), Optional.of(all));
    }

    /** Returns a copy without the ids. */
    public Prompt withoutIds() {
      return new Prompt(tokens, sha256, Optional.empty());
    }
  }

  /**
   * A clause in a prompt.
   *
   * @param clause its id, such as {@code TS 38.331#5.3.3}
   * @param sha256 the digest of its text in UTF-8
   */
  public record Reference(String clause, String sha256) {
    /** Checks the digest. */
    public Reference {
      checkDigest("sha256", sha256);
    }
  }

  /**
   * The answer to a multiple-choice question.
   *
   * @param scores the log-probability of each option, finite, in their order; a constant may be
   *     added to all
   * @param chosen the chosen option, counted from 0; empty for an abstention
   */
  public record Choice(List<Double> scores, OptionalInt chosen) {
    /** Copies the scores and checks the ranges. */
    public Choice {
      scores = List.copyOf(scores);
      checkArgument(
          !scores.isEmpty() && scores.stream().allMatch(Double::isFinite),
          "scores are %s, must be finite, at least one",
          scores);
      int options = scores.size();
      chosen.ifPresent(
          option ->
              checkArgument(
                  option >= 0 && option < options,
                  "chosen is %s, must be 0 to %s",
                  option,
                  options - 1));
    }
  }

  /**
   * An answer in the model's own words.
   *
   * @param finish why it ended
   * @param sha256 the digest of its token ids, 4 bytes each, little endian
   * @param usage the tokens that were read and generated
   */
  public record Written(FinishReason finish, String sha256, Generation.Usage usage) {
    /** Checks the digest. */
    public Written {
      checkDigest("sha256", sha256);
    }

    /** Describes a generated text. */
    public static Written of(Generation generation) {
      int[] ids = generation.tokens().stream().mapToInt(token -> token.id()).toArray();
      return new Written(generation.finishReason(), digest(ids), generation.usage());
    }
  }

  private static String digest(int[] ids) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Integer.BYTES * ids.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(ids);
    return Hashing.sha256().hashBytes(bytes).toString();
  }

  /** Checks that a text is a SHA-256. */
  static void checkDigest(String field, String digest) {
    checkArgument(
        digest.length() == DIGEST_DIGITS && HEXADECIMAL.matchesAllOf(digest),
        "%s is '%s', must be 64 hexadecimal digits in lower case",
        field,
        digest);
  }
}
