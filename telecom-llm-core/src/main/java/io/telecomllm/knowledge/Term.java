package io.telecomllm.knowledge;

/**
 * One entry of a glossary. Immutable.
 *
 * @param term the acronym or name as it is written in texts, such as {@code AMF}; never empty
 * @param expansion what an acronym stands for, or empty for a name
 * @param category the category, such as {@code Lexicon}, or empty
 * @param text the explanation, one sentence or more; never blank
 * @param source where it comes from, such as the id of a clause, or empty
 */
public record Term(String term, String expansion, String category, String text, String source) {
  /** Checks every field: no control characters outside the text, no half surrogate pairs. */
  public Term {
    Checks.requiredLine("term", term);
    Checks.line("expansion", expansion);
    Checks.line("category", category);
    Checks.text("text", text);
    Checks.line("source", source);
  }

  /** Creates an entry without a source. */
  public Term(String term, String expansion, String category, String text) {
    this(term, expansion, category, text, "");
  }
}
