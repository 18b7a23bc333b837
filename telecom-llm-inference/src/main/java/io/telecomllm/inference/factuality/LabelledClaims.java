package io.telecomllm.inference.factuality;

import static com.google.common.base.Preconditions.checkArgument;

import io.telecomllm.data.OptionReference;
import io.telecomllm.data.Question;
import io.telecomllm.data.SplitMix64;
import io.telecomllm.facts.Claim;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.Sentences;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes claims of which it is known whether they hold. The same seed makes the same claims. */
public final class LabelledClaims {
  private static final long PURPOSE = SplitMix64.key("labelled claims");

  private static final Pattern MEASURED =
      Pattern.compile(
          "(?<![\\w.,-])(\\d{1,6}(?:\\.\\d{1,3})?)(\\s?)"
              + "(ms|s|kHz|MHz|GHz|kbps|Mbps|Gbps|km|dBm|dB|bits|bytes|seconds|milliseconds|%)(?!\\w)");
  private static final List<List<String>> UNITS =
      List.of(
          List.of("ms", "s"),
          List.of("milliseconds", "seconds"),
          List.of("kHz", "MHz", "GHz"),
          List.of("kbps", "Mbps", "Gbps"),
          List.of("bits", "bytes"),
          List.of("km", "m"));
  private static final Pattern OBLIGATION = Pattern.compile("\\b(shall|must|may)\\b(?= [a-z])");
  private static final Pattern IS =
      Pattern.compile("\\b(is|are|can|does|should|may)\\b(?! not| no)");
  private static final Pattern NOT = Pattern.compile("\\b(is|are|can|does|do|should) ?not\\b");
  private static final Pattern RELEASE =
      Pattern.compile("\\b(Release|Rel-?|release) ?(\\d{1,2})\\b");
  private static final Pattern ACRONYM = Pattern.compile("(?<![\\w-])[A-Z]{2,6}(?![\\w-])");

  private static final int FEWEST_CHARACTERS = 40;

  private LabelledClaims() {}

  /**
   * Returns two claims for each question: that its right option answers it, and that a wrong one
   * does, drawn among the others. Questions are left out whose right option, or all of whose
   * others, speak of other options, such as "all of the above".
   */
  public static List<LabelledClaim> ofQuestions(List<Question> questions, long seed) {
    List<LabelledClaim> claims = new ArrayList<>();
    for (Question question : questions) {
      List<String> wrong = new ArrayList<>();
      for (int i = 0; i < question.options().size(); i++) {
        if (i != question.answer() && alone(question.options().get(i))) {
          wrong.add(question.options().get(i));
        }
      }
      if (alone(question.answerText()) && !wrong.isEmpty()) {
        SplitMix64 random = SplitMix64.of(PURPOSE, seed, SplitMix64.key(question.id()));
        String other = wrong.get(random.below(wrong.size()));
        claims.add(option(question, question.answerText(), Change.RIGHT_OPTION));
        claims.add(option(question, other, Change.WRONG_OPTION));
      }
    }
    return List.copyOf(claims);
  }

  private static boolean alone(String option) {
    return OptionReference.of(option) == OptionReference.NONE;
  }

  private static LabelledClaim option(Question question, String option, Change change) {
    return new LabelledClaim(question.id(), Claim.answer(question.text(), option), change);
  }

  /**
   * Returns claims made from the first sentence of each clause that is at least 40 characters long:
   * the sentence as it is, and with each change that it allows. A quotation of it is given as one
   * of the clause's specification.
   */
  public static List<LabelledClaim> ofClauses(List<Clause> clauses, long seed) {
    checkArgument(!clauses.isEmpty(), "there are no clauses");
    Set<String> acronyms = new TreeSet<>();
    clauses.forEach(
        c -> ACRONYM.matcher(c.text()).results().map(MatchResult::group).forEach(acronyms::add));
    List<LabelledClaim> claims = new ArrayList<>();
    for (Clause clause : clauses) {
      SplitMix64 random = SplitMix64.of(PURPOSE, seed, SplitMix64.key(clause.id()));
      first(clause)
          .ifPresent(sentence -> changed(clause, sentence, List.copyOf(acronyms), random, claims));
    }
    return List.copyOf(claims);
  }

