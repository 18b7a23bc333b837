package io.telecomllm.knowledge;

import static io.telecomllm.knowledge.ClauseQueries.all;
import static io.telecomllm.knowledge.ClauseQueries.is;
import static io.telecomllm.knowledge.ClauseQueries.oneOf;

import com.google.common.collect.Lists;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TopDocs;

/** The ways from a clause to those around it and to those that it names. */
final class Navigation {
  /** The most parts of a clause that are returned with it. */
  private static final int MAX_PARTS = 100;

  private static final Sort IN_ORDER = order(false);
  private static final Sort REVERSED = order(true);

  // that of the wanted release, else the newest
  private static final Sort EDITIONS =
      new Sort(
          SortField.FIELD_SCORE,
          new SortField(ClauseIndex.RECENCY, SortField.Type.LONG, true),
          new SortField(ClauseIndex.EDITION, SortField.Type.STRING));

  private final ClauseReader reader;

  Navigation(ClauseReader reader) {
    this.reader = reader;
  }

  private static Sort order(boolean reversed) {
    return new Sort(
        new SortField(ClauseIndex.ORDER, SortField.Type.STRING, reversed),
        new SortField(ClauseIndex.SEQUENCE, SortField.Type.LONG, reversed));
  }

  /** Returns up to {@code count} clauses before and as many after a clause in its document. */
  List<Clause> neighbours(Clause clause, int count) {
    return reader.read(
        searcher -> {
          TopDocs own = searcher.search(is(ClauseIndex.EDITION, clause.edition()), 1, IN_ORDER);
          if (own.scoreDocs.length == 0) {
            return List.of();
          }
          ScoreDoc at = own.scoreDocs[0];
          Query document = is(ClauseIndex.DOCUMENT, clause.document());
          List<Clause> before =
              clauses(searcher, searcher.searchAfter(at, document, count, REVERSED));
          List<Clause> around = new ArrayList<>(Lists.reverse(before));
          around.addAll(clauses(searcher, searcher.searchAfter(at, document, count, IN_ORDER)));
          return List.copyOf(around);
        });
  }

  /** Returns the nearest clause above that its document has. */
  Optional<Clause> parent(Clause clause) {
    Query document = is(ClauseIndex.DOCUMENT, clause.document());
    return reader.read(
        searcher -> {
          for (String above : ClauseNumbers.above(clause.clause())) {
            Query parent = all(document, is(ClauseIndex.NUMBER, above));
            List<Clause> found = clauses(searcher, searcher.search(parent, 1, IN_ORDER));
            if (!found.isEmpty()) {
              return Optional.of(found.get(0));
            }
          }
          return Optional.empty();
        });
  }

  /** Returns the clauses whose nearest clause above is this one, in order. */
  List<Clause> children(Clause clause) {
    String number = ClauseNumbers.number(clause.clause());
    Query below = all(is(ClauseIndex.DOCUMENT, clause.document()), is(ClauseIndex.ABOVE, number));
    return reader.read(
        searcher -> {
          int most = Math.max(1, searcher.getIndexReader().maxDoc());
          List<Clause> all = clauses(searcher, searcher.search(below, most, IN_ORDER));
          Set<String> numbers = new HashSet<>();
          all.forEach(child -> numbers.add(ClauseNumbers.number(child.clause())));
          return all.stream().filter(child -> !isBelow(child, numbers)).toList();
        });
  }

  private static boolean isBelow(Clause clause, Set<String> numbers) {
    return ClauseNumbers.above(clause.clause()).stream().anyMatch(numbers::contains);
  }

  /** Returns the clauses that the text of a clause points at. */
  References references(Clause clause) {
    List<Clause> found = new ArrayList<>();
    List<Reference> missing = new ArrayList<>();
    for (Reference reference : CrossReferences.in(clause)) {
      List<Clause> targets = targets(clause, reference);
      found.addAll(targets);
      if (targets.isEmpty()) {
        missing.add(reference);
      }
    }
    return new References(found, missing);
  }

  /** Returns the clause in the edition that fits best, and its parts. */
  private List<Clause> targets(Clause from, Reference reference) {
    boolean own = reference.spec().equals(from.spec());
    Query document =
        own
            ? is(ClauseIndex.DOCUMENT, from.document())
            : is(ClauseIndex.SPEC, Specs.normal(reference.spec()));
    Query release = oneOf(ClauseIndex.RELEASE, Set.of(Releases.normal(from.release())), 1);
    Query target =
        new BooleanQuery.Builder()
            .add(all(document, is(ClauseIndex.NUMBER, reference.clause())), Occur.MUST)
            .add(release, Occur.SHOULD)
            .build();
    return reader.read(
        searcher -> {
          List<Clause> targets = clauses(searcher, searcher.search(target, 1, EDITIONS));
          if (!targets.isEmpty()) {
            targets.addAll(parts(searcher, targets.get(0)));
          }
          return targets;
        });
  }

  private static List<Clause> parts(IndexSearcher searcher, Clause clause) throws IOException {
    String number = ClauseNumbers.number(clause.clause());
    Query below = all(is(ClauseIndex.DOCUMENT, clause.document()), is(ClauseIndex.ABOVE, number));
    // they stand before the clauses below
    return clauses(searcher, searcher.search(below, MAX_PARTS, IN_ORDER)).stream()
        .filter(
            part ->
                ClauseNumbers.isPart(part.clause())
                    && ClauseNumbers.above(part.clause()).get(0).equals(number))
        .toList();
  }

  private static List<Clause> clauses(IndexSearcher searcher, TopDocs found) throws IOException {
    List<Clause> clauses = new ArrayList<>(found.scoreDocs.length);
    for (ScoreDoc hit : found.scoreDocs) {
      clauses.add(ClauseIndex.clause(searcher.storedFields().document(hit.doc)));
    }
    return clauses;
  }
}
