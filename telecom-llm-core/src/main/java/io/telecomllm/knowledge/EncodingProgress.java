package io.telecomllm.knowledge;

/**
 * How far the vectors of a knowledge base are. Immutable.
 *
 * @param clauses the number of clauses
 * @param stored the number of clauses whose vectors were found in the folder of vectors
 * @param encoded the number of clauses encoded so far; with {@code stored} it ends at {@code
 *     clauses}
 * @param damaged the number of damaged vectors that were found in the folder and left out
 */
public record EncodingProgress(int clauses, int stored, int encoded, int damaged) {}
