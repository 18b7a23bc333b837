package io.telecomllm.facts;

import io.telecomllm.knowledge.Citation;
import io.telecomllm.knowledge.Lexicon;
import io.telecomllm.knowledge.Term;
import io.telecomllm.knowledge.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares expansions of acronyms with the lexicon's; one of an ambiguous acronym's is enough. */
final class AcronymRule implements Comparison {
  private static final String ACRONYM = "([A-Z][A-Za-z0-9-]*[A-Z0-9][A-Za-z0-9-]*)";
  private static final String EXPANSION = "((?:[A-Za-z][\\w-]*[ /-]){1,9}[A-Za-z][\\w-]*)";
  private static final List<Pattern> FORMS =
      List.of(
          Pattern.compile("\\b" + ACRONYM + " \\(" + EXPANSION + "\\)"),
          Pattern.compile(
              "\\b"
                  + ACRONYM
                  + ",? (?:stands for|is short for|is an abbreviation (?:of|for)|means)"
                  + " (?:the )?"
                  + EXPANSION));

  private final Lexicon lexicon;

  AcronymRule(Lexicon lexicon) {
    this.lexicon = lexicon;
  }

  @Override
  public List<Finding> compare(Claim claim, Evidence evidence) {
    List<Finding> findings = new ArrayList<>();
    for (Pattern form : FORMS) {
      Matcher found = form.matcher(claim.whole());
      while (found.find()) {
        compare(found.group(1), found.group(2), findings);
      }
    }
    return findings;
  }

  private void compare(String acronym, String expansion, List<Finding> findings) {
    List<Term> known =
        lexicon.expand(acronym).stream().filter(t -> !t.expansion().isEmpty()).toList();
    if (known.isEmpty()) {
      return;
    }
    for (Term term : known) {
      // the text goes on after an expansion that is not in brackets
      if ((folded(expansion) + " ").startsWith(folded(term.expansion()) + " ")) {
        String detail = acronym + " is " + term.expansion();
        findings.add(Finding.agrees(Rule.ACRONYM, detail, citation(term)));
        return;
      }
    }
    Term first = known.get(0);
    String detail = acronym + " is not " + expansion + " but " + first.expansion();
    findings.add(Finding.contradicts(Rule.ACRONYM, detail, citation(first)));
  }

  private static String folded(String words) {
    StringBuilder folded = new StringBuilder();
    Words.of(words.replace('-', ' ')).forEach(word -> folded.append(word.term()).append(' '));
    return folded.toString().strip();
  }

  private Citation citation(Term term) {
    return Citation.of(lexicon.clause(term), 0, term.text().length());
  }
}
