package io.telecomllm.facts;

import io.telecomllm.knowledge.Citation;
import io.telecomllm.knowledge.Clause;
import io.telecomllm.knowledge.KnowledgeBase;
import io.telecomllm.knowledge.Passage;
import io.telecomllm.knowledge.Query;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Looks for what stands in quotation marks in the whole knowledge base. White space, dashes and
 * quotation marks may differ, and so may a full stop or comma at the end; {@code ...} leaves words
 * out.
 */
final class QuotationRule implements Comparison {
  private static final Pattern QUOTED =
      Pattern.compile("[\"\u201c\u201e]([^\"\u201c\u201d\u201e]{1,2000})[\"\u201d\u201c]");
  private static final Pattern SPACE = Pattern.compile("\\s+");
  private static final Pattern LEFT_OUT = Pattern.compile("\\s*(?:\\.{3}|\u2026|\\[\\.{3}])\\s*");
  private static final Pattern SPEC = Pattern.compile("\\bT[SR] ?\\d\\d\\.?\\d{3}(?:-\\d{1,3})?");
  private static final String DASH = "[-\u2010-\u2015\u2212]";
  private static final String MARK = "[\"'\u2018\u2019\u201c\u201d]";

  /** Fewer words in quotation marks name something, such as a parameter. */
  private static final int FEWEST_WORDS = 3;

  /** The number of clauses that are looked through: those with most of the quoted words. */
  private static final int CLAUSES = 100;

  private final KnowledgeBase base;

  QuotationRule(KnowledgeBase base) {
    this.base = base;
  }

  @Override
  public List<Finding> compare(Claim claim, Evidence evidence) {
    return in(claim).stream()
        .map(
            quotation ->
                find(quotation, evidence.passages())
                    .map(c -> Finding.agrees(Rule.QUOTATION, "verbatim", c))
                    .orElseGet(() -> missing(claim, quotation)))
        .toList();
  }

  /** Looks for the clauses that a claim quotes; they are part of its evidence. */
  List<Clause> quoted(Claim claim) {
    return in(claim).stream()
        .map(quotation -> find(quotation, base.search(new Query(quotation, "", CLAUSES))))
        .flatMap(Optional::stream)
        .map(Citation::clause)
        .distinct()
        .toList();
  }

  private static List<String> in(Claim claim) {
    return QUOTED
        .matcher(claim.text())
        .results()
        .map(found -> found.group(1).strip().replaceFirst("[.,;]$", ""))
        .filter(quotation -> SPACE.split(quotation, -1).length >= FEWEST_WORDS)
        .toList();
  }

  /** Words that are said to be in a specification of the base, and are not, are invented. */
  private Finding missing(Claim claim, String quotation) {
    boolean attributed =
        SPEC.matcher(claim.whole()).results().anyMatch(spec -> base.hasSpec(spec.group()));
    return Finding.without(
        Rule.QUOTATION,
        attributed ? Finding.Outcome.CONTRADICTS : Finding.Outcome.UNVERIFIED,
        "not in the knowledge base: " + quotation);
  }

  private static Optional<Citation> find(String quotation, List<Passage> passages) {
    Pattern words = words(quotation);
    return passages.stream()
        .map(p -> find(words, p.clause()))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<Citation> find(Pattern words, Clause clause) {
    Matcher found = words.matcher(clause.text());
    return found.find()
        ? Optional.of(Citation.of(clause, found.start(), found.end()))
        : Optional.empty();
  }

  private static Pattern words(String quotation) {
    return Pattern.compile(
        LEFT_OUT
            .splitAsStream(quotation)
            .map(QuotationRule::piece)
            .collect(Collectors.joining("[\\s\\S]{0,2000}?")));
  }

  private static String piece(String piece) {
    return SPACE
        .splitAsStream(piece.strip())
        .map(QuotationRule::word)
        .collect(Collectors.joining("\\s+"));
  }

  private static String word(String word) {
    StringBuilder pattern = new StringBuilder();
    for (int i = 0; i < word.length(); i++) {
      String c = word.substring(i, i + 1);
      pattern.append(c.matches(DASH) ? DASH : c.matches(MARK) ? MARK : Pattern.quote(c));
    }
    return pattern.toString();
  }
}
