package io.telecomllm.knowledge;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import io.telecomllm.Internal;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.tartarus.snowball.ext.EnglishStemmer;

/**
 * Cuts text into the terms that are indexed and searched.
 *
 * <p>A word consists of letters and digits, and of {@code - _ . / &} between two of them, so an
 * identifier stays whole: {@code Nmfaf_3daDataManagement_Deregister}, {@code 38.331}, {@code
 * NG-RAN}. Its parts count too: it is cut at those signs, where a capital begins a word ({@code
 * RRCSetupRequest}), and between letters and digits. A letter alone stays with its neighbour, so
 * {@code eNB} and {@code gNB} have nothing in common; a digit alone is left out.
 *
 * <p>Identifiers are also known in the forms in which people type them: without hyphens ({@code
 * SNSSAI}), a specification without its dot or with {@code TS} in front ({@code 24501}), a version
 * without its {@code v}, a release as {@code R18}.
 *
 * <p>An acronym or identifier (two capitals or a digit) is only converted to lower case: a stemmer
 * would make DNS (a name service) and DN (a data network) the same. Other words of four letters or
 * more are stemmed (Snowball English); function words are left out.
 */
@Internal
public final class Words {
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

  // a specification as TS24.501, 24501 or 38101-1; 3GPP's series are 21 to 55
  private static final Pattern SPECIFICATION =
      Pattern.compile(
          "(?:ts|tr)?[-_.]?([2-5]\\d)\\.?(\\d{3})((?:-\\d{1,3})?)", Pattern.CASE_INSENSITIVE);
  private static final Pattern VERSION = Pattern.compile("[vV](\\d{1,3}(?:\\.\\d{1,3})+)");
  private static final Pattern IN_LETTERS = Pattern.compile("[^_./&]*\\p{L}[^_./&]*");

  private static final Splitter AT_JOINERS = Splitter.on(CharMatcher.anyOf("-_./&"));

  private Words() {}

  /**
   * A word of a text.
   *
   * @param term the indexed form
   * @param forms further indexed forms of the whole word, as others would type it
   * @param variants further terms that a query asks for: forms of the word in another case
   * @param parts the indexed forms of an identifier's parts, each once; empty for other words
   */
  public record Word(String term, List<String> forms, List<String> variants, List<String> parts) {
    /** Returns whether these terms contain the word in one of its forms, or all of its parts. */
    public boolean in(Set<String> terms) {
      return terms.contains(term)
          || forms.stream().anyMatch(terms::contains)
          || variants.stream().anyMatch(terms::contains)
          || (!parts.isEmpty() && terms.containsAll(parts));
    }
  }

  /** Returns the share of words that these terms have, 0 to 1; 0 without a word. */
  public static double share(List<Word> words, Set<String> terms) {
    long found = words.stream().filter(word -> word.in(terms)).count();
    return words.isEmpty() ? 0 : (double) found / words.size();
  }

  /** Returns the words of a text in order, without function words. */
  public static List<Word> of(String text) {
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
  public static List<String> indexTerms(String text) {
    List<String> terms = new ArrayList<>();
    for (Word word : of(text)) {
      terms.add(word.term);
      terms.addAll(word.forms);
      terms.addAll(word.parts);
    }
    return terms;
  }

  /** Returns the terms of a heading to index; a clause's number is not cut into parts. */
  public static List<String> headingTerms(Clause clause) {
    List<String> terms = new ArrayList<>(indexTerms(clause.spec() + " " + clause.title()));
    if (ClauseNumbers.isNumber(clause.clause())) {
      // a part is found after the clause itself, as what is below it
      if (!ClauseNumbers.isPart(clause.clause())) {
        of(clause.clause()).forEach(word -> terms.add(word.term));
      }
    } else {
      terms.addAll(indexTerms(clause.clause()));
    }
    of(clause.version()).forEach(word -> terms.add(word.term));
    return terms;
  }

  /** Returns the terms of a text to search for, each once, in order. */
  static Set<String> queryTerms(String text) {
    Set<String> terms = new LinkedHashSet<>();
    for (Word word : of(text)) {
      terms.add(word.term);
      terms.addAll(word.forms);
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
      parts(looksLikeIdentifier(raw) ? singular(raw) : raw)
          .forEach(part -> parts.add(term(part, stemmer)));
      Set<String> forms = forms(raw);
      forms.remove(term);
      parts.removeAll(forms);
      parts.removeAll(Set.of("", term));
      words.add(
          new Word(term, List.copyOf(forms), variants(raw, term, stemmer), List.copyOf(parts)));
    }
  }

  /** Returns the indexed form of a word or part; empty for a function word. */
  private static String term(String raw, EnglishStemmer stemmer) {
    String lower = cut(raw.toLowerCase(Locale.ROOT));
    if (looksLikeIdentifier(raw)) {
      return cut(singular(raw).toLowerCase(Locale.ROOT));
    }
    if (FUNCTION_WORDS.contains(lower)) {
      return "";
    }
    return lower.length() <= SHORT_WORD ? lower : stem(lower, stemmer);
  }

  // UEs, S-NSSAIs, SIB1s
  private static String singular(String identifier) {
    int last = identifier.length() - 1;
    char before = identifier.charAt(last - 1);
    boolean plural =
        identifier.charAt(last) == 's'
            && (Character.isUpperCase(before) || Character.isDigit(before));
    return plural ? identifier.substring(0, last) : identifier;
  }

  /** Returns other ways to write an identifier, in lower case. */
  private static Set<String> forms(String raw) {
    Set<String> forms = new LinkedHashSet<>();
    if (!looksLikeIdentifier(raw)) {
      return forms;
    }
    String identifier = singular(raw);
    if (identifier.indexOf('-') > 0 && IN_LETTERS.matcher(identifier).matches()) {
      forms.add(cut(identifier.replace("-", "").toLowerCase(Locale.ROOT)));
    }
    Matcher specification = SPECIFICATION.matcher(identifier);
    if (specification.matches()) {
      String number = specification.group(1) + "." + specification.group(2);
      forms.add(number + specification.group(3));
      forms.add(number);
    }
    Matcher version = VERSION.matcher(identifier);
    if (version.matches()) {
      forms.add(version.group(1));
    }
    return forms;
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
    if (isPlain(raw) || Releases.isMention(raw)) {
      return List.of();
    }
    List<String> parts = new ArrayList<>();
    for (String component : AT_JOINERS.split(raw)) {
      parts.add(component);
      int start = 0;
      for (int i = 1; i < component.length(); i++) {
        if (cutsBefore(component, start, i)) {
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

  /** Returns whether a part that began at {@code start} ends before {@code i}. */
  private static boolean cutsBefore(String word, int start, int i) {
    char before = word.charAt(i - 1);
    char at = word.charAt(i);
    boolean last = i + 1 == word.length();
    boolean letterAlone =
        (i - start == 1 && Character.isLetter(before)) || (last && Character.isLetter(at));
    if (letterAlone) {
      return false;
    }
    boolean begins =
        Character.isUpperCase(at) && !last && Character.isLowerCase(word.charAt(i + 1));
    boolean plural = begins && i + 2 == word.length() && word.charAt(i + 1) == 's';
    return (Character.isLowerCase(before) && Character.isUpperCase(at))
        || (Character.isUpperCase(before) && begins && !plural)
        || (Character.isDigit(before) != Character.isDigit(at));
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
    return Releases.spelledAlike(Dashes.plain(plain));
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
