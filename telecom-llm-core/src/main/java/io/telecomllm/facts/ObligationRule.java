package io.telecomllm.facts;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares the verbal forms of obligation (3GPP TR 21.801, annex E): what shall be done in a claim
 * is contradicted by a close sentence where the same verb only may or should.
 */
final class ObligationRule implements Comparison {
  private static final Pattern FORM =
      Pattern.compile(
          "(?i)\\b(shall|must|should|may|can|cannot|(?:is|are) (?:required|allowed|permitted) to)"
              + "(\\s+not)?\\s+(?:also |always |only |then |be )?([a-z]{3,})");

  /** How strongly a verb is prescribed. */
  private enum Obligation {
    REQUIRED,
    FORBIDDEN,
    RECOMMENDED,
    NOT_RECOMMENDED,
    PERMITTED,
    NOT_NEEDED
  }

  private record Prescribed(String verb, Obligation obligation, String written) {}

  @Override
  public List<Finding> compare(Claim claim, Evidence evidence) {
    List<Finding> findings = new ArrayList<>();
    for (Prescribed claimed : in(claim.text())) {
      for (Evidence.Said said : evidence.close()) {
        List<Prescribed> same =
            in(said.text()).stream().filter(p -> p.verb().equals(claimed.verb())).toList();
        if (same.isEmpty()) {
          continue;
        }
        boolean agrees = same.stream().anyMatch(p -> p.obligation() == claimed.obligation());
        findings.add(
            agrees
                ? Finding.agrees(Rule.OBLIGATION, claimed.written(), said.citation())
                : Finding.contradicts(
                    Rule.OBLIGATION,
                    claimed.written() + ", the evidence has " + same.get(0).written(),
                    said.citation()));
        break;
      }
    }
    return findings;
  }

  private static List<Prescribed> in(String text) {
    List<Prescribed> all = new ArrayList<>();
    Matcher form = FORM.matcher(text);
    while (form.find()) {
      all.add(
          new Prescribed(
              form.group(3).toLowerCase(Locale.ROOT),
              obligation(form.group(1).toLowerCase(Locale.ROOT), form.group(2) != null),
              form.group()));
    }
    return all;
  }

  private static Obligation obligation(String form, boolean denied) {
    return switch (form) {
      case "should" -> denied ? Obligation.NOT_RECOMMENDED : Obligation.RECOMMENDED;
      case "shall", "must", "is required to", "are required to" ->
          denied ? Obligation.FORBIDDEN : Obligation.REQUIRED;
      case "cannot" -> Obligation.FORBIDDEN;
      // "may not" says in standards that something need not be so
      case "may" -> denied ? Obligation.NOT_NEEDED : Obligation.PERMITTED;
      default -> denied ? Obligation.FORBIDDEN : Obligation.PERMITTED;
    };
  }
}
