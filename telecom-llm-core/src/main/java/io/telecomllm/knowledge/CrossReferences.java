package io.telecomllm.knowledge;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds what a text points at, in the forms of 3GPP's specifications: {@code clause 5.6.1}, {@code
 * clauses 5.2 to 5.4 and Annex A of TS 23.501}, {@code TS 38.331 [12], clause 5.3.3}.
 *
 * <p>A clause of a document that is neither a specification nor an RFC is left out, since its
 * number would be taken for one of the text's own document.
 */
final class CrossReferences {
  /** The most clauses that a range such as "clauses 5.2 to 5.9" stands for. */
  private static final int MAX_RANGE = 50;

  /** A document that no clause of a base can be of. */
  private static final String OTHER = "";

  private static final String END = "(?![\\w-])(?!\\.\\d)";

  // a group for each kind
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<DOCUMENT>(?:T[SR] \\d\\d\\.\\d{2,3}(?:-\\d{1,3}){0,2}|RFC \\d{1,5})(?![\\w-]))"
              + "|(?<BRACKET>\\[\\d{1,3}[A-Za-z]?])"
              + "|(?<CLAUSE>(?i:(?:sub-?)?clauses?|sections?)\\b|§)"
              + "|(?<ANNEX>(?i:annex(?:es)?)\\b)"
              + ("|(?<NUMBER>(?:" + ClauseNumbers.DOTTED + "|\\d{1,3}[a-z]?)" + END + ")")
              + ("|(?<LETTER>[A-Z]" + END + ")")
              + "|(?<WORD>\\w(?:[\\w.-]*\\w)?|\\S)");

  private static final Set<String> AND = Set.of(",", "and", "or", "/", "to", "through");
  private static final Set<String> TO = Set.of("to", "through");
  private static final Set<String> OF = Set.of("of", "in");
  private static final Set<String> SEE = Set.of(",", "(", "in", "see");
  private static final Set<String> BEFORE_A_NAME = Set.of("the", "3GPP", "IETF");
  private static final Pattern CAPITALS = Pattern.compile("[A-Z]{2}.*");

  private enum Kind {
    DOCUMENT,
    BRACKET,
    CLAUSE,
    ANNEX,
    NUMBER,
    LETTER,
    WORD
  }

  private record Token(Kind kind, String text) {}

  private static final Token NONE = new Token(Kind.WORD, "");

  private final String own;
  private final List<Token> tokens = new ArrayList<>();
  private final Set<Reference> found = new LinkedHashSet<>();

  private CrossReferences(Clause clause) {
    own = clause.spec();
    Matcher token = TOKEN.matcher(Dashes.plain(clause.text()).replaceAll("[\\s\\u00a0]+", " "));
    while (token.find()) {
      for (Kind kind : Kind.values()) {
        if (token.group(kind.name()) != null) {
          tokens.add(new Token(kind, token.group()));
        }
      }
    }
  }

  /** Returns what a clause points at, except itself, each once in the order of the text. */
  static List<Reference> in(Clause clause) {
    CrossReferences references = new CrossReferences(clause);
    int at = 0;
    while (at < references.tokens.size()) {
      boolean begins = references.is(at, Kind.CLAUSE) || references.is(at, Kind.ANNEX);
      at = begins ? references.list(at) : at + 1;
    }
    String itself = ClauseNumbers.number(clause.clause());
    return references.found.stream()
        .filter(r -> !(r.spec().equals(clause.spec()) && r.clause().equals(itself)))
        .toList();
  }

  /** Reads the clauses of one document that begin here, and returns where they end. */
  private int list(int start) {
    String before = documentBefore(start);
    List<String> numbers = new ArrayList<>();
    boolean annex = is(start, Kind.ANNEX);
    boolean range = false;
    int next = start + 1;
    int end = next;
    while (isNumber(next, annex) && (end < next || numbers.isEmpty()) && alike(numbers, next)) {
      add(numbers, text(next).toLowerCase(Locale.ROOT), range);
      end = next + 1;
      next = end;
      range = TO.contains(text(next));
      while (AND.contains(text(next))) {
        next++;
      }
      // what follows "TS 23.501, clause 5.2 and clause ..." may be of another document
      if (before.equals(own) && (is(next, Kind.CLAUSE) || is(next, Kind.ANNEX))) {
        annex = is(next, Kind.ANNEX);
        next++;
      }
    }
    String document = documentAfter(end, before);
    if (!document.equals(OTHER)) {
      numbers.forEach(number -> found.add(new Reference(document, number)));
    }
    return end;
  }

  // in "clause 5.2 and 3 others" 3 is no clause
  private boolean alike(List<String> numbers, int at) {
    return numbers.isEmpty()
        || numbers.get(0).indexOf('.') < 0
        || text(at).indexOf('.') > 0
        || is(at - 1, Kind.CLAUSE)
        || is(at, Kind.LETTER);
  }

  private boolean isNumber(int at, boolean annex) {
    return is(at, Kind.NUMBER) || (annex && is(at, Kind.LETTER));
  }

  private static void add(List<String> numbers, String number, boolean range) {
    int dot = number.lastIndexOf('.') + 1;
    String above = number.substring(0, dot);
    String last = numbers.isEmpty() ? "" : numbers.get(numbers.size() - 1);
    if (range && last.startsWith(above)) {
      String from = last.substring(dot);
      String to = number.substring(dot);
      if (from.matches("\\d{1,3}") && to.matches("\\d{1,3}")) {
        int end = Math.min(Integer.parseInt(to), Integer.parseInt(from) + MAX_RANGE);
        for (int between = Integer.parseInt(from) + 1; between < end; between++) {
          numbers.add(above + between);
        }
      }
    }
    numbers.add(number);
  }

  /** Returns the document in front of a list: {@code TS 38.331 [12], clause}; else the own one. */
  private String documentBefore(int start) {
    int at = start - 1;
    while (SEE.contains(text(at))) {
      at--;
    }
    if (is(at, Kind.BRACKET) && is(at - 1, Kind.DOCUMENT)) {
      at--;
    }
    if (is(at, Kind.DOCUMENT)) {
      return document(at);
    }
    int direct = text(start - 1).equals(",") ? start - 2 : start - 1;
    boolean named = text(direct).matches("\\d.*") && CAPITALS.matcher(text(direct - 1)).matches();
    return is(direct, Kind.BRACKET) || named ? OTHER : own;
  }

  /** Returns the document behind a list: {@code clause 5.6.1 of TS 23.501}; else that before it. */
  private String documentAfter(int end, String before) {
    if (!OF.contains(text(end))) {
      return before;
    }
    int at = BEFORE_A_NAME.contains(text(end + 1)) ? end + 2 : end + 1;
    if (is(at, Kind.DOCUMENT)) {
      return document(at);
    }
    if (text(at).equals("present") || text(at).equals("this")) {
      return own;
    }
    boolean other = is(at, Kind.BRACKET) || CAPITALS.matcher(text(at)).matches();
    return other && text(end).equals("of") ? OTHER : before;
  }

  private String document(int at) {
    return Specs.normal(text(at)).equals(Specs.normal(own)) ? own : text(at);
  }

  private Token token(int at) {
    return at >= 0 && at < tokens.size() ? tokens.get(at) : NONE;
  }

  private boolean is(int at, Kind kind) {
    return token(at).kind() == kind;
  }

  private String text(int at) {
    return token(at).text();
  }
}
