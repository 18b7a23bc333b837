package io.telecomllm.knowledge;

import com.google.common.hash.HashCode;
import java.util.Iterator;
import java.util.List;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.search.similarities.Similarity;
import org.apache.lucene.util.BytesRef;

/** The fields of a clause in a Lucene index. */
final class ClauseIndex {
  static final String ID = "id";

  /** {@link Clause#edition}, which no two clauses of an index share. */
  static final String EDITION = "edition";

  /** {@link Clause#document}. */
  static final String DOCUMENT = "document";

  static final String SPEC = "spec";
  static final String SERIES = "series";
  static final String RELEASE = "release";
  static final String NAME = "name";
  static final String NUMBER = "number";

  /** The numbers of the clauses above this one. */
  static final String ABOVE = "above";

  /** The version, or else the release, as a number that grows. */
  static final String RECENCY = "recency";

  /** The place in the document by the clause's number. */
  static final String ORDER = "order";

  /** The place in the document where numbers are equal: when it was added. */
  static final String SEQUENCE = "sequence";

  /** {@link Clause#digest}. */
  static final String DIGEST = "digest";

  static final String HEADING = "heading";
  static final String TEXT = "text";

  /** BM25 as in Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009). */
  static final Similarity BM25 = new BM25Similarity(1.2f, 0.75f);

  /** The key of the {@link #FORMAT} in a commit. */
  static final String FORMAT_KEY = "telecomllm.format";

  /** Raised whenever fields or the cutting into terms change, since old terms would not match. */
  static final String FORMAT = "4";

  /** The key of {@link KnowledgeBase#id} in a commit. */
  static final String ID_KEY = "telecomllm.id";

  private static final FieldType TERMS = new FieldType();

  static {
    TERMS.setTokenized(true);
    TERMS.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
    TERMS.freeze();
  }

  private ClauseIndex() {}

  /**
   * Returns the fields of a clause.
   *
   * @param digest that of the clause, which the writer has computed
   * @param sequence grows with each clause that is added; one that replaces another takes over its
   */
  static Document document(Clause clause, String digest, long sequence) {
    Document document = new Document();
    for (String field : List.of(ID, EDITION, DOCUMENT)) {
      String value =
          field.equals(ID)
              ? clause.id()
              : field.equals(EDITION) ? clause.edition() : clause.document();
      document.add(new StringField(field, value, Field.Store.NO));
      document.add(new SortedDocValuesField(field, new BytesRef(value)));
    }
    document.add(new StringField(SPEC, Specs.normal(clause.spec()), Field.Store.NO));
    document.add(new StringField(SERIES, Specs.series(clause.spec()), Field.Store.NO));
    document.add(new StringField(RELEASE, Releases.normal(clause.release()), Field.Store.NO));
    document.add(new StringField(NAME, Words.name(clause.clause()), Field.Store.NO));
    document.add(new StringField(NUMBER, ClauseNumbers.number(clause.clause()), Field.Store.NO));
    for (String above : ClauseNumbers.above(clause.clause())) {
      document.add(new StringField(ABOVE, above, Field.Store.NO));
    }
    document.add(new NumericDocValuesField(RECENCY, Releases.recency(clause)));
    document.add(
        new SortedDocValuesField(ORDER, new BytesRef(ClauseNumbers.order(clause.clause()))));
    document.add(new NumericDocValuesField(SEQUENCE, sequence));
    document.add(
        new BinaryDocValuesField(DIGEST, new BytesRef(HashCode.fromString(digest).asBytes())));
    document.add(new Field(HEADING, new Terms(Words.headingTerms(clause)), TERMS));
    document.add(new Field(TEXT, new Terms(Words.indexTerms(clause.text())), TERMS));
    document.add(new StoredField("spec", clause.spec()));
    document.add(new StoredField("version", clause.version()));
    document.add(new StoredField("release", clause.release()));
    document.add(new StoredField("clause", clause.clause()));
    document.add(new StoredField("title", clause.title()));
    document.add(new StoredField("text", clause.text()));
    document.add(new StoredField("source", clause.source()));
    return document;
  }

  /** Returns the clause stored by {@link #document}. */
  static Clause clause(Document document) {
    return new Clause(
        document.get("spec"),
        document.get("version"),
        document.get("release"),
        document.get("clause"),
        document.get("title"),
        document.get("text"),
        document.get("source"));
  }

  /**
   * Passes terms that are already cut to Lucene, so that index, query and citation use the same
   * cutter.
   */
  private static final class Terms extends TokenStream {
    private final CharTermAttribute attribute = addAttribute(CharTermAttribute.class);
    private final List<String> terms;
    private Iterator<String> next;

    Terms(List<String> terms) {
      this.terms = terms;
      this.next = terms.iterator();
    }

    @Override
    public boolean incrementToken() {
      if (!next.hasNext()) {
        return false;
      }
      clearAttributes();
      attribute.append(next.next());
      return true;
    }

    @Override
    public void reset() {
      next = terms.iterator();
    }
  }
}
