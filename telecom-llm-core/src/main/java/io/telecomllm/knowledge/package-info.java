/**
 * Holds what is known outside the model: clauses to search, terms to look up, and verbatim
 * citations.
 *
 * <p>A {@link io.telecomllm.knowledge.Clause} is the unit of knowledge: one clause of a
 * specification or one entry of a glossary. A {@link io.telecomllm.knowledge.KnowledgeBase} holds
 * clauses in memory or in an indexed folder and finds {@link io.telecomllm.knowledge.Passage}s for
 * a {@link io.telecomllm.knowledge.Query} by BM25. A {@link
 * io.telecomllm.knowledge.KnowledgeBaseWriter} changes the folder in steps; each commit is a
 * snapshot, which readers open and keep. From a clause the base leads to its neighbours, parent and
 * children, and to the clauses that its text points at. A {@link io.telecomllm.knowledge.Lexicon}
 * finds the {@link io.telecomllm.knowledge.Term}s of a glossary in a text; its terms can be
 * searched as clauses too. A {@link io.telecomllm.knowledge.LexiconHarvester} collects terms from
 * clauses.
 *
 * <p>All that finds passages is a {@link io.telecomllm.knowledge.Retriever}. A {@link
 * io.telecomllm.knowledge.DenseRetriever} searches the vectors that an {@link
 * io.telecomllm.knowledge.Embedder} computes of the clauses, a {@link
 * io.telecomllm.knowledge.HybridRetriever} by words and vectors, and a {@link
 * io.telecomllm.knowledge.RelevanceGate} around any of them lets through only what probably
 * answers.
 *
 * <p>A {@link io.telecomllm.knowledge.Citation} quotes a clause character for character; one that
 * is not verbatim cannot be created. {@link io.telecomllm.knowledge.CitationFinder} looks for the
 * sentences that support an answer.
 *
 * <p>Index, query and citation cut text into the same terms ({@code Words}), so an identifier such
 * as {@code NG-RAN} is found whole and by its parts. Files are JSON Lines, read strictly. A
 * knowledge base owns files or memory and is closed; everything else is immutable.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.knowledge;
