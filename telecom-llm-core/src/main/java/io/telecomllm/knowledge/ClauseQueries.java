package io.telecomllm.knowledge;

import com.google.common.collect.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;

/** Queries of an index of clauses, in Lucene's form. */
final class ClauseQueries {
  /** The weight of a word in the heading, compared with one in the text. */
  private static final float HEADING_BOOST = 2;

  /**
   * The score that a clause gets if its whole name is in the query: about that of one rare word.
   */
  private static final float NAME_BONUS = 3;

  /** The score that a clause gets if the number of one above it is in the query. */
  private static final float BELOW_BONUS = 1;

  /** The score that a clause gets if its release is mentioned in the query. */
  private static final float RELEASE_BONUS = 3;

  // Lucene allows 1,024 clauses in a query, and a term takes two: heading and text
  private static final int MAX_TERMS = 400;

  private ClauseQueries() {}

  /** Finds the clauses that a search looks for. */
  static org.apache.lucene.search.Query words(Query query) {
    BooleanQuery.Builder words = new BooleanQuery.Builder();
    List<String> terms = Words.queryTerms(query.text()).stream().limit(MAX_TERMS).toList();
    for (String term : terms) {
      words.add(new TermQuery(new Term(ClauseIndex.TEXT, term)), Occur.SHOULD);
      TermQuery inHeading = new TermQuery(new Term(ClauseIndex.HEADING, term));
      words.add(new BoostQuery(inHeading, HEADING_BOOST), Occur.SHOULD);
    }
    words.add(oneOf(ClauseIndex.NAME, Words.namesIn(query.text()), NAME_BONUS), Occur.SHOULD);
    words.add(oneOf(ClauseIndex.ABOVE, ClauseNumbers.in(query.text()), BELOW_BONUS), Occur.SHOULD);
    BooleanQuery.Builder all = new BooleanQuery.Builder().add(words.build(), Occur.MUST);
    all.add(oneOf(ClauseIndex.RELEASE, Releases.in(query.text()), RELEASE_BONUS), Occur.SHOULD);
    limits(query).ifPresent(limits -> all.add(limits, Occur.FILTER));
    return all.build();
  }

  /**
   * Finds the clauses within the limits of a search to release, series and document; empty if it
   * has none.
   */
  static Optional<org.apache.lucene.search.Query> limits(Query query) {
    List<org.apache.lucene.search.Query> limits = new ArrayList<>();
    if (!query.release().isEmpty()) {
      Set<String> releases = Set.of(Releases.normal(query.release()), "");
      limits.add(oneOf(ClauseIndex.RELEASE, releases, 1));
    }
    if (!query.series().isEmpty()) {
      limits.add(is(ClauseIndex.SERIES, query.series()));
    }
    if (!query.spec().isEmpty()) {
      limits.add(is(ClauseIndex.SPEC, Specs.normal(query.spec())));
    }
    return limits.isEmpty()
        ? Optional.empty()
        : Optional.of(all(limits.toArray(org.apache.lucene.search.Query[]::new)));
  }

  /** Finds the clauses whose field has this value. */
  static org.apache.lucene.search.Query is(String field, String value) {
    return new TermQuery(new Term(field, value));
  }

  /** Finds the clauses that all of these find. */
  static org.apache.lucene.search.Query all(org.apache.lucene.search.Query... queries) {
    BooleanQuery.Builder all = new BooleanQuery.Builder();
    for (org.apache.lucene.search.Query query : queries) {
      all.add(query, Occur.FILTER);
    }
    return all.build();
  }

  /** Finds the clauses whose field has one of the values, and gives them this score. */
  static org.apache.lucene.search.Query oneOf(String field, Iterable<String> values, float score) {
    List<BytesRef> terms = Streams.stream(values).map(BytesRef::new).toList();
    return new BoostQuery(new ConstantScoreQuery(new TermInSetQuery(field, terms)), score);
  }
}
