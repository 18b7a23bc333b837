package io.telecomllm.knowledge;

import static java.util.Objects.requireNonNull;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import io.telecomllm.knowledge.Harvest.Candidate;
import io.telecomllm.knowledge.Harvest.Reason;
import io.telecomllm.knowledge.Harvest.Rejected;
import io.telecomllm.text.Quoted;
import io.telecomllm.text.Texts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Collects acronyms and names from clauses, one clause after another:
 *
 * <ul>
 *   <li>in running text {@code Access and Mobility Management Function (AMF)}, {@code AMF (Access
 *       and Mobility Management Function)} and {@code AMF stands for ...};
 *   <li>lines and rows of tables that have an acronym and its expansion, separated by a tab or a
 *       bar; in a clause titled as abbreviations also by a colon, a dash or a space;
 *   <li>definitions: {@code **name:** text}, and in a clause titled as definitions, terms, glossary
 *       or vocabulary also {@code name: text}.
 * </ul>
 *
 * <p>The initials of an expansion must match the acronym ({@link Harvest.Reason#INITIALS_DIFFER}).
 * A list of abbreviations says itself what stands for what, so there its letters need only occur in
 * the expansion in order. The plural of an acronym counts as its singular. For one thread.
 */
public final class LexiconHarvester {
  private static final String ACRONYM = "(?=[\\w&/+.-]{0,15}[A-Z])\\w[\\w&/+.-]{0,14}\\w";
  private static final Pattern IN_BRACKETS = Pattern.compile("\\(([^()\\n]{2,160})\\)");
  private static final Pattern WHOLE_ACRONYM = Pattern.compile(ACRONYM);
  private static final Pattern LAST_ACRONYM = Pattern.compile("(?:^|[\\s\"'])(" + ACRONYM + ") ?$");
  private static final Pattern STANDS_FOR =
      Pattern.compile(
          "(?<![\\w-])("
              + ACRONYM
              + ") (?:stands for|is short for|is (?:an?|the) (?:acronym|abbreviation) (?:for|of))"
              + " (?:the |an? )?([^.;:()\\n]{2,160})");
  private static final List<String> STANDS =
      List.of(" stands for ", " short for ", " acronym ", " abbreviation ");
  private static final Pattern ROW =
      Pattern.compile("(?:\\| ?)?(" + ACRONYM + ") *(?:\\t|\\|)[\\t| ]*([^\\t|]+).*");
  private static final Pattern LISTED =
      Pattern.compile("[*•-]?\\s*\\**(" + ACRONYM + ")\\**\\s*(?::|=|[-–—] |\\s)\\s*(.+)");
  private static final Pattern BOLD_DEFINITION =
      Pattern.compile("\\*\\*([^*]{2,200}?) ?:?\\*\\* ?:? +(\\S.*)");
  private static final Pattern DEFINITION = Pattern.compile("([^:|\\t.]{2,200}): +(\\S.*)");
  private static final Pattern NO_NAME =
      Pattern.compile(
          "(?i)(?:editor'?s )?(?:note|example|step|figure|table|annex|case|option|where)\\b.*");
  private static final Pattern ABBREVIATIONS = Pattern.compile("(?i)abbreviation|acronym");
  private static final Pattern DEFINITIONS =
      Pattern.compile("(?i)\\b(?:definitions?|terms?|terminology|glossary|vocabulary)\\b");
  private static final Pattern BRACKETS_AT_END = Pattern.compile(" *\\([^()]*\\)$");
  private static final Pattern PLURAL = Pattern.compile(".*[A-Z0-9]s");
  private static final Splitter WORDS = Splitter.on(CharMatcher.whitespace()).omitEmptyStrings();
  private static final CharMatcher SENTENCE_END = CharMatcher.anyOf(".;:()|\t");
  private static final CharMatcher QUOTES = CharMatcher.anyOf("\"'`*,./“”‘’ ");
  private static final CharMatcher CONTROLS =
      CharMatcher.javaIsoControl().and(CharMatcher.isNot('\t')).precomputed();
  private static final CharMatcher BRACKETS = CharMatcher.anyOf("()");

  /** The characters around an acronym that are looked at: a long sentence. */
  private static final int AROUND = 400;

  private static final int MAX_NAME = 80;
  private static final int MAX_EXPANSION = 160;
  private static final int LEAST_WORDS = 3;

  private final Map<String, Map<String, Meaning>> meanings = new TreeMap<>();
  private final List<Rejected> rejected = new ArrayList<>();

  /** Collects the terms of a clause; give each clause once, since occurrences are counted. */
  public void add(Clause clause) {
    requireNonNull(clause, "clause is null");
    boolean abbreviations = ABBREVIATIONS.matcher(clause.title()).find();
    boolean definitions = DEFINITIONS.matcher(clause.title()).find();
    for (String line : (Iterable<String>) clause.text().lines()::iterator) {
      String stripped = CONTROLS.replaceFrom(line, ' ').strip();
      boolean listed =
          row(stripped, clause, abbreviations) || (abbreviations && listed(stripped, clause));
      if (!listed) {
        definition(stripped, clause, definitions);
        brackets(stripped, clause);
        // the pattern is slow, and hardly any line needs it
        if (STANDS.stream().anyMatch(stripped::contains)) {
          standsFor(stripped, clause);
        }
      }
    }
  }

  /** Returns what was found so far. */
  public Harvest harvest() {
    Map<String, List<Candidate>> candidates = new LinkedHashMap<>();
    meanings.forEach(
        (term, byKey) ->
            candidates.put(
                term,
                byKey.values().stream()
                    .sorted(Comparator.comparingInt((Meaning m) -> m.count).reversed())
                    .map(meaning -> meaning.candidate(term))
                    .toList()));
    return new Harvest(candidates, rejected);
  }

  private boolean row(String line, Clause clause, boolean abbreviations) {
    Matcher row = ROW.matcher(line);
    return row.matches() && pair(row.group(1), row.group(2), clause, line, abbreviations);
  }

  private boolean listed(String line, Clause clause) {
    Matcher pair = LISTED.matcher(line);
    return pair.matches() && pair(pair.group(1), pair.group(2), clause, line, true);
  }

  /** Adds an acronym and its whole expansion; returns whether it is one. */
  private boolean pair(String acronym, String text, Clause clause, String line, boolean listed) {
    String expansion = QUOTES.trimFrom(text);
    boolean fits =
        Initials.cost(acronym, WORDS.splitToList(expansion)) < Initials.NEVER
            || (listed
                && expansion.length() > acronym.length()
                && Initials.occur(acronym, expansion));
    if (!fits) {
      reject(acronym, expansion, clause, Reason.INITIALS_DIFFER);
    } else if (expansion.length() > MAX_EXPANSION) {
      reject(acronym, expansion, clause, Reason.TOO_LONG);
    } else {
      found(acronym, expansion, () -> line, clause);
    }
    return fits;
  }

  private void definition(String line, Clause clause, boolean definitions) {
    Matcher bold = BOLD_DEFINITION.matcher(line);
    Matcher plain = DEFINITION.matcher(line);
    Matcher match = bold.matches() ? bold : plain;
    if (match == plain && !(definitions && plain.matches())) {
      return;
    }
    String name =
        QUOTES.trimFrom(Texts.collapsed(BRACKETS_AT_END.matcher(match.group(1)).replaceAll("")));
    String text = match.group(2);
    if (name.isEmpty() || BRACKETS.matchesAnyOf(name) || NO_NAME.matcher(name).matches()) {
      reject(name, text, clause, Reason.NOT_A_NAME);
    } else if (name.length() > MAX_NAME) {
      reject(name, text, clause, Reason.TOO_LONG);
    } else if (WHOLE_ACRONYM.matcher(name).matches()
        && Initials.cost(name, WORDS.splitToList(text)) < Initials.NEVER) {
      found(name, QUOTES.trimFrom(text), () -> line, clause);
    } else if (Texts.wordCount(text) < LEAST_WORDS) {
      reject(name, text, clause, Reason.TOO_SHORT);
    } else {
      meaning(name, "").add("", () -> text, clause);
    }
  }

  private void brackets(String line, Clause clause) {
    Matcher brackets = IN_BRACKETS.matcher(line);
    while (brackets.find()) {
      String inside = brackets.group(1).strip();
      int place = brackets.start();
      String before = line.substring(Math.max(0, place - AROUND), place);
      Matcher acronym = LAST_ACRONYM.matcher(before);
      if (WHOLE_ACRONYM.matcher(inside).matches()) {
        expansionBefore(inside, before)
            .ifPresentOrElse(
                e -> found(inside, e, () -> sentence(line, place), clause),
                () -> reject(inside, before, clause, Reason.INITIALS_DIFFER));
      } else if (acronym.find() && inside.indexOf(' ') > 0) {
        String all = inside.split("[,;:]", 2)[0];
        if (Initials.cost(acronym.group(1), WORDS.splitToList(all)) < Initials.NEVER) {
          found(acronym.group(1), all, () -> sentence(line, place), clause);
        } else {
          reject(acronym.group(1), inside, clause, Reason.INITIALS_DIFFER);
        }
      }
    }
  }

  private void standsFor(String line, Clause clause) {
    Matcher matcher = STANDS_FOR.matcher(line);
    while (matcher.find()) {
      int place = matcher.start();
      String acronym = matcher.group(1);
      List<String> words = WORDS.splitToList(matcher.group(2));
      int most = Math.min(words.size(), Initials.mostWords(singular(acronym)));
      int best = 0;
      int least = Initials.NEVER;
      for (int end = 1; end <= most; end++) {
        int cost = Initials.cost(singular(acronym), words.subList(0, end));
        if (cost < least) {
          least = cost;
          best = end;
        }
      }
      if (best == 0) {
        reject(acronym, matcher.group(2), clause, Reason.INITIALS_DIFFER);
      } else {
        String expansion = QUOTES.trimFrom(String.join(" ", words.subList(0, best)));
        found(acronym, expansion, () -> sentence(line, place), clause);
      }
    }
  }

  /** Returns the words at the end that spell the acronym: the fewest without a letter of it. */
  private static Optional<String> expansionBefore(String acronym, String text) {
    String sentence = text.stripTrailing();
    sentence = sentence.substring(SENTENCE_END.lastIndexIn(sentence) + 1);
    List<String> words = WORDS.splitToList(sentence);
    int most = Math.min(words.size(), Initials.mostWords(singular(acronym)));
    List<String> best = List.of();
    int least = Initials.NEVER;
    for (int length = 1; length <= most; length++) {
      List<String> last = words.subList(words.size() - length, words.size());
      int cost = Initials.cost(singular(acronym), last);
      if (cost < least) {
        least = cost;
        best = last;
      }
    }
    String expansion = QUOTES.trimFrom(String.join(" ", best));
    return expansion.length() > acronym.length() ? Optional.of(expansion) : Optional.empty();
  }

  private void found(String acronym, String words, Supplier<String> text, Clause clause) {
    String expansion = Texts.collapsed(words);
    boolean plural = !singular(acronym).equals(acronym);
    String one = plural ? expansion.replaceAll("(?<=[^s])s$", "") : expansion;
    meaning(singular(acronym), one).add(one, text, clause);
  }

  private Meaning meaning(String term, String expansion) {
    // "Low-Latency Services" and "low latency service" are the same
    String key = Texts.folded(Dashes.plain(expansion)).replace('-', ' ').replaceAll("s\\b", "");
    return meanings
        .computeIfAbsent(term, t -> new LinkedHashMap<>())
        .computeIfAbsent(key, k -> new Meaning());
  }

  private void reject(String term, String text, Clause clause, Reason reason) {
    String end = text.substring(Math.max(0, text.length() - MAX_EXPANSION));
    rejected.add(
        new Rejected(Quoted.line(term), Quoted.line(end, 2 * MAX_NAME), clause.edition(), reason));
  }

  private static String singular(String acronym) {
    return PLURAL.matcher(acronym).matches() ? acronym.substring(0, acronym.length() - 1) : acronym;
  }

  private static String sentence(String line, int place) {
    int from = Math.max(0, place - AROUND);
    String around = Texts.wellFormed(line.substring(from, Math.min(line.length(), place + AROUND)));
    return Sentences.of(around).stream()
        .filter(s -> s.start() <= place - from && place - from < s.end())
        .map(s -> around.substring(s.start(), s.end()))
        .findFirst()
        .orElse(line);
  }

  /** One meaning of a term while it is collected. */
  private static final class Meaning {
    private final Map<String, Integer> forms = new LinkedHashMap<>();
    private final List<String> clauses = new ArrayList<>();
    private String text = "";
    private int count;

    void add(String form, Supplier<String> where, Clause clause) {
      forms.merge(form, 1, Integer::sum);
      text = text.isEmpty() ? where.get() : text;
      count++;
      if (clauses.size() < Candidate.MAX_CLAUSES && !clauses.contains(clause.edition())) {
        clauses.add(clause.edition());
      }
    }

    Candidate candidate(String term) {
      int most = forms.values().stream().mapToInt(n -> n).max().orElse(0);
      String form =
          forms.entrySet().stream()
              .filter(f -> f.getValue() == most)
              .map(Map.Entry::getKey)
              .findFirst()
              .orElse("");
      return new Candidate(term, form, text, count, clauses);
    }
  }
}
