package io.telecomllm.knowledge;

import java.util.List;

/**
 * Finds the passages for a query: a {@link KnowledgeBase} by itself, or several ways of search
 * combined. Safe for use by several threads.
 */
public interface Retriever {
  /** Finds the best passages for a query, best first; at most {@link Query#limit}, maybe none. */
  List<Passage> search(Query query);

  /**
   * Returns what tells this retriever from others, as 64 hexadecimal digits in lower case: equal
   * ids find equal passages. It is recorded with an adapter that was trained with its passages and
   * with answers that rest on them.
   */
  String id();

  /** Finds the best passages for a plain text, see {@link Query#of}. */
  default List<Passage> search(String text, int limit) {
    return search(Query.of(text, limit));
  }
}
