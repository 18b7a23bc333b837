/**
 * What is known outside the model: clauses that can be searched, terms that can be looked up, and
 * citations that are verbatim or do not exist.
 */
@org.jspecify.annotations.NullMarked
package io.telecomllm.knowledge;
