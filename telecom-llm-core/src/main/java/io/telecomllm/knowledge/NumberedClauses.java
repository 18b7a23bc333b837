package io.telecomllm.knowledge;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.ObjIntConsumer;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MultiBits;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.Bits;

/** The clauses of an open knowledge base by numbers, which vectors refer to; from 0, with gaps. */
final class NumberedClauses {
  private final ClauseReader reader;
  private final Sort order;

  NumberedClauses(ClauseReader reader, Sort order) {
    this.reader = reader;
    this.order = order;
  }

  /** Returns the numbers of the clauses that a search by words finds, the best first. */
  int[] ranked(Query query) {
    return reader.read(
        searcher ->
            Arrays.stream(
                    searcher.search(ClauseQueries.words(query), query.limit(), order).scoreDocs)
                .mapToInt(hit -> hit.doc)
                .toArray());
  }

  /** Returns the numbers of the clauses that a query is limited to; empty if it has no limits. */
  Optional<BitSet> searched(Query query) {
    return ClauseQueries.limits(query)
        .map(limits -> reader.read(searcher -> matching(searcher, limits)));
  }

  private static BitSet matching(IndexSearcher searcher, org.apache.lucene.search.Query limits)
      throws IOException {
    IndexReader index = searcher.getIndexReader();
    BitSet numbers = new BitSet(index.maxDoc());
    Weight weight =
        searcher.createWeight(searcher.rewrite(limits), ScoreMode.COMPLETE_NO_SCORES, 1);
    for (LeafReaderContext leaf : index.leaves()) {
      Scorer scorer = weight.scorer(leaf);
      if (scorer != null) {
        DocIdSetIterator documents = scorer.iterator();
        int document = documents.nextDoc();
        while (document != DocIdSetIterator.NO_MORE_DOCS) {
          numbers.set(leaf.docBase + document);
          document = documents.nextDoc();
        }
      }
    }
    return numbers;
  }

  /** Passes every clause to the receiver, with its number. */
  void each(ObjIntConsumer<Clause> receiver) {
    reader.read(
        searcher -> {
          IndexReader index = searcher.getIndexReader();
          Bits live = MultiBits.getLiveDocs(index);
          StoredFields stored = index.storedFields();
          for (int number = 0; number < index.maxDoc(); number++) {
            if (live == null || live.get(number)) {
              receiver.accept(ClauseIndex.clause(stored.document(number)), number);
            }
          }
          return index;
        });
  }

  /** Returns the clause with this number. */
  Clause clause(int number) {
    return reader.read(searcher -> ClauseIndex.clause(searcher.storedFields().document(number)));
  }

  /** Returns the number of clauses whose text has this term. */
  int clausesWith(String term) {
    return reader.read(
        searcher -> searcher.getIndexReader().docFreq(new Term(ClauseIndex.TEXT, term)));
  }
}