  private static Optional<String> first(Clause clause) {
    return Sentences.of(clause.text()).stream()
        .map(range -> clause.text().substring(range.start(), range.end()))
        .filter(s -> s.length() >= FEWEST_CHARACTERS && s.indexOf('"') < 0)
        .findFirst();
  }

  private static void changed(
      Clause clause,
      String sentence,
      List<String> acronyms,
      SplitMix64 random,
      List<LabelledClaim> claims) {
    Adding add =
        (change, text) -> claims.add(new LabelledClaim(clause.id(), Claim.of(text), change));
    add.claim(Change.NONE, sentence);
    number(sentence, random).ifPresent(text -> add.claim(Change.NUMBER, text));
    unit(sentence).ifPresent(text -> add.claim(Change.UNIT, text));
    replaced(sentence, OBLIGATION, m -> m.group().equals("may") ? "shall" : "may")
        .ifPresent(text -> add.claim(Change.OBLIGATION, text));
    replaced(sentence, NOT, m -> m.group(1))
        .or(() -> replaced(sentence, IS, m -> m.group(1) + " not"))
        .ifPresent(text -> add.claim(Change.NEGATION, text));
    replaced(sentence, RELEASE, m -> m.group(1) + " " + otherRelease(m.group(2)))
        .ifPresent(text -> add.claim(Change.RELEASE, text));
    entity(sentence, acronyms, random).ifPresent(text -> add.claim(Change.ENTITY, text));
    String invented = (10 + random.below(80)) + "." + (50 + random.below(50)) + "." + 77;
    add.claim(
        Change.INVENTED_CLAUSE, "According to clause " + invented + " of TS 23.501, " + sentence);
    String quoted = sentence.replaceFirst("[.]$", "");
    add.claim(Change.TRUE_QUOTATION, "The text says: \"" + quoted + "\".");
    add.claim(Change.INVENTED_QUOTATION, "The text says: \"" + reversed(quoted) + "\".");
  }

  private interface Adding {
    void claim(Change change, String text);
  }

  private interface Replacing {
    String replacement(Matcher found);
  }

  private static Optional<String> replaced(String text, Pattern pattern, Replacing by) {
    Matcher found = pattern.matcher(text);
    return found.find()
        ? Optional.of(
            text.substring(0, found.start()) + by.replacement(found) + text.substring(found.end()))
        : Optional.empty();
  }

  private static Optional<String> number(String sentence, SplitMix64 random) {
    int factor = 2 + random.below(4);
    return replaced(
        sentence,
        MEASURED,
        m -> {
          String other =
              m.group(1).indexOf('.') < 0
                  ? String.valueOf(Long.parseLong(m.group(1)) * factor + 1)
                  : factor + m.group(1);
          return other + m.group(2) + m.group(3);
        });
  }

  private static Optional<String> unit(String sentence) {
    Matcher found = MEASURED.matcher(sentence);
    while (found.find()) {
      for (List<String> dimension : UNITS) {
        int at = dimension.indexOf(found.group(3));
        if (at >= 0) {
          String other = dimension.get((at + 1) % dimension.size());
          return Optional.of(
              sentence.substring(0, found.start(3)) + other + sentence.substring(found.end(3)));
        }
      }
    }
    return Optional.empty();
  }

  private static String otherRelease(String release) {
    return String.valueOf(Integer.parseInt(release) + 2);
  }

  private static Optional<String> entity(
      String sentence, List<String> acronyms, SplitMix64 random) {
    if (acronyms.size() < 2) {
      return Optional.empty();
    }
    int start = random.below(acronyms.size());
    return replaced(
        sentence,
        ACRONYM,
        m -> {
          int at = start;
          while (sentence.contains(acronyms.get(at))) {
            at = (at + 1) % acronyms.size();
          }
          return acronyms.get(at);
        });
  }

  /**
   * Returns the words of a sentence with its halves exchanged: the same words, nowhere verbatim.
   */
  private static String reversed(String sentence) {
    List<String> words = List.of(sentence.split("\\s+", -1));
    int half = words.size() / 2;
    List<String> other = new ArrayList<>(words.subList(half, words.size()));
    other.addAll(words.subList(0, half));
    return String.join(" ", other);
  }
}
