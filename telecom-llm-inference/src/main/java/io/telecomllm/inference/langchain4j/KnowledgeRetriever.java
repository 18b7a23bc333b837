package io.telecomllm.inference.langchain4j;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.retriever.ContentRetriever;
import dev.langchain4j.rag.query.Query;
import io.telecomllm.grounding.Knowledge;
import io.telecomllm.knowledge.Retriever;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * LangChain4j's content retriever on a {@link Retriever}, for models that have none of their own.
 *
 * <p>A content's text is that of the clause. Its segment's metadata hold {@code id}, {@code spec},
 * {@code clause}, {@code score} and {@code rank}, and {@code title}, {@code version}, {@code
 * release} and {@code source} where the clause has them; {@code ContentMetadata.SCORE} is the score
 * again. Contents of the same clause are equal whatever the query, so that results can be fused. A
 * release tag at the end of a query, such as {@code [3GPP Release 18]}, limits the clauses to that
 * release.
 *
 * <p>Immutable, and safe for use by several threads; it does not close the knowledge base.
 */
public final class KnowledgeRetriever implements ContentRetriever {
  private final Retriever base;
  private final int passages;

  private KnowledgeRetriever(Retriever base, int passages) {
    this.base = base;
    this.passages = passages;
  }

  /** Returns a retriever of up to 3 passages. */
  public static KnowledgeRetriever of(Retriever base) {
    return of(base, Knowledge.REFERENCES);
  }

  /**
   * Returns a retriever.
   *
   * @param passages the most passages to return, 1 to 1,000
   */
  public static KnowledgeRetriever of(Retriever base, int passages) {
    requireNonNull(base, "base is null");
    int most = io.telecomllm.knowledge.Query.MAX_LIMIT;
    checkArgument(
        passages >= 1 && passages <= most, "passages is %s, must be 1 to %s", passages, most);
    return new KnowledgeRetriever(base, passages);
  }

  /** Finds the best passages for a query, best first; empty if no word of it occurs. */
  @Override
  public List<Content> retrieve(Query query) {
    return base.search(query.text(), passages).stream().<Content>map(PassageContent::new).toList();
  }

  /** Finds the best passages for a query on a thread of the common pool. */
  @Override
  public CompletableFuture<List<Content>> retrieveAsync(Query query) {
    requireNonNull(query, "query is null");
    return CompletableFuture.supplyAsync(() -> retrieve(query));
  }
}
