package io.telecomllm.knowledge;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.tartarus.snowball.ext.EnglishStemmer;

/**
 * Cuts text into the terms that are indexed and searched.
 *
 * <p>A word consists of letters and digits, and of {@code - _ . / &} between two of them, so an
 * identifier stays whole: {@code Nmfaf_3daDataManagement_Deregister}, {@code 38.331}, {@code
 * NG-RAN}. Its parts count too: it is cut at those signs, at a change from lower to upper case, and
 * between letters and digits; parts of one character are left out.
 *
 * <p>An acronym or identifier (two capitals or a digit) is only converted to lower case: a stemmer
 * would make DNS (a name service) and DN (a data network) the same. Other words of four letters or
 * more are stemmed (Snowball English); function words are left out.
 */
final class Words {
  private static final int MAX_TERM = 200;
  private static final int MAX_NAME_WORDS = 5;
  private static final int SHORT_WORD = 3;
  private static final int SHORT_ACRONYM = 4;

  // words without content, in statements or questions; "may" and "shall" are among them
  private static final Set<String> FUNCTION_WORDS =
      Set.of(
          ("a an and are as at be been being but by can could did do does for from had has have how"
                  + " if in into is it its may no not of on or s shall should such t than that the"
                  + " their then there these they this those to was were what when where which who"
                  + " whom whose why will with would")
              .split(" "));

  private static final Splitter AT_JOINERS = Splitter.on(CharMatcher.anyOf("-_./&"));

  private Words() {}

  /**
   * A word of a text.
   *
   * @param term the indexed form
   * @param variants further terms that a query asks for: forms of the word in another case
   * @param parts the indexed forms of an identifier's parts, each once; empty for other words
   */
  record Word(String term, List<String> variants, List<String> parts) {
    /** Returns whether these terms contain the word in one of its forms, or all of its parts. */
    boolean in(Set<String> terms) {
      return terms.contains(term)
          || variants.stream().anyMatch(terms::contains)
          || (!parts.isEmpty() && terms.containsAll(parts));
    }
  }

  /** Returns the words of a text in order, without function words. */
  static List<Word> of(String text) {
    String plain = normalize(text);
    EnglishStemmer stemmer = new EnglishStemmer();
    List<Word> words = new ArrayList<>();
    int i = 0;
    while (i < plain.length()) {
      if (!isWordPart(plain, i)) {
        i++;
        continue;
      }
      int start = i;
      while (i < plain.length() && (isWordPart(plain, i) || joins(plain, i))) {
        i++;
      }
      add(plain.substring(start, i), stemmer, words);
    }
    return words;
  }

  /** Returns the terms of a text to index, with repetitions. */
  static List<String> indexTerms(String text) {
    List<String> terms = new ArrayList<>();
    for (Word word : of(text)) {
      terms.add(word.term);
      terms.addAll(word.parts);
    }
    return terms;
  }

  /** Returns the terms of a text to search for, each once, in order. */
  static Set<String> queryTerms(String text) {
    Set<String> terms = new LinkedHashSet<>();
    for (Word word : of(text)) {
      terms.add(word.term);
      terms.addAll(word.variants);
      terms.addAll(word.parts);
    }
    return terms;
  }

  /**
   * Returns the name of a clause as one term; empty if it has no letter, since a number in a
   * question seldom means a clause, or more than {@link #MAX_NAME_WORDS} words.
   */
  static String name(String clause) {
    List<Word> words = of(clause);
    boolean named = words.size() <= MAX_NAME_WORDS && clause.chars().anyMatch(Character::isLetter);
    return named ? words.stream().map(Word::term).collect(Collectors.joining(" ")) : "";
  }

  /**
   * Returns all possible names of clauses in a query: its runs of 1 to {@link #MAX_NAME_WORDS}
   * words.
   */
  static Set<String> namesIn(String query) {
    List<String> terms = of(query).stream().map(Word::term).toList();
    Set<String> names = new LinkedHashSet<>();
    for (int start = 0; start < terms.size(); start++) {
      int last = Math.min(start + MAX_NAME_WORDS, terms.size());
      for (int end = start + 1; end <= last; end++) {
        names.add(String.join(" ", terms.subList(start, end)));
      }
    }
    return names;
  }

