package io.telecomllm.knowledge;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import io.telecomllm.files.AtomicFiles;
import io.telecomllm.json.JsonRecords;
import io.telecomllm.json.JsonText;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A glossary that finds its terms in a text: whole words, case sensitive, the longest term at each
 * place, in time proportional to the text.
 *
 * <p>If an acronym has several expansions, every lookup returns all of them. Immutable, so safe for
 * use by several threads.
 */
public final class Lexicon {
  private static final RecordLines<Term> FORMAT =
      new RecordLines<>(
          Set.of("term", "text"),
          Set.of("expansion", "category", "source"),
          Lexicon::term,
          Lexicon::meaning);

  private final Map<String, List<Term>> byName;
  private final TermTrie names;

  private Lexicon(Map<String, List<Term>> byName) {
    this.byName = byName;
    this.names = new TermTrie(byName.keySet());
  }

  /**
   * A term that was found in a text.
   *
   * @param term the name in the lexicon; the text may have other white space for its spaces
   * @param start where it begins in the text
   * @param end where it ends, exclusive
   */
  public record Match(String term, int start, int end) {
    /** Checks the range. */
    public Match {
      checkArgument(
          start >= 0 && end > start, "range is %s to %s, expected 0 <= start < end", start, end);
    }
  }

  /**
   * Reads a glossary: one JSON object a line in UTF-8, with the fields {@code term} and {@code
   * text}, and optionally {@code expansion}, {@code category} and {@code source}. Lines are at most
   * 1 MiB long.
   *
   * @throws io.telecomllm.InvalidDataException naming the first line that is anything else or
   *     repeats a term with the same expansion
   */
  public static Lexicon read(Path jsonLines) {
    requireNonNull(jsonLines, "jsonLines is null");
    List<Term> terms = new ArrayList<>();
    FORMAT.read(jsonLines, terms::add);
    return of(terms);
  }

  /**
   * Reads a glossary, in the form of {@link #read(Path)}, from a stream that the caller closes;
   * {@code name} is its name in errors.
   */
  public static Lexicon read(InputStream jsonLines, String name) {
    requireNonNull(jsonLines, "jsonLines is null");
    requireNonNull(name, "name is null");
    List<Term> terms = new ArrayList<>();
    FORMAT.read(jsonLines, name, terms::add);
    return of(terms);
  }

  /**
   * Writes the terms as {@link #read(Path)} reads them, in order; fields that are empty are left
   * out. The file appears whole or not at all.
   *
   * @throws io.telecomllm.StorageException naming the file, if the disk refuses
   */
  public void write(Path jsonLines) {
    requireNonNull(jsonLines, "jsonLines is null");
    StringBuilder lines = new StringBuilder();
    for (Term term : terms()) {
      Map<String, @Nullable Object> fields = new LinkedHashMap<>(JsonRecords.of(term));
      fields.values().removeIf(""::equals);
      lines.append(JsonText.line(fields)).append('\n');
    }
    AtomicFiles.write(jsonLines, lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Creates a lexicon of these terms; a term may be repeated only with another expansion. */
  public static Lexicon of(Iterable<Term> terms) {
    requireNonNull(terms, "terms is null");
    Map<String, List<Term>> byName = new LinkedHashMap<>();
    Set<String> meanings = new HashSet<>();
    for (Term term : terms) {
      checkArgument(meanings.add(meaning(term)), "two terms are %s", meaning(term));
      byName.computeIfAbsent(term.term(), name -> new ArrayList<>()).add(term);
    }
    byName.replaceAll((name, candidates) -> List.copyOf(candidates));
    return new Lexicon(byName);
  }

  /**
   * Returns a lexicon of the terms of both; if both have a term, the meanings in {@code over}
   * replace those here.
   */
  public Lexicon with(Lexicon over) {
    requireNonNull(over, "over is null");
    Map<String, List<Term>> both = new LinkedHashMap<>(byName);
    both.putAll(over.byName);
    return new Lexicon(both);
  }

  /** Returns all terms, in the order of reading. */
  public List<Term> terms() {
    return byName.values().stream().flatMap(List::stream).toList();
  }

  /**
   * Returns all meanings of an acronym or name, in the order of reading: none if it is unknown,
   * several if it is ambiguous.
   */
  public List<Term> expand(String acronym) {
    requireNonNull(acronym, "acronym is null");
    return byName.getOrDefault(acronym, List.of());
  }

  /**
   * Finds the terms in a text, from left to right without overlaps; at each place the longest. A
   * word consists of letters, digits and {@code _}, so {@code RAN} is found in {@code NG-RAN}
   * unless that is a term itself, and is not found in {@code RAN1}.
   */
  public List<Match> find(String text) {
    requireNonNull(text, "text is null");
    return names.find(text);
  }

  /**
   * Returns the text with each acronym expanded in brackets at its first use: {@code AMF} becomes
   * {@code AMF (Access and Mobility Management Function)}. An ambiguous one is followed by all its
   * expansions, joined by {@code or}. Nothing is added if the text already has an expansion of the
   * acronym, in upper or lower case.
   */
  public String expandFirstUse(String text) {
    requireNonNull(text, "text is null");
    String lower = text.toLowerCase(Locale.ROOT);
    StringBuilder expanded = new StringBuilder();
    Set<String> seen = new HashSet<>();
    int copied = 0;
    for (Match match : find(text)) {
      if (!seen.add(match.term())) {
        continue;
      }
      List<String> expansions = expansions(match.term());
      boolean spelledOut =
          expansions.stream().anyMatch(e -> lower.contains(e.toLowerCase(Locale.ROOT)));
      if (!expansions.isEmpty() && !spelledOut) {
        expanded.append(text, copied, match.end());
        expanded.append(" (").append(String.join(" or ", expansions)).append(')');
        copied = match.end();
      }
    }
    return expanded.append(text, copied, text.length()).toString();
  }

  /**
   * Returns the terms as clauses to search. The spec is {@code Glossary}, the clause is the term
   * (with its expansion in brackets if it is ambiguous), and the title is the expansion, or the
   * term if it has none.
   */
  public List<Clause> clauses() {
    return terms().stream().map(this::clause).toList();
  }

  /** Returns a term of this lexicon as a clause; see {@link #clauses}. */
  public Clause clause(Term term) {
    boolean ambiguous = expand(term.term()).size() > 1;
    String clause = ambiguous ? meaning(term) : term.term();
    String title = term.expansion().isEmpty() ? term.term() : term.expansion();
    return new Clause("Glossary", "", "", clause, title, term.text(), term.source());
  }

  private List<String> expansions(String name) {
    return expand(name).stream().map(Term::expansion).filter(e -> !e.isEmpty()).toList();
  }

  private static String meaning(Term term) {
    return term.expansion().isEmpty() ? term.term() : term.term() + " (" + term.expansion() + ")";
  }

  private static Term term(Map<String, String> fields) {
    return new Term(
        fields.getOrDefault("term", ""),
        fields.getOrDefault("expansion", ""),
        fields.getOrDefault("category", ""),
        fields.getOrDefault("text", ""),
        fields.getOrDefault("source", ""));
  }
}