  private static void add(String raw, EnglishStemmer stemmer, List<Word> words) {
    String term = term(raw, stemmer);
    if (!term.isEmpty()) {
      Set<String> parts = new LinkedHashSet<>();
      parts(raw).forEach(part -> parts.add(term(part, stemmer)));
      parts.removeAll(Set.of("", term));
      words.add(new Word(term, variants(raw, term, stemmer), List.copyOf(parts)));
    }
  }

  /** Returns the indexed form of a word or part; empty for a function word. */
  private static String term(String raw, EnglishStemmer stemmer) {
    String lower = cut(raw.toLowerCase(Locale.ROOT));
    if (looksLikeIdentifier(raw)) {
      int last = raw.length() - 1;
      boolean plural = raw.charAt(last) == 's' && Character.isUpperCase(raw.charAt(last - 1));
      return plural ? cut(raw.substring(0, last).toLowerCase(Locale.ROOT)) : lower;
    }
    if (FUNCTION_WORDS.contains(lower)) {
      return "";
    }
    return lower.length() <= SHORT_WORD ? lower : stem(lower, stemmer);
  }

  // "umts" in a query may be UMTS in the text, and "CELLS" may be cells
  private static List<String> variants(String raw, String term, EnglishStemmer stemmer) {
    Set<String> variants = new LinkedHashSet<>();
    String lower = cut(raw.toLowerCase(Locale.ROOT));
    if (!looksLikeIdentifier(raw)) {
      variants.add(lower);
    }
    if (raw.length() > SHORT_ACRONYM && raw.chars().allMatch(Character::isUpperCase)) {
      variants.add(stem(lower, stemmer));
    }
    variants.remove(term);
    return List.copyOf(variants);
  }

  /** Returns the parts of an identifier as written; empty for a plain word. */
  private static List<String> parts(String raw) {
    if (isPlain(raw)) {
      return List.of();
    }
    List<String> parts = new ArrayList<>();
    for (String component : AT_JOINERS.split(raw)) {
      parts.add(component);
      int start = 0;
      for (int i = 1; i < component.length(); i++) {
        if (changes(component.charAt(i - 1), component.charAt(i))) {
          parts.add(component.substring(start, i));
          start = i;
        }
      }
      parts.add(component.substring(start));
    }
    parts.removeIf(part -> part.length() < 2 || part.equals(raw));
    return parts;
  }

  // most words of a text: letters with at most the first in upper case
  private static boolean isPlain(String raw) {
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (!Character.isLetter(c) || (i > 0 && Character.isUpperCase(c))) {
        return false;
      }
    }
    return true;
  }

  private static boolean changes(char before, char after) {
    return (Character.isLowerCase(before) && Character.isUpperCase(after))
        || (Character.isDigit(before) != Character.isDigit(after));
  }

  private static boolean looksLikeIdentifier(String raw) {
    int capitals = 0;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      capitals += Character.isUpperCase(c) ? 1 : 0;
      if (raw.length() > 1 && (capitals == 2 || Character.isDigit(c) || isJoiner(c))) {
        return true;
      }
    }
    return false;
  }

  private static String stem(String lower, EnglishStemmer stemmer) {
    stemmer.setCurrent(lower);
    stemmer.stem();
    return stemmer.getCurrent();
  }

  private static String cut(String term) {
    return term.length() <= MAX_TERM ? term : term.substring(0, MAX_TERM);
  }

  // full-width forms, ligatures and typographic hyphens become plain characters
  private static String normalize(String text) {
    String plain =
        Normalizer.isNormalized(text, Normalizer.Form.NFKC)
            ? text
            : Normalizer.normalize(text, Normalizer.Form.NFKC);
    return plain
        .replace('\u2010', '-')
        .replace('\u2012', '-')
        .replace('\u2013', '-')
        .replace('\u2212', '-');
  }

  private static boolean isJoiner(char c) {
    return c == '-' || c == '_' || c == '.' || c == '/' || c == '&';
  }

  private static boolean joins(String text, int i) {
    return isJoiner(text.charAt(i))
        && i > 0
        && isWordPart(text, i - 1)
        && i + 1 < text.length()
        && isWordPart(text, i + 1);
  }

  // halves of a surrogate pair count as letters, so characters of rare scripts stay whole
  private static boolean isWordPart(String text, int i) {
    char c = text.charAt(i);
    return Character.isLetterOrDigit(c)
        || Character.isSurrogate(c)
        || Character.getType(c) == Character.NON_SPACING_MARK;
  }
}
